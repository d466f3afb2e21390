"""What of a meeting's log is kept when it is over: who was in, who spoke, who was cut off and why.

Of somebody who came in

    spans + gaps of which they came back = the time from first coming in to last leaving

spans never overlap, and lie in order. A gap counts as an interruption as far as it lies within
the hours in which the meeting was held: who comes and goes before the beginning interrupts nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from controller.meetings.agenda import AgendaItem
from controller.meetings.rollcall.rules import COMING, GOING, Movement
from controller.meetings.speech_times import GIVEN, FloorTurn

TOGETHER_WITHIN = timedelta(seconds=10)
"""Who is cut off within so much of each other is cut off together."""
OUTAGE_WITHIN = timedelta(seconds=45)
"""The centre notices outages by silence, a relay by packets: they differ by so much."""
SETTLES = timedelta(seconds=15)
LOOKS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
"""How long after the end causes are looked at anew: points' own records come late."""
LATEST = LOOKS[-1] + timedelta(days=1)
CORRECTED = -1
"""In place of the newest line of the log: the meeting was corrected since; no line is below 1."""


class Leaving(Enum):
    """How a gap began; values as kept."""

    CUT = "cut"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which somebody was in."""

    began_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True)
class StayGap:
    """A time between two of them; where the last of all was cut off, until the meeting's end."""

    began_at: datetime
    ended_at: datetime
    leaving: Leaving
    has_come_back: bool = True

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True)
class Attended:
    """When somebody was in a meeting; nobody who never came has spans."""

    spans: tuple[Span, ...] = ()
    gaps: tuple[StayGap, ...] = ()

    @property
    def came_at(self) -> datetime | None:
        """When they first came in."""
        return self.spans[0].began_at if self.spans else None

    @property
    def left_at(self) -> datetime | None:
        """When they last left; the meeting's end where they stayed."""
        return self.spans[-1].ended_at if self.spans else None

    @property
    def length(self) -> timedelta:
        """How long they were in."""
        return sum((one.length for one in self.spans), timedelta())


@dataclass(frozen=True, slots=True)
class HeldSpeech:
    """One time somebody had the floor, as the floor names them."""

    who: str
    began_at: datetime
    ended_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True)
class PointOutage:
    """A time in which the centre did not hear a point's machine; `key` finds what is said of it."""

    began_at: datetime
    ended_at: datetime
    key: datetime


def attended(movements: Iterable[Movement], *, until: datetime) -> Attended:
    """Return when somebody was in.

    Args:
        movements: of one participant in their order; each direction is a session of its own.
        until: the meeting's end; what happened later counts for nothing.
    """
    here: set[str] = set()
    spans: list[Span] = []
    gaps: list[StayGap] = []
    since = gone_at = None
    leaving = Leaving.LEFT
    for one in movements:
        if one.happened_at > until:
            break
        if one.kind in COMING:
            if not here:
                since = one.happened_at
                if gone_at is not None and since > gone_at:
                    gaps.append(StayGap(gone_at, since, leaving))
            here.add(one.direction)
        elif one.kind in GOING and one.direction in here:
            here.discard(one.direction)
            if not here and since is not None:
                gone_at, leaving = one.happened_at, Leaving(one.kind)
                spans.append(Span(since, gone_at))
    if here and since is not None:
        spans.append(Span(since, until))
    elif gone_at is not None and leaving is Leaving.CUT and gone_at < until:
        gaps.append(StayGap(gone_at, until, leaving, has_come_back=False))
    return Attended(tuple(_joined(spans)), tuple(gaps))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans of which none begins where the one before ends."""
    found: list[Span] = []
    for one in spans:
        if found and one.began_at <= found[-1].ended_at:
            found[-1] = Span(found[-1].began_at, max(found[-1].ended_at, one.ended_at))
        else:
            found.append(one)
    return found


def interruptions(seen: Attended, held: Span) -> list[StayGap]:
    """Return the gaps of somebody as far as they lie within the hours of the meeting."""
    found = []
    for gap in seen.gaps:
        began_at, ended_at = max(gap.began_at, held.began_at), min(gap.ended_at, held.ended_at)
        if began_at < ended_at:
            found.append(StayGap(began_at, ended_at, gap.leaving, gap.has_come_back))
    return found


def outage_of(gap: StayGap, outages: Iterable[PointOutage]) -> PointOutage | None:
    """Return the outage of the point's machine in which a gap lies most; None: in none."""
    best, most = None, timedelta()
    for one in outages:
        began_at = max(gap.began_at, one.began_at - OUTAGE_WITHIN)
        shared = min(gap.ended_at, one.ended_at + OUTAGE_WITHIN) - began_at
        if shared > most:
            best, most = one, shared
    return best


class Cuts:
    """When participants were cut off, found by the instant: a meeting has thousands of cuts."""

    def __init__(self, began: Mapping[str, Sequence[datetime]]) -> None:
        """Take when each was cut off, in any order."""
        self._ordered = sorted((at, who) for who, instants in began.items() for at in instants)

    def together(self, at: datetime) -> int:
        """Return how many participants were cut off at about an instant."""
        first = bisect_left(self._ordered, at - TOGETHER_WITHIN, key=_instant)
        last = bisect_right(self._ordered, at + TOGETHER_WITHIN, key=_instant)
        return len({who for _, who in self._ordered[first:last]})


def _instant(cut: tuple[datetime, str]) -> datetime:
    return cut[0]


def speeches(turns: Iterable[FloorTurn], *, ended_at: datetime) -> list[HeldSpeech]:
    """Return who had the floor when, in order of the beginnings.

    Given twice without a withdrawal between it is one speech, as `speech_times.py` counts; what
    was on when the meeting ended ended with it. A clock that was set back makes none shorter
    than nothing.
    """
    since: dict[str, datetime] = {}
    found: list[HeldSpeech] = []
    for turn in turns:
        if turn.kind == GIVEN:
            since.setdefault(turn.who, turn.at)
        elif turn.who in since:
            began_at = since.pop(turn.who)
            found.append(HeldSpeech(turn.who, began_at, max(turn.at, began_at)))
    found += [HeldSpeech(who, at, max(ended_at, at)) for who, at in since.items()]
    return sorted(found, key=lambda one: (one.began_at, one.ended_at, one.who))


def items_held(items: Sequence[AgendaItem], held: Span) -> list[Span | None]:
    """Return when each item of an agenda was held; None: nobody said that it began.

    The first begins with the meeting, the others when the secretary came to them, and each ends
    where the next that began does. Where nobody ever went on, nothing is known of any.
    """
    began = [one.began_at for one in items]
    if not any(began):
        return [None] * len(items)
    began[0] = began[0] or held.began_at
    spans: list[Span | None] = []
    ends_at = held.ended_at
    for at in reversed(began):
        if at is None:
            spans.append(None)
            continue
        begins_at = min(max(at, held.began_at), ends_at)
        spans.append(Span(begins_at, ends_at))
        ends_at = begins_at
    return spans[::-1]


def is_due(
    ended_at: datetime,
    made_at: datetime | None,
    *,
    kept_event: int,
    newest_event: int,
    now: datetime,
) -> bool:
    """Return whether what is kept of a meeting is to be made, or made anew.

    Args:
        made_at: when it was last; None: never.
        kept_event: the newest line of the log that it rests on; 0: none; or CORRECTED.
        newest_event: the newest that there is.
    """
    if made_at is None:
        return now >= ended_at + SETTLES
    if kept_event == CORRECTED:
        return True
    if now > ended_at + LATEST:
        return False
    if newest_event > kept_event:
        return True
    return any(made_at < ended_at + after <= now for after in LOOKS)
