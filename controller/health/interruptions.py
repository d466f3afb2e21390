"""What interrupted a point, each with its kind: down, shut out, under maintenance, not known.

Pages and API list the same. An outage is told without the time in which the point was shut out;
what is said of it goes by when it began.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from controller.health.outage_queries import OutageSaid
from monitoring.judgement.availability import Interval, Outage, outages
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.periods import Period, joined, overlap, without
from monitoring.judgement.presence import PresenceState


class Kind(Enum):
    """What it was; values as the API gives them."""

    DOWN = "down"
    SHUT_OUT = "shut_out"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"


_OF_STATE = {PresenceState.DEGRADED: Kind.DEGRADED, PresenceState.UNKNOWN: Kind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Interruption:
    """One of them. `unknown` of it the centre was not listening, `excluded` was maintenance.

    `ended_at` None: it goes on. `said`: why, of an outage that was judged.
    """

    kind: Kind
    began_at: datetime
    ended_at: datetime | None
    unknown: timedelta = timedelta()
    excluded: timedelta = timedelta()
    said: OutageSaid | None = None
    maintenance: Maintenance | None = None

    def length(self, now: datetime) -> timedelta:
        """Return how long it lasted so far."""
        return (self.ended_at or now) - self.began_at

    def touches(self, period: Period) -> bool:
        """Whether any of it lies in a period."""
        is_before = self.ended_at is not None and self.ended_at <= period.begins_at
        return self.began_at < period.ends_at and not is_before


def interruptions(
    intervals: Sequence[Interval],
    said: Mapping[datetime, OutageSaid],
    *,
    now: datetime,
    shut_out: Iterable[Period] = (),
    declared: Sequence[Maintenance] = (),
) -> list[Interruption]:
    """Return all of a point's, the newest first; intervals oldest first."""
    closed = joined(shut_out)
    excluded = joined(one.period for one in declared)
    blind = joined(
        Period(one.began_at, one.ended_at or now)
        for one in intervals
        if one.state is PresenceState.UNKNOWN
    )
    down = outages(intervals)
    found = [
        *_downs(down, said, closed, excluded, blind, now),
        *(Interruption(Kind.SHUT_OUT, p.begins_at, _end(p.ends_at, now)) for p in closed),
        *(
            Interruption(
                Kind.MAINTENANCE,
                one.period.begins_at,
                _end(one.period.ends_at, now),
                maintenance=one,
            )
            for one in declared
            if one.period.begins_at <= now
        ),
        *(
            Interruption(_OF_STATE[one.state], one.began_at, one.ended_at)
            for one in intervals
            if one.state in _OF_STATE and not any(_is_within(one, outage) for outage in down)
        ),
    ]
    return sorted(found, key=lambda one: (one.began_at, one.kind.value), reverse=True)


def _downs(
    down: Iterable[Outage],
    said: Mapping[datetime, OutageSaid],
    closed: Sequence[Period],
    excluded: Sequence[Period],
    blind: Sequence[Period],
    now: datetime,
) -> Iterator[Interruption]:
    for outage in down:
        whole = Period(outage.began_at, outage.ended_at or now)
        for part in without([whole], closed):
            is_open = outage.ended_at is None and part.ends_at == whole.ends_at
            yield Interruption(
                Kind.DOWN,
                part.begins_at,
                None if is_open else part.ends_at,
                overlap(part, blind),
                overlap(part, excluded),
                said.get(outage.began_at),
            )


def _end(ends_at: datetime, now: datetime) -> datetime | None:
    return ends_at if ends_at < now else None


def _is_within(one: Interval, outage: Outage) -> bool:
    """Whether the centre was blind in the middle of an outage; its row says for how long."""
    is_begun = outage.began_at <= one.began_at
    return is_begun and (
        outage.ended_at is None or (one.ended_at is not None and one.ended_at <= outage.ended_at)
    )
