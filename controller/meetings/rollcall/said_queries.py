"""What roll calls say of many meetings at once."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from controller.meetings.held import RollSaid
from controller.meetings.held_queries import ended_in
from controller.meetings.rollcall.rules import RollState
from controller.meetings.rollcall.tables import RollCallEntry
from controller.meetings.tables import Meeting
from monitoring.judgement.periods import Period


def said_in(session: Session, period: Period) -> list[RollSaid]:
    """Return what counts of each who was called in meetings that ended and were set for a time."""
    newest = (
        select(func.max(col(RollCallEntry.entry_id)))
        .join(Meeting, col(Meeting.meeting_id) == col(RollCallEntry.meeting_id))
        .where(ended_in(period), col(RollCallEntry.taken_back_at).is_(None))
        .group_by(col(RollCallEntry.meeting_id), col(RollCallEntry.subject))
    )
    query = select(
        col(RollCallEntry.meeting_id),
        col(RollCallEntry.subject),
        col(RollCallEntry.state),
        col(RollCallEntry.late_min),
        col(RollCallEntry.detail),
    ).where(col(RollCallEntry.entry_id).in_(newest))
    states = {one.value: one for one in RollState}
    return [
        RollSaid(meeting_id, subject, states[state], late_min, detail)
        for meeting_id, subject, state, late_min, detail in session.connection().execute(query)
    ]
