"""The evidence of one carrier over one month, put together from what is stored.

Times are cut to whole seconds before anything is added up, so that what stands on paper adds up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.carriers import carrier_queries, line_contract
from controller.carriers.line_contract import LineContract, Terms
from controller.carriers.tables import Carrier
from controller.health import line_history
from controller.health.line_history import LineHistory, OutageSaid
from controller.health.report_spans import ReportSpan
from controller.line_tests.tested import tested_in
from controller.people import accounts
from controller.places import service as places
from monitoring.judgement import carrier_evidence, periods
from monitoring.judgement.availability import Interval
from monitoring.judgement.carrier_evidence import (
    CarrierWord,
    CaseParts,
    LineParts,
    LineTimes,
    Parts,
)
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.periods import Period
from monitoring.judgement.slow_nights import TestedRate
from monitoring.judgement.tested_month import TestedMonth, month_of


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the carrier. `period`: of the month, as far as its contract holds."""

    contract: LineContract
    point_name: str
    period: Period
    found: LineParts
    said: dict[datetime, OutageSaid]
    declared: tuple[Maintenance, ...] = ()
    strays: tuple[CarrierWord, ...] = ()
    tested: TestedMonth = field(default_factory=TestedMonth)


@dataclass(frozen=True, slots=True)
class EvidenceSheet:
    """What a carrier kept in a month; `is_over`: the month is.

    `first_day`: of the carrier's first contract; None: it has none.
    """

    carrier: Carrier
    span: ReportSpan
    is_over: bool
    until: datetime
    lines: tuple[SheetLine, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    first_day: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything is known of any line in the month."""
        return self.whole.agreed > self.whole.unknown

    def called(self, user_name: str) -> str:
        """Return what people call somebody who noted something."""
        return self.people.get(user_name) or user_name

    @property
    def whole(self) -> Parts:
        """All of its lines taken together."""
        return sum((one.found.parts for one in self.lines), Parts())

    @property
    def outages(self) -> list[tuple[SheetLine, CaseParts]]:
        """All outages of all lines, the earliest first."""
        found = [(line, one) for line in self.lines for one in line.found.cases]
        return sorted(found, key=lambda both: (both[1].case.outage.began_at, both[0].point_name))


def sheet_of(
    state: Session, series: Session, carrier: Carrier, span: ReportSpan, now: datetime
) -> EvidenceSheet:
    """Return the evidence of a carrier as it is known now."""
    own = [
        one
        for one in line_contract.standing(carrier_queries.revisions(state))
        if one.terms.carrier_id == carrier.carrier_id
    ]
    contracts = [one for one in own if periods.within(span.period, one.terms.period).length]
    ids = [PointId(one) for one in sorted({one.terms.point_id for one in contracts})]
    known = line_history.lines_of(state, series, ids, span.period, now)
    words = carrier_queries.words(state, ids)
    tested = tested_in(series, ids, span.period)
    points = places.points_by_id(state, ids)
    now = _second(now)
    lines: list[SheetLine] = []
    for contract in contracts:
        terms = contract.terms
        history = known.histories.get(PointId(terms.point_id), LineHistory())
        said = {_second(one.began_at): one for one in history.said}
        times, strays = _times(history, words.get(terms.point_id, ()))
        period = periods.within(span.period, terms.period)
        found = carrier_evidence.judged(
            times, period, terms.promise, now=now, known_until=_second(known.known_until)
        )
        point = points.get(PointId(terms.point_id))
        name = point.name if point else terms.point_id
        lines.append(
            SheetLine(
                contract,
                name,
                period,
                found,
                said,
                tuple(one for one in history.declared if periods.within(one.period, period).length),
                tuple(one for one in strays if _is_in(one, period)),
                _tested(tested.get(PointId(terms.point_id), ()), terms, period),
            )
        )
    return EvidenceSheet(
        carrier,
        span,
        span.period.ends_at <= now,
        min(now, span.period.ends_at),
        tuple(_neighbours(lines)),
        accounts.display_names(state, _who(lines)),
        min((one.terms.begins_on for one in own), default=None),
    )


def _tested(tests: Iterable[TestedRate], terms: Terms, period: Period) -> TestedMonth:
    """Return what was tested while a contract held."""
    own = [one for one in tests if period.begins_at <= one.at < period.ends_at]
    return month_of(own, Contracted(terms.down_bps, terms.up_bps))


def _who(lines: Iterable[SheetLine]) -> set[str]:
    words = {one.case.word for line in lines for one in line.found.cases if one.case.word}
    words |= {one for line in lines for one in line.strays}
    return {one.by for one in words} | {one.made_by for line in lines for one in line.declared}


def _is_in(word: CarrierWord, period: Period) -> bool:
    return period.begins_at <= word.outage_began_at < period.ends_at


def _times(
    history: LineHistory, words: Sequence[CarrierWord]
) -> tuple[LineTimes, list[CarrierWord]]:
    intervals = [
        Interval(one.state, _second(one.began_at), _second(one.ended_at) if one.ended_at else None)
        for one in history.intervals
    ]
    cut = [
        replace(
            one,
            told_at=_second(one.told_at) if one.told_at else None,
            restored_at=_second(one.restored_at) if one.restored_at else None,
        )
        for one in words
    ]
    said = [(_second(one.began_at), one.verdict, one.noticed_at) for one in history.said]
    cases, strays = carrier_evidence.cases_of(intervals, said, cut)
    return LineTimes(intervals, cases, _cut(history.planned), _cut(history.shut_out)), strays


def _neighbours(lines: Sequence[SheetLine]) -> list[SheetLine]:
    found = carrier_evidence.with_neighbours({one.contract.contract_id: one.found for one in lines})
    return [replace(one, found=found[one.contract.contract_id]) for one in lines]


def _cut(spans: Iterable[Period]) -> list[Period]:
    return [Period(_second(one.begins_at), _second(one.ends_at)) for one in spans]


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
