"""Which meetings a branch of the tree sees, and which are its own to be changed by its people."""

from sqlmodel import Session, col, select

from controller.db.bounded import Bounds
from controller.meetings import meeting_queries
from controller.meetings.tables import Meeting


def is_own(session: Session, meeting_id: str, bounds: Bounds) -> bool:
    """Return whether all of a meeting is of a branch: its points, its chair and its host."""
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None:
        return False
    points = {meeting.chair_point_id, *meeting_queries.participants(session, meeting_id)}
    is_hosted = meeting.host_unit_id is None or meeting.host_unit_id in bounds.unit_ids
    return is_hosted and bounds.point_ids.issuperset(points)


def is_own_date(session: Session, meeting_id: str, bounds: Bounds) -> bool:
    """Return whether a meeting is a branch's, and all of the series that it is a date of."""
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None or not is_own(session, meeting_id, bounds):
        return False
    return meeting.series_id is None or is_own_series(session, meeting.series_id, bounds)


def is_own_series(session: Session, series_id: str, bounds: Bounds) -> bool:
    """Return whether every date of a series is a branch's."""
    return all(is_own(session, one, bounds) for one in _dates(session, series_id))


def is_series_seen(session: Session, series_id: str) -> bool:
    """Return whether a session gives any date of a series."""
    return bool(_dates(session, series_id))


def _dates(session: Session, series_id: str) -> list[str]:
    return list(session.exec(select(Meeting.meeting_id).where(col(Meeting.series_id) == series_id)))
