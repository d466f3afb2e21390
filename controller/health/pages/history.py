"""Reads one point's last 24 hours for its chart, table and CSV."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from contracts.reports import InventoryBody
from controller.health import chart_queries, presence_queries
from controller.health.chart_queries import InterfacePoint, Step
from controller.health.views.history import AHEAD, History
from controller.meetings import service as meetings
from monitoring.judgement.availability import Period

DAY = timedelta(hours=24)


def history(
    state: Session,
    series: Session,
    point_id: PointId,
    inventory: InventoryBody | None,
    now: datetime,
    step: Step = Step.FIVE_MINUTES,
) -> History:
    """Return what was measured, and the meetings beside it."""
    period = Period(now - DAY, now)
    return History(
        begins_at=period.begins_at,
        now=now,
        link=chart_queries.link_series(series, point_id, period, step),
        uplink=_uplink(series, point_id, inventory, period, step),
        trains=chart_queries.bandwidth_series(series, point_id, period),
        intervals=presence_queries.intervals(series, point_id, period),
        meetings=_meetings(state, point_id, period.begins_at, now + AHEAD),
    )


def _uplink(
    series: Session,
    point_id: PointId,
    inventory: InventoryBody | None,
    period: Period,
    step: Step,
) -> Sequence[InterfacePoint]:
    known = chart_queries.interface_series(series, point_id, period, step)
    names = [one.name for one in inventory.interfaces if one.is_uplink] if inventory else []
    chosen = next((name for name in names if name in known), None)
    if chosen is None and len(known) == 1:
        chosen = next(iter(known))
    return known[chosen] if chosen is not None else ()


def _meetings(
    state: Session, point_id: PointId, begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime, str]]:
    return [
        (one.live_at or one.begins_at, one.ended_at or one.ends_at, one.title)
        for one in meetings.of_point(state, point_id, begins=begins, ends=ends)
    ]
