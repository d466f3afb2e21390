"""Reads what interrupted a point in a period."""

from datetime import datetime

from sqlmodel import Session

from contracts.ids import PointId
from controller.enrolment import revocation
from controller.health import outage_queries, presence_queries
from controller.health.interruptions import Interruption, interruptions
from controller.maintenance import service as maintenance
from monitoring.judgement.availability import outages
from monitoring.judgement.periods import Period


def interrupted(
    state: Session, series: Session, point_id: PointId, period: Period, now: datetime
) -> list[Interruption]:
    """Return it, the newest first; whole, also where it began before the period."""
    intervals = presence_queries.intervals(series, point_id, period)
    since = min((period.begins_at, *(one.began_at for one in outages(intervals))))
    covering = maintenance.covering(state, maintenance.standing(state, since=since), [point_id])
    found = interruptions(
        intervals,
        outage_queries.said_during(series, point_id, intervals),
        now=now,
        shut_out=revocation.shut_out(state, now=now).get(point_id, ()),
        declared=maintenance.signed(state, covering.get(point_id, ())),
    )
    return [one for one in found if one.touches(period)]
