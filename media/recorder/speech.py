"""Who spoke when, from the floor: lines as it moves, chapters once it is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET

from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from contracts.participants import person_named
from contracts.recordings import SpokenLine
from media.recorder.matroska import Chapter

SHORTEST_MS, SHORTEST_IN_DISCUSSION_MS = 2_000, 10_000
MAX_CHAPTERS = 1_000
DISCUSSION = "Thảo luận"

Who = tuple[str | None, str | None]  # has the floor, or is the loudest where nobody has it


def line_of(
    floor: FloorState, chair: PointId, loudest: str | None, *, at_ms: int, happened_at: datetime
) -> SpokenLine:
    """Return who speaks from now on: who has the floor, else the chair; in a discussion whoever."""
    is_open = floor.mode is FloorMode.DISCUSSION
    return SpokenLine(
        at_ms=at_ms,
        happened_at=happened_at,
        speaker=None if is_open else floor.speaker or chair,
        floor_epoch=floor.epoch,
        loudest=loudest if is_open and loudest is not None else UNSET,
    )


def chapters(
    lines: Iterable[SpokenLine], names: Mapping[PointId, str], *, length_ms: int
) -> Sequence[Chapter]:
    """Return one chapter a speech; what is shorter than two seconds is no speech of its own.

    Nor is in a discussion what is shorter than ten: people interrupt each other there.
    """
    begun: list[tuple[int, Who]] = []
    for line in lines:
        if line.at_ms >= length_ms:
            continue
        who = (line.speaker, line.loudest or None)
        line_at_ms = line.at_ms
        if begun and line.at_ms - begun[-1][0] < _shortest_ms(begun[-1][1], who):
            line_at_ms = begun.pop()[0]
        if not begun or begun[-1][1] != who:
            begun.append((line_at_ms, who))
    ends = [at_ms for at_ms, _ in begun[1:]] + [length_ms]
    return [
        Chapter(at_ms, end_ms, _title(who, names))
        for (at_ms, who), end_ms in list(zip(begun, ends, strict=False))[:MAX_CHAPTERS]
    ]


def _shortest_ms(one: Who, following: Who) -> int:
    """Return how long a speech has to be, where another one follows."""
    is_within_discussion = one[0] is None and following[0] is None
    return SHORTEST_IN_DISCUSSION_MS if is_within_discussion else SHORTEST_MS


def _title(who: Who, names: Mapping[PointId, str]) -> str:
    speaker, loudest = who
    if speaker is not None:
        return _name(speaker, names)
    return DISCUSSION if loudest is None else f"{DISCUSSION}: {_name(loudest, names)}"


def _name(who: str, names: Mapping[PointId, str]) -> str:
    return person_named(who) or names.get(PointId(who), who)
