"""Which meetings points are in, or were or will be, that are to end."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from controller.meetings.meeting_queries import is_had
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting, MeetingParticipant
from controller.places.changing import MeetingTouched

MOST_MEETINGS = 500
_LEFT_OUT = (MeetingPhase.DRAFT.value, MeetingPhase.CANCELLED.value)


def meetings_from(
    session: Session, point_ids: Collection[str], since: datetime, now: datetime
) -> list[MeetingTouched]:
    """Return the meetings of points that end after an instant, the earliest first.

    What is on goes on now, whenever it was to end. A point whose room nobody agreed to was not in
    a meeting; in one to come it may be yet.
    """
    if not point_ids:
        return []
    is_on_then = (col(Meeting.state) == MeetingPhase.LIVE.value,) if since <= now else ()
    invited: dict[str, list[str]] = {}
    rows = session.exec(
        select(MeetingParticipant.meeting_id, MeetingParticipant.point_id)
        .join(Meeting, col(Meeting.meeting_id) == col(MeetingParticipant.meeting_id))
        .where(
            col(MeetingParticipant.point_id).in_(list(point_ids)),
            col(Meeting.state).not_in(_LEFT_OUT),
            or_(col(Meeting.ends_at) > since, *is_on_then),
            or_(col(Meeting.state) == MeetingPhase.SCHEDULED.value, is_had()),
        )
        .order_by(col(MeetingParticipant.meeting_id), col(MeetingParticipant.position))
    )
    for meeting_id, point_id in rows:
        invited.setdefault(meeting_id, []).append(point_id)
    found = session.exec(
        select(Meeting)
        .where(col(Meeting.meeting_id).in_(list(invited)))
        .order_by(col(Meeting.begins_at), col(Meeting.meeting_id))
        .limit(MOST_MEETINGS)
    )
    return [
        MeetingTouched(
            one.meeting_id,
            one.title,
            one.begins_at,
            is_live=one.state == MeetingPhase.LIVE.value,
            is_over=one.state == MeetingPhase.ENDED.value,
            point_ids=tuple(invited[one.meeting_id]),
        )
        for one in found
    ]
