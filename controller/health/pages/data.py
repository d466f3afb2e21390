"""Reads what several pages show: the tree, and every point with its state and uptime."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import MeetingId, PointId
from controller.health import point_queries, uptime_queries
from controller.health.states import PointState
from controller.health.views.standing import PointNow, state_of
from controller.meetings import meeting_queries
from controller.meetings.attendance import Attendance
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.places import place_queries
from controller.places.tables import Point, Unit
from controller.places.tree import Branch, branches
from monitoring.judgement.availability import Uptime

AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Places:
    """The tree as it stands now."""

    units: Sequence[Unit]
    points: Sequence[Point]
    tree: Sequence[Branch]

    @property
    def name(self) -> str:
        """What the installation is for: the name of the tree's top."""
        return self.tree[0].unit.name if self.tree else ""

    @property
    def point_names(self) -> dict[str, str]:
        """Names of points by id."""
        return {point.point_id: point.name for point in self.points}


def places(state: Session, now: datetime) -> Places:
    """Return the units and points that are valid now."""
    units = place_queries.units(state, at=now)
    points = place_queries.points(state, at=now)
    return Places(units, points, branches(units, points))


def points_now(
    state: Session,
    series: Session,
    attendance: Attendance,
    points: Iterable[Point],
    now: datetime,
) -> list[PointNow]:
    """Return points with their states, uptimes, and meetings on and next."""
    shown = list(points)
    ids = [PointId(point.point_id) for point in shown]
    standings = point_queries.standings(series, now, ids)
    uptimes = uptime_queries.uptimes_of_usual_periods(series, now, ids)
    busy = _in_meeting(state, attendance)
    following = _next_meetings(state, now)
    found: list[PointNow] = []
    for point, point_id in zip(shown, ids, strict=True):
        standing = standings.get(point_id) or point_queries.never_heard(point_id)
        found.append(
            PointNow(
                point=point,
                state=state_of(point, standing),
                standing=standing,
                uptimes=tuple(of.get(point_id, Uptime()) for of in uptimes.values()),
                is_in_meeting=point.point_id in busy,
                next_meeting_at=following.get(point_id),
            )
        )
    return found


def point_states(series: Session, points: Iterable[Point], now: datetime) -> dict[str, PointState]:
    """Return only the states of points."""
    shown = list(points)
    standings = point_queries.standings(series, now, [PointId(one.point_id) for one in shown])
    return {
        one.point_id: state_of(
            one,
            standings.get(PointId(one.point_id))
            or point_queries.never_heard(PointId(one.point_id)),
        )
        for one in shown
    }


def _in_meeting(state: Session, attendance: Attendance) -> set[str]:
    found: set[str] = set()
    for meeting in meeting_queries.live(state):
        now_at_relay = attendance.of(MeetingId(meeting.meeting_id))
        if now_at_relay is not None:
            found.update(
                one.subject for one in now_at_relay.attendees if one.is_point and one.is_connected
            )
    return found


def _next_meetings(state: Session, now: datetime) -> dict[PointId, datetime]:
    found: dict[PointId, datetime] = {}
    for booking in meeting_queries.bookings(state, begins=now, ends=now + AHEAD):
        for point_id in booking.points:
            known = found.get(point_id)
            if known is None or booking.begins_at < known:
                found[point_id] = booking.begins_at
    return found


def coming_meetings(state: Session, now: datetime, *, limit: int = 6) -> list[Meeting]:
    """Return the meetings that are on, then those of the next seven days."""
    live = meeting_queries.live(state)
    between = meeting_queries.between(state, begins=now, ends=now + AHEAD)
    to_come = [one for one in between if one.state == MeetingPhase.SCHEDULED.value]
    return [*live, *to_come][:limit]
