"""What a carrier has promised for a point's line, and which contracts hold when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.local_days import midnight
from monitoring.judgement.carrier_evidence import Promise
from monitoring.judgement.periods import Period

_FOR_EVER = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed; None where the contract does not say it. `ends_on` is its last day."""

    point_id: str
    carrier_id: str
    number: str
    down_bps: int
    up_bps: int
    availability_ratio: float | None
    repair_minutes: int | None
    begins_on: date
    ends_on: date | None = None

    @property
    def promise(self) -> Promise:
        """What its carrier is measured by."""
        minutes = self.repair_minutes
        repair = None if minutes is None else timedelta(minutes=minutes)
        return Promise(self.availability_ratio, repair)

    @property
    def period(self) -> Period:
        """From when until when it holds."""
        last = _FOR_EVER if self.ends_on is None else self.ends_on
        return Period(midnight(self.begins_on), midnight(last + timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class LineContract:
    """One revision of a contract."""

    contract_id: str
    revision: int
    terms: Terms
    made_at: datetime
    made_by: str
    is_withdrawn: bool = False

    def holds_at(self, at: datetime) -> bool:
        """Return whether it is in force then, by its days."""
        period = self.terms.period
        return period.begins_at <= at < period.ends_at


def standing(revisions: Iterable[LineContract]) -> list[LineContract]:
    """Return the contracts that hold, by point and beginning; of revisions in any order."""
    newest: dict[str, LineContract] = {}
    for one in revisions:
        known = newest.get(one.contract_id)
        if known is None or known.revision < one.revision:
            newest[one.contract_id] = one
    found = [one for one in newest.values() if not one.is_withdrawn]
    return sorted(found, key=lambda one: (one.terms.point_id, one.terms.begins_on))


def in_the_way(
    terms: Terms, contracts: Iterable[LineContract], *, changed: str = ""
) -> LineContract | None:
    """Return a contract of the same point on some of the same days; a point has one line at a time.

    Args:
        changed: the contract that is changed itself.
    """
    return next(
        (
            one
            for one in contracts
            if one.terms.point_id == terms.point_id
            and one.contract_id != changed
            and one.terms.period.begins_at < terms.period.ends_at
            and terms.period.begins_at < one.terms.period.ends_at
        ),
        None,
    )
