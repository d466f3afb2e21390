"""What meetings decided to have done: read and counted."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, or_
from sqlmodel import Session, col, select

from controller.meetings.tables import Meeting
from controller.meetings.tasks.rules import TaskState
from controller.meetings.tasks.tables import MeetingTask


def of_meeting(session: Session, meeting_id: str) -> list[MeetingTask]:
    """Return a meeting's tasks in the order in which they were made."""
    query = (
        select(MeetingTask)
        .where(MeetingTask.meeting_id == meeting_id, col(MeetingTask.removed_at).is_(None))
        .order_by(col(MeetingTask.task_id))
    )
    return list(session.exec(query))


def stamp(session: Session, meeting_id: str) -> int:
    """Return a number that grows with whatever is changed of a meeting's tasks."""
    total = select(func.coalesce(func.sum(MeetingTask.version), 0)).where(
        MeetingTask.meeting_id == meeting_id
    )
    return int(session.exec(total).one())


def counts(session: Session, meeting_id: str) -> tuple[int, int]:
    """Return how many tasks a meeting has, and how many it ever had."""
    query = select(func.count(col(MeetingTask.task_id)), func.count(col(MeetingTask.removed_at)))
    all_of, removed = session.exec(query.where(MeetingTask.meeting_id == meeting_id)).one()
    return all_of - removed, all_of


def claimed(session: Session, meeting_id: str, task_id: int) -> MeetingTask | None:
    """Return one of a meeting's tasks, which nobody else changes until this transaction ends."""
    query = select(MeetingTask).where(
        MeetingTask.task_id == task_id,
        MeetingTask.meeting_id == meeting_id,
        col(MeetingTask.removed_at).is_(None),
    )
    return session.exec(query.with_for_update()).first()


def found(
    session: Session, wanted: TaskState | None, *, today: date, most: int
) -> list[tuple[MeetingTask, Meeting]]:
    """Return tasks of all meetings, the nearest deadline first, those without one last.

    Args:
        wanted: how they stand; None: all.
    """
    row = MeetingTask
    query = (
        select(MeetingTask, Meeting)
        .join(Meeting, col(Meeting.meeting_id) == col(row.meeting_id))
        .where(col(row.removed_at).is_(None), *_standing(wanted, today))
        .order_by(col(row.deadline).is_(None), col(row.deadline), col(row.task_id))
        .limit(most)
    )
    return list(session.exec(query))


def owned_by(
    session: Session, owners: Collection[str], *, since: date, until: date, most: int
) -> list[tuple[MeetingTask, Meeting]]:
    """Return what is still to be done by some, by their names, the nearest deadline first."""
    row = MeetingTask
    query = (
        select(row, Meeting)
        .join(Meeting, col(Meeting.meeting_id) == col(row.meeting_id))
        .where(
            col(row.owner).in_(list(owners)),
            col(row.removed_at).is_(None),
            col(row.done_at).is_(None),
            col(row.deadline) >= since,
            col(row.deadline) <= until,
        )
        .order_by(col(row.deadline), col(row.task_id))
        .limit(most)
    )
    return list(session.exec(query))


def _standing(wanted: TaskState | None, today: date) -> Sequence[ColumnElement[bool]]:
    row, is_open = MeetingTask, col(MeetingTask.done_at).is_(None)
    match wanted:
        case None:
            return ()
        case TaskState.DONE:
            return (col(row.done_at).is_not(None),)
        case TaskState.OVERDUE:
            return (is_open, col(row.deadline) < today)
        case TaskState.OPEN:
            return (is_open, or_(col(row.deadline).is_(None), col(row.deadline) >= today))


def forget(session: Session, limit: datetime, *, count: int) -> int:
    """Remove tasks of meetings that were over before an instant; return how many rows."""
    old = list(
        session.exec(
            select(MeetingTask.task_id)
            .join(Meeting, col(Meeting.meeting_id) == col(MeetingTask.meeting_id))
            .where(Meeting.ends_at < limit)
            .limit(count)
        )
    )
    session.exec(delete(MeetingTask).where(col(MeetingTask.task_id).in_(old)))
    return len(old)
