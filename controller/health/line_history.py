"""What the lines of points went through in a period, as evidence needs it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.enrolment import revocation
from controller.health import outage_queries, presence_queries
from controller.health.outage_queries import OutageSaid as OutageSaid
from controller.health.views import outage_causes
from controller.health.views.causes import Cause as Cause
from controller.maintenance import service as maintenance
from controller.web.i18n.language import Language
from monitoring.judgement.availability import Interval, outages
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.periods import Period, joined


@dataclass(frozen=True, slots=True)
class LineHistory:
    """Of one point: its states, what is said of its outages, and when it does not count."""

    intervals: tuple[Interval, ...] = ()
    said: tuple[OutageSaid, ...] = ()
    shut_out: tuple[Period, ...] = ()
    declared: tuple[Maintenance, ...] = ()

    @property
    def planned(self) -> list[Period]:
        """When maintenance was declared, overlapping ones joined."""
        return joined(one.period for one in self.declared)


@dataclass(frozen=True, slots=True)
class LinesKnown:
    """Of some points, and where the centre's own record ends."""

    histories: Mapping[PointId, LineHistory]
    known_until: datetime


def lines_of(
    state: Session, series: Session, point_ids: Collection[PointId], period: Period, now: datetime
) -> LinesKnown:
    """Return what points went through; intervals whole, also where they reach out of the period."""
    seen = presence_queries.intervals_of(series, point_ids, period)
    began = [(one, outage.began_at) for one, own in seen.items() for outage in outages(own)]
    said: dict[PointId, list[OutageSaid]] = {}
    for (point_id, _), found in sorted(outage_queries.said_of(series, began).items()):
        said.setdefault(point_id, []).append(found)
    since = min((period.begins_at, *(at for _, at in began)))
    standing = [one for one in maintenance.standing(state, since=since) if _is_begun(one, period)]
    declared = maintenance.covering(state, standing, point_ids)
    shut_out = revocation.shut_out(state, now=now)
    return LinesKnown(
        {
            one: LineHistory(
                tuple(seen.get(one, ())),
                tuple(said.get(one, ())),
                tuple(shut_out.get(one, ())),
                tuple(declared.get(one, ())),
            )
            for one in point_ids
        },
        presence_queries.known_until(series, now),
    )


def _is_begun(one: Maintenance, period: Period) -> bool:
    return one.period.begins_at < period.ends_at


def cause_of(words: Language, now: datetime, said: OutageSaid) -> Cause:
    """Return why a point was out, as its page says it."""
    return outage_causes.as_cause(words, now, said)
