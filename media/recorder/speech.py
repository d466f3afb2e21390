"""Who spoke when, from the floor: lines as it moves, chapters once it is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from contracts.participants import person_named
from contracts.recordings import SpokenLine
from media.recorder.matroska import Chapter

SHORTEST_MS = 2_000
MAX_CHAPTERS = 1_000
DISCUSSION = "Thảo luận"


def line_of(floor: FloorState, chair: PointId, *, at_ms: int, happened_at: datetime) -> SpokenLine:
    """Return who speaks from now on: who has the floor, else the chair."""
    is_open = floor.mode is FloorMode.DISCUSSION
    return SpokenLine(
        at_ms=at_ms,
        happened_at=happened_at,
        speaker=None if is_open else floor.speaker or chair,
        floor_epoch=floor.epoch,
    )


def chapters(
    lines: Iterable[SpokenLine], names: Mapping[PointId, str], *, length_ms: int
) -> Sequence[Chapter]:
    """Return one chapter a speech; what is shorter than two seconds is no speech of its own."""
    begun: list[tuple[int, str | None]] = []
    for line in lines:
        if line.at_ms >= length_ms:
            continue
        if begun and line.at_ms - begun[-1][0] < SHORTEST_MS:
            line_at_ms = begun.pop()[0]
        else:
            line_at_ms = line.at_ms
        if not begun or begun[-1][1] != line.speaker:
            begun.append((line_at_ms, line.speaker))
    ends = [at_ms for at_ms, _ in begun[1:]] + [length_ms]
    return [
        Chapter(at_ms, end_ms, DISCUSSION if who is None else _name(who, names))
        for (at_ms, who), end_ms in list(zip(begun, ends, strict=False))[:MAX_CHAPTERS]
    ]


def _name(who: str, names: Mapping[PointId, str]) -> str:
    return person_named(who) or names.get(PointId(who), who)
