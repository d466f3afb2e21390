"""How points are, and how long they were up: read from what ingest has stored."""

from fastapi import APIRouter

from contracts.ids import PointId
from controller.enrolment import revocation
from controller.errors import NotFound
from controller.health import interrupted as reports
from controller.health import point_queries, uptime_queries
from controller.health.interruptions import Kind
from controller.health.schemas import OutageOut, StatusOut, UptimeOut
from controller.maintenance import service as maintenance
from controller.places import service as places
from controller.web.deps import SeriesSession, StateSession, Viewer, WebParts
from monitoring.judgement.availability import Uptime, last_days

router = APIRouter(prefix="/api/v1", tags=["status"])
_LISTED = (Kind.DOWN, Kind.SHUT_OUT, Kind.MAINTENANCE)


@router.get("/status")
def list_status(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer
) -> list[StatusOut]:
    """Return every point's present state and what is wrong with it, by number."""
    now = web.now()
    points = [PointId(point.point_id) for point in places.points(state, at=now)]
    standings = point_queries.standings(series, now, points)
    return [StatusOut.of(standings.get(p) or point_queries.never_heard(p)) for p in points]


@router.get("/points/{point_id}/uptime")
def one_uptime(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> list[UptimeOut]:
    """Return a point's uptime of today, 7 and 30 days; unknown is kept apart from down."""
    now = web.now()
    if places.point(state, point_id, at=now) is None:
        raise NotFound("điểm cầu", "point")
    point = PointId(point_id)
    excluded = maintenance.excluded(state, [point], since=now - uptime_queries.LONGEST)
    uptimes = uptime_queries.uptimes_of_usual_periods(
        series, now, [point], revocation.shut_out(state, now=now), excluded
    )
    periods = uptime_queries.usual_periods(now)
    nothing = {
        name: Uptime(before=min(period.ends_at, now) - period.begins_at)
        for name, period in periods.items()
    }
    return [
        UptimeOut.of(name, periods[name], uptimes[name].get(point, nothing[name]))
        for name in periods
    ]


@router.get("/points/{point_id}/outages")
def list_outages(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> list[OutageOut]:
    """Return a point's outages of 30 days, newest first, also those of which nothing is said yet.

    Times in which it was shut out, or under maintenance, are there as what they are.
    """
    now = web.now()
    if places.point(state, point_id, at=now) is None:
        raise NotFound("điểm cầu", "point")
    found = reports.interrupted(state, series, PointId(point_id), last_days(30, now), now)
    return [OutageOut.of(one) for one in found if one.kind in _LISTED]
