"""Who spoke when, from the floor: lines as it moves, chapters once it is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import UNSET

from contracts.floor import FloorMode, FloorState
from contracts.ids import GUEST_PREFIX, PointId
from contracts.participants import person_named
from contracts.recordings import MAX_CHAPTERS, SpokenLine
from media.recorder.matroska import Chapter

SHORTEST_MS, SHORTEST_IN_DISCUSSION_MS = 2_000, 10_000
MAX_NAMED = 4
DISCUSSION = "Thảo luận"

Who = tuple[str | None, str | None]  # has the floor, or is the loudest where nobody has it
Spoke = tuple[Who, ...]


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

    In a discussion whoever speaks for ten seconds has one; who interrupts him has none, and turns
    that are all shorter are one, named after everybody who spoke in it.
    """
    begun = _speeches(_turns(lines, length_ms), length_ms)
    ends = [at_ms for at_ms, _ in begun[1:]] + [length_ms]
    return [
        Chapter(at_ms, end_ms, _title(spoke, names))
        for (at_ms, spoke), end_ms in list(zip(begun, ends, strict=False))[:MAX_CHAPTERS]
    ]


def _turns(lines: Iterable[SpokenLine], length_ms: int) -> list[tuple[int, Who]]:
    begun: list[tuple[int, Who]] = []
    for line in lines:
        if line.at_ms >= length_ms:
            continue
        who, at_ms = (line.speaker, line.loudest or None), line.at_ms
        if begun and at_ms - begun[-1][0] < SHORTEST_MS:
            at_ms = begun.pop()[0]
        if not begun or begun[-1][1] != who:
            begun.append((at_ms, who))
    return begun


def _speeches(turns: Sequence[tuple[int, Who]], length_ms: int) -> list[tuple[int, Spoke]]:
    """Return the turns with the short ones of a discussion joined."""
    found: list[tuple[int, Spoke]] = []
    short: list[tuple[int, Who]] = []
    ends = [at_ms for at_ms, _ in turns[1:]] + [length_ms]
    for (begins_ms, who), end_ms in zip(turns, ends, strict=False):
        is_discussion, at_ms = who[0] is None, begins_ms
        if is_discussion and end_ms - at_ms < SHORTEST_IN_DISCUSSION_MS:
            short.append((at_ms, who))
            continue
        if short and is_discussion and at_ms - short[0][0] < SHORTEST_IN_DISCUSSION_MS:
            at_ms = short[0][0]
        elif short:
            found.append((short[0][0], tuple(one for _, one in short)))
        short = []
        if not found or found[-1][1] != (who,):
            found.append((at_ms, (who,)))
    if short:
        found.append((short[0][0], tuple(one for _, one in short)))
    return found


def _title(spoke: Spoke, names: Mapping[PointId, str]) -> str:
    speaker = spoke[0][0]
    if speaker is not None:
        return _name(speaker, names)
    loudest = list(dict.fromkeys(one for _, one in spoke if one is not None))
    if not loudest:
        return DISCUSSION
    rest = ", …" if len(loudest) > MAX_NAMED else ""
    return f"{DISCUSSION}: {', '.join(_name(one, names) for one in loudest[:MAX_NAMED])}{rest}"


def _name(who: str, names: Mapping[PointId, str]) -> str:
    """Return what somebody is called: points and guests by what the centre says, else as it is."""
    own = person_named(who) or who
    return names.get(PointId(own), own) if own == who or own.startswith(GUEST_PREFIX) else own
