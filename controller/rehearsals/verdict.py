"""Whether a point is ready: by what its rehearsal found and what the centre knows of it. Pure.

What a point found in a rehearsal stays as it was found; what the centre knows changes by the
minute. So both are judged together each time somebody asks, and a point that fell silent after it
was ready is not ready.

Sound matters more than pictures: a room that is not heard or does not hear is not ready, one
without a picture is at risk, unless it is the chair's. What could not be tried is not known to
work. A loudspeaker that was to be silent is not held against the room.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class PointVerdict(Enum):
    """What a point is told to be, worst first; values are kept."""

    NOT_READY = "not_ready"
    NO_RESULT = "no_result"
    AT_RISK = "at_risk"
    READY = "ready"


class TriedPart(Enum):
    """What is tried or known, in the order in which it is told; values are kept."""

    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"
    LINE = "line"
    CAMERA = "camera"
    POWER = "power"
    CLOCK = "clock"


class CameOut(Enum):
    """What came of one of them; values are kept."""

    PASSED = "passed"
    AT_RISK = "at_risk"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


NOTHING_SAID, UNHEARD = "nothing_said", "unheard"
ON_BATTERY, BATTERY_SHORT = "on_battery", "battery_short"
LINE_TROUBLE, CLOCK_OFF = "line_trouble", "clock_off"
NOT_REACHED = "not_reached"
LEAST_BATTERY_S = 15 * 60
"""A battery that ends sooner is over before anything can be done about it."""


@dataclass(frozen=True, slots=True)
class PartFound:
    """What came of one thing that was tried; `cause`: a word, empty where nothing is wrong."""

    tried: TriedPart
    found: CameOut
    cause: str = ""


@dataclass(frozen=True, slots=True)
class RoomSaid:
    """What a point said of its rehearsal. `outcome` "done": it was made, and `findings` say how.

    Any other outcome is the cause of there being no result.
    """

    outcome: str
    findings: tuple[PartFound, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownOfPoint:
    """What the centre knows of a point now; `battery_s` None: nobody knows how long it lasts."""

    is_heard: bool = True
    is_on_battery: bool = False
    battery_s: int | None = None
    is_clock_off: bool = False
    has_line_trouble: bool = False


@dataclass(frozen=True, slots=True)
class JudgedRehearsal:
    """The verdict, its first cause, and what stands in the columns of the board."""

    verdict: PointVerdict
    cause: str = ""
    findings: tuple[PartFound, ...] = ()


def judge(said: RoomSaid | None, known: KnownOfPoint, *, is_chair: bool = False) -> JudgedRehearsal:
    """Return the verdict on a point.

    Args:
        said: None: nothing, in time.
        is_chair: everybody sees it, so that it needs its picture.
    """
    found = _together(said.findings if said else (), _of_the_centre(known))
    if not known.is_heard:
        return JudgedRehearsal(PointVerdict.NOT_READY, UNHEARD, found)
    if said is None:
        return JudgedRehearsal(PointVerdict.NO_RESULT, NOTHING_SAID, found)
    if said.outcome == NOT_REACHED:
        return JudgedRehearsal(PointVerdict.NOT_READY, NOT_REACHED, found)
    if said.outcome != "done":
        return JudgedRehearsal(PointVerdict.NO_RESULT, said.outcome, found)
    verdicts = {one: _of_one(one, is_chair=is_chair) for one in found}
    for verdict in (PointVerdict.NOT_READY, PointVerdict.AT_RISK):
        wrong = next((one for one in found if verdicts[one] is verdict), None)
        if wrong is not None:
            return JudgedRehearsal(verdict, wrong.cause, found)
    return JudgedRehearsal(PointVerdict.READY, "", found)


def _of_the_centre(known: KnownOfPoint) -> Iterable[PartFound]:
    unless_silent = CameOut.PASSED if known.is_heard else CameOut.NOT_TRIED
    if known.has_line_trouble:
        yield PartFound(TriedPart.LINE, CameOut.AT_RISK, LINE_TROUBLE)
    if known.is_on_battery:
        is_short = known.battery_s is not None and known.battery_s < LEAST_BATTERY_S
        cause = BATTERY_SHORT if is_short else ON_BATTERY
        yield PartFound(TriedPart.POWER, CameOut.FAILED if is_short else CameOut.AT_RISK, cause)
    else:
        yield PartFound(TriedPart.POWER, unless_silent)
    if known.is_clock_off:
        yield PartFound(TriedPart.CLOCK, CameOut.AT_RISK, CLOCK_OFF)
    else:
        yield PartFound(TriedPart.CLOCK, unless_silent)


_WORST = (CameOut.FAILED, CameOut.AT_RISK, CameOut.NOT_TRIED, CameOut.PASSED)


def _together(*said: Iterable[PartFound]) -> tuple[PartFound, ...]:
    """Return one of each, the worst that was said, in order."""
    worst: dict[TriedPart, PartFound] = {}
    for one in (one for some in said for one in some):
        known = worst.get(one.tried)
        if known is None or _WORST.index(one.found) < _WORST.index(known.found):
            worst[one.tried] = one
    return tuple(worst[one] for one in TriedPart if one in worst)


def _of_one(one: PartFound, *, is_chair: bool) -> PointVerdict:
    if one.found is CameOut.PASSED:
        return PointVerdict.READY
    if one.found is CameOut.NOT_TRIED:
        # The words on what it plays are only as good as the room's ears: not held against it.
        return PointVerdict.READY if one.tried is TriedPart.LOUDSPEAKER else PointVerdict.AT_RISK
    if one.found is CameOut.AT_RISK or (one.tried is TriedPart.CAMERA and not is_chair):
        return PointVerdict.AT_RISK
    return PointVerdict.NOT_READY
