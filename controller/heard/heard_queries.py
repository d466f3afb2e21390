"""What was said of points in meetings: read and written."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import sqlalchemy
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from controller.heard.tables import JudgedMeeting, JudgedPoint

_AT_ONCE = 500
"""Meetings asked for in one query: databases bound its length."""
KeptRow = tuple[str, str, int, int, int, str, str]


def rows(session: Session, meeting_ids: Collection[str]) -> Iterator[KeptRow]:
    """Give what was said of every point in some meetings, without its minutes."""
    row, wanted = JudgedPoint, list(dict.fromkeys(meeting_ids))
    for first in range(0, len(wanted), _AT_ONCE):
        query = sqlalchemy.select(
            col(row.meeting_id),
            col(row.point_id),
            col(row.held_minutes),
            col(row.good_minutes),
            col(row.longest_cut_s),
            col(row.verdict),
            col(row.cause),
        ).where(col(row.meeting_id).in_(wanted[first : first + _AT_ONCE]))
        for one in session.connection().execute(query):
            yield one[0], one[1], one[2], one[3], one[4], one[5], one[6]


def get(session: Session, meeting_id: str, point_id: str) -> JudgedPoint | None:
    """Return what was said of one; None: nothing yet."""
    return session.get(JudgedPoint, (meeting_id, point_id))


def judged_at(session: Session, meeting_ids: Collection[str]) -> dict[str, datetime]:
    """Return when it was said last of meetings, of those of which it was."""
    wanted = col(JudgedMeeting.meeting_id).in_(list(meeting_ids))
    query = select(JudgedMeeting.meeting_id, JudgedMeeting.judged_at).where(wanted)
    return dict(session.exec(query).all())


def newest(session: Session) -> datetime | None:
    """Return when something was said last of any meeting; None: never."""
    return session.exec(select(func.max(JudgedMeeting.judged_at))).one()


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove what was said last before an instant; return of how many meetings."""
    query = select(JudgedMeeting.meeting_id).where(JudgedMeeting.judged_at < limit).limit(count)
    old = list(session.exec(query))
    for table in (JudgedPoint, JudgedMeeting):
        session.exec(delete(table).where(col(table.meeting_id).in_(old)))
    return len(old)


def allowed_of(session: Session, meeting_id: str) -> int | None:
    """Return how many bad minutes a meeting was allowed; None: nobody knows, or nothing is said."""
    row = session.get(JudgedMeeting, meeting_id)
    return row.allowed_min if row is not None else None


def judged_otherwise(session: Session, allowed: int, *, after: str, count: int) -> list[str]:
    """Return some meetings that were allowed another number of minutes, by id after one."""
    own = col(JudgedMeeting.allowed_min)
    query = select(JudgedMeeting.meeting_id).where(
        own.is_(None) | (own != allowed), col(JudgedMeeting.meeting_id) > after
    )
    return list(session.exec(query.order_by(col(JudgedMeeting.meeting_id)).limit(count)))


def claim(session: Session, meeting_id: str) -> list[JudgedPoint]:
    """Return what is said of a meeting's points, for nobody else to write meanwhile."""
    session.get(JudgedMeeting, meeting_id, with_for_update=True)
    return list(session.exec(select(JudgedPoint).where(JudgedPoint.meeting_id == meeting_id)))


def note_allowed(session: Session, meeting_id: str, allowed: int) -> None:
    """Write how many minutes a meeting is allowed now."""
    own = col(JudgedMeeting.meeting_id) == meeting_id
    session.exec(update(JudgedMeeting).where(own).values(allowed_min=allowed))


def replace(
    session: Session, meeting_id: str, points: Iterable[JudgedPoint], *, now: datetime, allowed: int
) -> None:
    """Write what is said of a meeting's points in place of what was."""
    session.get(JudgedMeeting, meeting_id, with_for_update=True)
    session.exec(delete(JudgedPoint).where(col(JudgedPoint.meeting_id) == meeting_id))
    session.add_all(points)
    session.merge(JudgedMeeting(meeting_id=meeting_id, judged_at=now, allowed_min=allowed))
