"""Putting a point or a person out of a meeting, and letting them in again."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import access_queries, event_queries, meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found

MAX_SUBJECT_CHARS = 60


def put_out(
    engine: Engine,
    changes: Changes,
    meeting_id: str,
    subject: str,
    *,
    is_point: bool,
    actor: str,
    now: datetime,
) -> None:
    """Close somebody's sessions in a meeting and keep them out until that is undone.

    Raises:
        NotFound: there is no such meeting, or the point is not invited to it.
        Conflict: the meeting is over, or it is the chair's point.
    """
    with writing(engine) as session:
        meeting = found(session, meeting_id)
        if not MeetingPhase(meeting.state).is_told:
            raise _over()
        if is_point and subject == meeting.chair_point_id:
            raise Conflict(
                "chair_stays",
                "Không đưa điểm cầu chủ tọa ra khỏi cuộc họp được. Kết thúc cuộc họp thì được.",
                "The chair's point cannot be put out; the meeting can be ended.",
            )
        if is_point and subject not in meeting_queries.participants(session, meeting_id):
            raise NotFound("điểm cầu", "point in this meeting")
        if not 1 <= len(subject) <= MAX_SUBJECT_CHARS:
            raise NotFound("người dùng", "person")
        if access_queries.put_out(
            session, meeting_id, subject, is_point=is_point, actor=actor, now=now
        ):
            _record(session, meeting_id, "put_out", subject, is_point, actor, now)
    changes.note_meeting(MeetingId(meeting_id), meeting.state, ())


def let_back(
    engine: Engine,
    changes: Changes,
    meeting_id: str,
    subject: str,
    *,
    is_point: bool,
    actor: str,
    now: datetime,
) -> None:
    """Let somebody in again who was put out.

    Raises:
        NotFound: there is no such meeting, or they were not put out.
    """
    with writing(engine) as session:
        meeting = found(session, meeting_id)
        if not access_queries.let_back(session, meeting_id, subject, is_point=is_point):
            raise NotFound("người bị đưa ra", "one that was put out")
        _record(session, meeting_id, "let_back", subject, is_point, actor, now)
    changes.note_meeting(MeetingId(meeting_id), meeting.state, ())


def _record(
    session: Session,
    meeting_id: str,
    kind: str,
    subject: str,
    is_point: bool,
    actor: str,
    now: datetime,
) -> None:
    event_queries.record(
        session,
        meeting_id,
        kind,
        now=now,
        actor=actor,
        point_id=subject if is_point else None,
        detail="" if is_point else subject,
    )


def _over() -> Conflict:
    return Conflict(
        "wrong_state",
        "Cuộc họp này không diễn ra nên không đưa ai ra được.",
        "The meeting is not on; nobody can be put out of it.",
    )
