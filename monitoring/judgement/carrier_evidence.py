"""What a carrier kept of what it promised for a line, by outages with a cause. Pure.

Of the time that was agreed in a period, to the microsecond,

    up + untold + down + planned + other + unsettled + unknown = agreed

    planned     declared maintenance, whatever the line was then
    down        the carrier's doing, by its own clock: since it was told, until it had restored
    untold      the carrier's doing before it was told; a contract does not count it
    other       down for power, the room's network, the machine, the centre; or after the carrier
                had restored
    unsettled   down, and nobody is sure whose doing: people settle it, until then it counts
                neither way
    unknown     the centre was not listening, or the point was shut out

`before` is the time until the point was first heard of, and is no part of what was agreed.
Availability is 1 - down / (up + untold + down). Whose an outage is follows from its cause where
that is certain; what people settle comes before what was judged. Time that a declared outage
lasts beyond its maintenance is unsettled.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement import periods
from monitoring.judgement.availability import Interval, Outage, outages
from monitoring.judgement.outage_cause import CauseVerdict, OutageCause
from monitoring.judgement.outage_evidence import EARLY, TOGETHER
from monitoring.judgement.periods import Period, clipped
from monitoring.judgement.presence import PresenceState

_ZERO = timedelta()


class Whose(Enum):
    """Whose doing an outage was; values as stored."""

    CARRIER = "carrier"
    OTHER = "other"
    PLANNED = "planned"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a contract promises of a line; None: it says nothing."""

    availability_ratio: float | None = None
    repair: timedelta | None = None


@dataclass(frozen=True, slots=True)
class CarrierWord:
    """What people noted of one outage with its carrier.

    `outage_began_at` names the outage as it was then. `settled` None: as it was judged.
    `restored_at`: when the carrier had mended it, where that was before the point came back.
    """

    outage_began_at: datetime
    told_at: datetime | None = None
    ticket: str = ""
    restored_at: datetime | None = None
    settled: Whose | None = None
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class OutageCase:
    """One outage, whole; `verdict` None: nothing is said of it."""

    outage: Outage
    verdict: CauseVerdict | None = None
    noticed_at: datetime | None = None
    word: CarrierWord | None = None

    @property
    def whose(self) -> Whose:
        """Whose doing it is, as far as that is settled."""
        if self.word is not None and self.word.settled is not None:
            return self.word.settled
        if self.verdict is None:
            return Whose.UNSETTLED
        if self.verdict.is_declared:
            return Whose.PLANNED
        if not self.verdict.is_certain or self.verdict.cause is OutageCause.UNKNOWN:
            return Whose.UNSETTLED
        return Whose.CARRIER if self.verdict.cause is OutageCause.LINE else Whose.OTHER

    @property
    def told_at(self) -> datetime | None:
        """When the carrier was told; None: it was not."""
        return self.word.told_at if self.word is not None else None

    @property
    def restored_at(self) -> datetime | None:
        """When it was over for the carrier; None: it is not."""
        ended_at = self.outage.ended_at
        said = self.word.restored_at if self.word is not None else None
        return said if said is not None and (ended_at is None or said < ended_at) else ended_at


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a period, or of one outage in it."""

    up: timedelta = _ZERO
    untold: timedelta = _ZERO
    down: timedelta = _ZERO
    planned: timedelta = _ZERO
    other: timedelta = _ZERO
    unsettled: timedelta = _ZERO
    unknown: timedelta = _ZERO
    before: timedelta = _ZERO

    def __add__(self, other: "Parts") -> "Parts":
        """Return the parts of two lines, or of two outages, taken together."""
        names = [one.name for one in fields(self)]
        return Parts(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def counted(self) -> timedelta:
        """What availability is a part of."""
        return self.up + self.untold + self.down

    @property
    def excluded(self) -> timedelta:
        """What was down and does not count against the carrier."""
        return self.planned + self.other

    @property
    def agreed(self) -> timedelta:
        """All of the time that was agreed."""
        return self.counted + self.excluded + self.unsettled + self.unknown

    @property
    def ratio(self) -> float | None:
        """Availability by the carrier's clock, 0 to 1; None: nothing is known."""
        return 1 - self.down / self.counted if self.counted else None

    @property
    def seen_ratio(self) -> float | None:
        """The same by the point's clock: an outage counts since it began."""
        return self.up / self.counted if self.counted else None

    @property
    def least_ratio(self) -> float | None:
        """The same where all that is unsettled were the carrier's, since it began."""
        whole = self.counted + self.unsettled
        return self.up / whole if whole else None


@dataclass(frozen=True, slots=True)
class LineTimes:
    """What is known of one line's point; `planned`: maintenance, as it was declared."""

    intervals: Sequence[Interval]
    cases: Sequence[OutageCase] = ()
    planned: Sequence[Period] = ()
    shut_out: Sequence[Period] = ()


@dataclass(frozen=True, slots=True)
class CaseParts:
    """One outage and what it comes to in a period.

    Attributes:
        repair: since the carrier was told until it had restored, without maintenance; where it
            has not yet, until the period's end. None: it was not told while it lasted.
        is_repair_kept: None: nothing is promised, or the time is not over.
        neighbours: how many other lines of the carrier went at the same time.
    """

    case: OutageCase
    parts: Parts
    repair: timedelta | None = None
    is_repair_kept: bool | None = None
    neighbours: int = 0


@dataclass(frozen=True, slots=True)
class LineParts:
    """One line over a period, with its outages, the earliest first."""

    parts: Parts
    cases: tuple[CaseParts, ...]
    is_availability_kept: bool | None = None


def cases_of(
    intervals: Iterable[Interval],
    said: Iterable[tuple[datetime, CauseVerdict, datetime]],
    words: Iterable[CarrierWord],
) -> tuple[list[OutageCase], list[CarrierWord]]:
    """Return a point's outages with what is said of each, and words that fit none any more.

    Args:
        said: when an outage began, the verdict, when it was noticed.
        words: the newest last.
    """
    verdicts = {began_at: (verdict, noticed_at) for began_at, verdict, noticed_at in said}
    left, found = list(words), list[OutageCase]()
    for outage in outages(intervals):
        own = [one for one in left if _is_about(one, outage)]
        left = [one for one in left if one not in own]
        verdict, noticed_at = verdicts.get(outage.began_at, (None, None))
        found.append(OutageCase(outage, verdict, noticed_at, own[-1] if own else None))
    return found, left


def _is_about(word: CarrierWord, outage: Outage) -> bool:
    """Late data moves an outage's beginning: it is the one that lasted then."""
    began_at = outage.began_at - TOGETHER
    return began_at <= word.outage_began_at and (
        outage.ended_at is None or word.outage_began_at < outage.ended_at
    )


def judged(
    line: LineTimes, period: Period, promise: Promise, *, now: datetime, known_until: datetime
) -> LineParts:
    """Return what a line comes to in a period.

    Args:
        known_until: where the centre's own record ends; what is open lasts until then.
    """
    passed = clipped(period, now)
    first_at = min((one.began_at for one in line.intervals), default=passed.ends_at)
    counted = periods.common([passed], [Period(first_at, max(first_at, passed.ends_at))])
    planned = periods.common(counted, periods.joined([*line.planned, *_leads(line)]))
    left = periods.without(counted, periods.joined([*planned, *line.shut_out]))
    down = periods.common(left, _spans(line, known_until, PresenceState.DOWN))
    up = _spans(line, known_until, PresenceState.UP, PresenceState.DEGRADED)
    found = tuple(
        CaseParts(one, _parts_of(one, passed, planned, down), *_repair(one, passed, line, promise))
        for one in line.cases
        if periods.within(_span(one.outage, known_until), passed).length
    )
    own = sum((one.parts for one in found), Parts())
    parts = Parts(
        up=periods.total(periods.common(left, up)),
        untold=own.untold,
        down=own.down,
        planned=periods.total(planned),
        other=own.other,
        unsettled=own.unsettled,
        before=passed.length - periods.total(counted),
    )
    unknown = periods.total(counted) - parts.agreed
    return LineParts(replace(parts, unknown=unknown), found, _is_kept(parts, promise))


def with_neighbours(lines: Mapping[str, LineParts]) -> dict[str, LineParts]:
    """Return lines of one carrier, by their keys, with how many others went with each outage."""
    began = sorted(
        (one.case.outage.began_at, key) for key, line in lines.items() for one in line.cases
    )
    near, first, last = Counter[str](), 0, 0
    others: dict[tuple[datetime, str], int] = {}
    for at, key in began:
        while last < len(began) and began[last][0] <= at + TOGETHER:
            near[began[last][1]] += 1
            last += 1
        while began[first][0] < at - TOGETHER:
            gone = began[first][1]
            near[gone] -= 1
            if not near[gone]:
                del near[gone]
            first += 1
        others[at, key] = len(near) - 1
    return {
        key: replace(
            line,
            cases=tuple(
                replace(one, neighbours=others[one.case.outage.began_at, key]) for one in line.cases
            ),
        )
        for key, line in lines.items()
    }


def _spans(line: LineTimes, known_until: datetime, *states: PresenceState) -> list[Period]:
    return periods.joined(
        Period(one.began_at, known_until if one.ended_at is None else one.ended_at)
        for one in line.intervals
        if one.state in states
    )


def _span(outage: Outage, known_until: datetime) -> Period:
    return Period(outage.began_at, known_until if outage.ended_at is None else outage.ended_at)


def _leads(line: LineTimes) -> Iterator[Period]:
    """Give the minute by which people began what is declared before its time."""
    for case in line.cases:
        if case.whose is Whose.PLANNED:
            began_at = case.outage.began_at
            for one in line.planned:
                if one.begins_at - EARLY <= began_at < one.begins_at:
                    yield Period(began_at, one.begins_at)


def _parts_of(
    case: OutageCase, passed: Period, planned: Sequence[Period], down: Sequence[Period]
) -> Parts:
    """Return what one outage comes to; `down`: without what is planned or nobody could hear."""
    whole = periods.within(_span(case.outage, passed.ends_at), passed)
    maintained = periods.overlap(whole, planned)
    mine = periods.total(periods.common([whole], down))
    if case.whose is Whose.OTHER:
        return Parts(planned=maintained, other=mine)
    if case.whose is not Whose.CARRIER:
        return Parts(planned=maintained, unsettled=mine)
    restored_at = whole.ends_at if case.restored_at is None else case.restored_at
    theirs = periods.within(whole, Period(whole.begins_at, restored_at))
    told_at = theirs.ends_at if case.told_at is None else case.told_at
    clocked = periods.within(theirs, Period(max(told_at, theirs.begins_at), theirs.ends_at))
    before = periods.overlap(theirs, down) if theirs.length else _ZERO
    counted = periods.overlap(clocked, down) if clocked.length else _ZERO
    return Parts(untold=before - counted, down=counted, planned=maintained, other=mine - before)


def _repair(
    case: OutageCase, passed: Period, line: LineTimes, promise: Promise
) -> tuple[timedelta | None, bool | None]:
    """Return how long the carrier took since it was told, and whether it kept its promise."""
    told_at, restored_at = case.told_at, case.restored_at
    ended_at = passed.ends_at if restored_at is None else restored_at
    if case.whose is not Whose.CARRIER or told_at is None or told_at >= ended_at:
        return None, None
    began_at = max(told_at, case.outage.began_at)
    took = periods.total(
        periods.without([Period(began_at, ended_at)], periods.joined(line.planned))
    )
    if promise.repair is None:
        return took, None
    is_over = restored_at is not None or took > promise.repair
    return took, took <= promise.repair if is_over else None


def _is_kept(parts: Parts, promise: Promise) -> bool | None:
    if promise.availability_ratio is None or parts.ratio is None:
        return None
    return parts.ratio >= promise.availability_ratio
