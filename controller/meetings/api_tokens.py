"""Media tokens: what lets a signed-in person's browser into a meeting at its relay."""

from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request

from contracts import tokens
from contracts.ids import MeetingId, RelayId
from contracts.tokens import MediaToken
from controller.db.engine import writing
from controller.errors import Conflict, NotAllowed, NotFound, StorageError
from controller.meetings import access_queries
from controller.meetings.attendance import Attendance
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found
from controller.meetings.schemas import TokenIn, TokenOut
from controller.roles import Role
from controller.web.deps import StateSession, Viewer, Web, WebParts
from controller.web.names import relay_seen_from

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/token", tags=["meetings"])
_log = structlog.get_logger()

VALID_FOR = timedelta(minutes=10)


@router.post("")
def make_token(
    web: WebParts,
    session: StateSession,
    person: Viewer,
    request: Request,
    meeting_id: str,
    form: TokenIn,
) -> TokenOut:
    """Return a token for joining within ten minutes; publishing needs the office's role."""
    meeting = found(session, meeting_id)
    if not MeetingPhase(meeting.state).is_told:
        raise Conflict(
            "wrong_state",
            "Cuộc họp này không diễn ra nên không xem được.",
            f"The meeting is {meeting.state}; nobody can join it.",
        )
    if form.direction == "publish" and not person.may(Role.OFFICE):
        raise NotAllowed(
            "not_allowed",
            "Chỉ văn phòng phát hình và tiếng vào cuộc họp được.",
            "Only the office may publish into a meeting.",
        )
    relay_url = web.settings.relay_url(meeting.relay_id)
    if relay_url is None:
        raise NotFound("máy chủ chuyển tiếp", "relay")
    expires_at = web.now() + VALID_FOR
    token = MediaToken(
        meeting_id=MeetingId(meeting_id),
        subject=tokens.subject_of(person.user_name, form.direction),
        role="secretary" if person.may(Role.OFFICE) else "viewer",
        direction=form.direction,
        expires_at=expires_at,
    )
    _note_grant(web, meeting_id, person.user_name, expires_at)
    return TokenOut(
        token=tokens.sign(token, web.token_key),
        relay_url=relay_seen_from(web.settings, relay_url, str(request.url)),
        is_relay_online=web.part(Attendance).is_online(RelayId(meeting.relay_id)),
        expires_at=expires_at,
    )


def _note_grant(web: Web, meeting_id: str, user_name: str, lets_in_until: datetime) -> None:
    """Remember whom to put out should they be signed out. Not being able to stops nobody."""
    try:
        with writing(web.state) as session:
            access_queries.note_grant(session, meeting_id, user_name, lets_in_until=lets_in_until)
    except StorageError as exc:
        _log.warning("media_grant_not_noted", error=str(exc))
