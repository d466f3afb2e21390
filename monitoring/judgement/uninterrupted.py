"""Whether a meeting was *thông suốt* at a point: by the minute, with what it was judged by. Pure.

A minute that was held is good where sound was heard for 58 of its 60 seconds; what a room says of
itself counts before everything else. Where it has said nothing of some seconds

    between two of its own words    nothing was heard: the room that keeps its record played nothing
    elsewhere                       nothing was heard while it was out of the meeting by the relay's
                                    log, or, where that knows nobody, while the centre did not hear
                                    the point; the rest is unknown

What was lost in maintenance that was declared ahead is excused. A point that was absent for a
reason that the roll call names is excluded as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement.periods import Period

MINUTE = timedelta(minutes=1)
MINUTE_MS, ENOUGH_MS = 60_000, 58_000
ENOUGH = timedelta(milliseconds=ENOUGH_MS)
LONGEST = timedelta(days=2)
"""A meeting that was on for longer was forgotten: what comes after that is not judged."""


class MinuteState(Enum):
    """How a minute was; values as stored."""

    GOOD = "G"
    BAD = "B"
    UNKNOWN = "U"
    EXCUSED = "E"


class HeardVerdict(Enum):
    """What is said of a point in a meeting; values as stored. Excluded: not to be counted."""

    UNINTERRUPTED = "uninterrupted"
    INTERRUPTED = "interrupted"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MinuteHeard:
    """Of a minute, of how much its room tells, and for how much of that sound was heard."""

    heard_ms: int = 0
    over_ms: int = 0


@dataclass(frozen=True, slots=True)
class HeardEvidence:
    """What is known of a point in a meeting.

    Attributes:
        record: what its room told, by the minute.
        stays: when it was in, by the relay's log; None: that knows nobody.
        silences: when the centre did not hear the point.
        excused: maintenance that was declared ahead.
        is_absent: the roll call has it absent, with a reason.
    """

    record: Mapping[datetime, MinuteHeard]
    stays: Sequence[Period] | None = None
    silences: Sequence[Period] = ()
    excused: Sequence[Period] = ()
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class JudgedMinute:
    """One minute; `heard_ms` None: not known."""

    state: MinuteState
    heard_ms: int | None


@dataclass(frozen=True, slots=True)
class PointJudged:
    """A point in a meeting; `begins_at` is its first minute, None where none was held."""

    begins_at: datetime | None
    minutes: tuple[JudgedMinute, ...]
    verdict: HeardVerdict

    def count(self, state: MinuteState) -> int:
        """Return how many minutes were so; those of all states together are all that were held."""
        return sum(one.state is state for one in self.minutes)

    @property
    def longest_cut_s(self) -> int:
        """The most that was lost in bad minutes on end, in seconds."""
        longest = cut_ms = 0
        for one in self.minutes:
            cut_ms = cut_ms + MINUTE_MS - (one.heard_ms or 0) if one.state is MinuteState.BAD else 0
            longest = max(longest, cut_ms)
        return longest // 1000


def held_minutes(began_at: datetime, ended_at: datetime) -> tuple[datetime, ...]:
    """Return the minutes of the clock of which a meeting was on for 58 seconds at least."""
    first = began_at.replace(second=0, microsecond=0)
    until = min(ended_at, first + LONGEST)
    found: list[datetime] = []
    while first < until:
        if min(until, first + MINUTE) - max(began_at, first) >= ENOUGH:
            found.append(first)
        first += MINUTE
    return tuple(found)


def judged(minutes: Sequence[datetime], evidence: HeardEvidence, *, allowed: int) -> PointJudged:
    """Return what is said of a point.

    Args:
        minutes: those that were held, on end.
        allowed: so many bad minutes a meeting may have and is uninterrupted.
    """
    told = [at for at in minutes if at in evidence.record and evidence.record[at].over_ms > 0]
    own = Period(min(told), max(told) + MINUTE) if told else None
    found = tuple(_judged_minute(at, evidence, own) for at in minutes)
    states = [one.state for one in found]
    begins_at = minutes[0] if minutes else None
    return PointJudged(begins_at, found, verdict_of(states, evidence.is_absent, allowed))


def verdict_of(states: Sequence[MinuteState], is_absent: bool, allowed: int) -> HeardVerdict:
    """Return what minutes come to, where so many bad ones are allowed."""
    bad, unknown, excused = (
        states.count(one) for one in (MinuteState.BAD, MinuteState.UNKNOWN, MinuteState.EXCUSED)
    )
    if is_absent:
        return HeardVerdict.EXCLUDED
    if bad > allowed:
        return HeardVerdict.INTERRUPTED
    if bad + unknown > allowed or not states:
        return HeardVerdict.UNKNOWN
    return HeardVerdict.EXCLUDED if bad + excused > allowed else HeardVerdict.UNINTERRUPTED


def _judged_minute(at: datetime, evidence: HeardEvidence, own: Period | None) -> JudgedMinute:
    minute = Period(at, at + MINUTE)
    told = evidence.record.get(at, MinuteHeard())
    untold_ms = MINUTE_MS - told.over_ms
    lost_ms = told.over_ms - told.heard_ms
    if own is not None and own.begins_at < at and minute.ends_at < own.ends_at:
        out_ms = untold_ms
    else:
        out_ms = min(untold_ms, _out_ms(minute, evidence))
    lost_ms += out_ms
    if lost_ms > MINUTE_MS - ENOUGH_MS:
        is_excused = any(one.begins_at < minute.ends_at and at < one.ends_at
                         for one in evidence.excused)  # fmt: skip
        state = MinuteState.EXCUSED if is_excused else MinuteState.BAD
        return JudgedMinute(state, MINUTE_MS - lost_ms)
    if lost_ms + untold_ms - out_ms <= MINUTE_MS - ENOUGH_MS:
        return JudgedMinute(MinuteState.GOOD, MINUTE_MS - lost_ms)
    return JudgedMinute(MinuteState.UNKNOWN, None)


def _out_ms(minute: Period, evidence: HeardEvidence) -> int:
    """Return for how much of a minute a point was out, as others saw it."""
    if evidence.stays is None:
        return _shared_ms(minute, evidence.silences)
    return MINUTE_MS - _shared_ms(minute, evidence.stays)


def _shared_ms(minute: Period, others: Iterable[Period]) -> int:
    """Return how much of a minute some periods cover that do not overlap."""
    shared = timedelta()
    for one in others:
        begins, ends = max(minute.begins_at, one.begins_at), min(minute.ends_at, one.ends_at)
        shared += max(timedelta(), ends - begins)
    return shared // timedelta(milliseconds=1)
