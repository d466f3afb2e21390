"""What a meeting is about is read, replaced while it has not begun, and corrected afterwards."""

from dataclasses import fields

from sqlalchemy import delete, update
from sqlmodel import Session, col

from contracts.ids import MeetingId, PointId
from controller.meetings import agenda_queries, floor_queries, meeting_queries
from controller.meetings.after import record_queries
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.seen import fingerprint
from controller.meetings.tables import Meeting, MeetingParticipant

_OPEN = (MeetingPhase.DRAFT.value, MeetingPhase.SCHEDULED.value)


def facts_of(session: Session, meeting: Meeting) -> MeetingFacts:
    """Return what is kept of a meeting, as a person says it."""
    apart = {"point_ids", "chair_point_id", "agenda"}
    own = {one.name for one in fields(MeetingFacts)} - apart
    return MeetingFacts(
        **{name: getattr(meeting, name) for name in own},
        chair_point_id=PointId(meeting.chair_point_id),
        point_ids=tuple(meeting_queries.participants(session, meeting.meeting_id)),
        agenda=agenda_queries.of_meeting(session, meeting.meeting_id),
    )


def seen(session: Session, meeting: Meeting) -> str:
    """Return by what it is known whether a meeting is still as somebody saw it."""
    facts, floor = facts_of(session, meeting), floor_queries.current(session, meeting.meeting_id)
    agenda = [(one.title, one.minutes, one.speaker) for one in facts.agenda or ()]
    known = {"points": facts.point_ids, "mode": floor.mode.value, "agenda": agenda}
    return fingerprint(facts.columns() | known)


def edit(session: Session, meeting_id: MeetingId, facts: MeetingFacts) -> bool:
    """Replace the facts of a meeting that has not begun; False: it has, or is over."""
    changed = session.exec(
        update(Meeting)
        .where(col(Meeting.meeting_id) == meeting_id, col(Meeting.state).in_(_OPEN))
        .values(**facts.columns())
    )
    if changed.rowcount != 1:
        return False
    _replace_rest(session, meeting_id, facts)
    return True


def correct(session: Session, meeting: Meeting, facts: MeetingFacts) -> bool:
    """Replace the facts of a meeting that is over; False: it is not.

    Where its hours are others, it was held at these. What is kept of it is made anew.
    """
    held: dict[str, object] = {}
    if (meeting.begins_at, meeting.ends_at) != (facts.begins_at, facts.ends_at):
        held = {"live_at": facts.begins_at, "ended_at": facts.ends_at}
    meeting_id = MeetingId(meeting.meeting_id)
    changed = session.exec(
        update(Meeting)
        .where(
            col(Meeting.meeting_id) == meeting_id,
            col(Meeting.state) == MeetingPhase.ENDED.value,
        )
        .values(**facts.columns(), **held)
    )
    if changed.rowcount != 1:
        return False
    _replace_rest(session, meeting_id, facts)
    record_queries.note_corrected(session, meeting_id)
    return True


def _replace_rest(session: Session, meeting_id: MeetingId, facts: MeetingFacts) -> None:
    session.exec(delete(MeetingParticipant).where(col(MeetingParticipant.meeting_id) == meeting_id))
    meeting_queries.set_participants(session, meeting_id, facts.point_ids)
    if facts.agenda is not None:
        agenda_queries.put(session, meeting_id, facts.agenda)
