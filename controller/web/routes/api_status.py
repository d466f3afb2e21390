"""How points are, and how long they were up: read from what ingest has stored."""

from fastapi import APIRouter

from contracts.ids import PointId
from controller.db.queries import series_points, series_uptime, state_places
from controller.errors import NotFound
from controller.web.deps import SeriesSession, StateSession, Viewer, WebParts
from controller.web.schemas_status import StatusOut, UptimeOut
from monitoring.core.availability import Uptime

router = APIRouter(prefix="/api/v1", tags=["status"])


@router.get("/status")
def list_status(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer
) -> list[StatusOut]:
    """Return every point's present state and what is wrong with it, by number."""
    now = web.now()
    points = [PointId(point.point_id) for point in state_places.points(state, at=now)]
    standings = series_points.standings(series, now, points)
    return [StatusOut.of(standings.get(p) or series_points.never_heard(p)) for p in points]


@router.get("/points/{point_id}/uptime")
def one_uptime(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> list[UptimeOut]:
    """Return a point's uptime of today, 7 and 30 days; unknown is kept apart from down."""
    now = web.now()
    if state_places.point(state, point_id, at=now) is None:
        raise NotFound("điểm cầu", "point")
    point = PointId(point_id)
    uptimes = series_uptime.uptimes_of_usual_periods(series, now, [point])
    periods = series_uptime.usual_periods(now)
    nothing = {
        name: Uptime(before=min(period.ends_at, now) - period.begins_at)
        for name, period in periods.items()
    }
    return [
        UptimeOut.of(name, periods[name], uptimes[name].get(point, nothing[name]))
        for name in periods
    ]
