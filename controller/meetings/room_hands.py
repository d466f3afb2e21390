"""A room's own button asks for the floor, or asks no more: the queue follows.

The relay says whose session it was, so a point asks for itself alone. What came too late, or from
whom nobody may invite, changes nothing; it is in the log all the same.
"""

from datetime import datetime

from sqlmodel import Session

from contracts.floor import MAX_MUTED
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from controller.meetings import floor_queries, meeting_queries, queue_queries
from controller.meetings.meeting_state import MeetingPhase

UP, DOWN = "hand_up", "hand_down"


def follow(session: Session, event: RelayEvent, *, now: datetime) -> bool:
    """Put a point into the queue or take it out; return whether that changed anything."""
    if event.kind not in (UP, DOWN) or event.participant_kind is not ParticipantKind.POINT:
        return False
    meeting_id, point = event.meeting_id, event.subject
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None or not MeetingPhase(meeting.state).is_told or not meeting.is_joined:
        return False
    if event.kind == DOWN:
        return queue_queries.take_back(session, meeting_id, point) is not None
    if point == meeting.chairing_point_id:
        return False
    if point not in meeting_queries.participants(session, meeting_id):
        return False
    if point in floor_queries.current(session, meeting_id).holders:
        return False
    if queue_queries.count(session, meeting_id) >= MAX_MUTED:
        return False
    # A relay's clock that is ahead gives nobody a place behind those who ask later.
    asked_at = min(event.happened_at, now)
    return queue_queries.ask(session, meeting_id, point, now=asked_at) is not None
