"""Reads one point's last 24 hours for its chart, table and CSV."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from contracts.reports import InventoryBody
from controller.core.meeting_state import MeetingPhase
from controller.db.queries import series_charts, series_presence, state_meetings
from controller.db.queries.series_charts import InterfacePoint, Step
from controller.web.views.history import AHEAD, History
from monitoring.core.availability import Period

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
        link=series_charts.link_series(series, point_id, period, step),
        uplink=_uplink(series, point_id, inventory, period, step),
        trains=series_charts.bandwidth_series(series, point_id, period),
        intervals=series_presence.intervals(series, point_id, period),
        meetings=_meetings(state, point_id, period.begins_at, now + AHEAD),
    )


def _uplink(
    series: Session,
    point_id: PointId,
    inventory: InventoryBody | None,
    period: Period,
    step: Step,
) -> Sequence[InterfacePoint]:
    known = series_charts.interface_series(series, point_id, period, step)
    names = [one.name for one in inventory.interfaces if one.is_uplink] if inventory else []
    chosen = next((name for name in names if name in known), None)
    if chosen is None and len(known) == 1:
        chosen = next(iter(known))
    return known[chosen] if chosen is not None else ()


def _meetings(
    state: Session, point_id: PointId, begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime, str]]:
    found = state_meetings.between(state, begins=begins, ends=ends)
    return [
        (one.live_at or one.begins_at, one.ended_at or one.ends_at, one.title)
        for one in found
        if MeetingPhase(one.state) is not MeetingPhase.CANCELLED
        and point_id in state_meetings.participants(state, one.meeting_id)
    ]
