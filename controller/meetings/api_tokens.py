"""Media tokens: what lets a signed-in person's browser into a meeting at its relay."""

from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Request
from msgspec import UNSET

from contracts import meeting_times, tokens
from contracts.ids import MeetingId, RelayId
from contracts.tokens import MediaToken
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.db.engine import writing
from controller.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from controller.meetings import access_queries
from controller.meetings.attendance import Attendance
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person
from controller.meetings.schemas import TokenIn, TokenOut
from controller.meetings.tables import Meeting
from controller.roles import Role
from controller.web.deps import StateSession, Viewer, Web, WebParts
from controller.web.names import relay_seen_from
from controller.web.signed_in import Standing, session_token

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/token", tags=["meetings"])

VALID_FOR = timedelta(minutes=10)
STEERS_FOR = timedelta(hours=4)
"""So long the floor is moved at the relay without a word of ours; a page asks anew while it can."""


@router.post("")
def make_token(
    web: WebParts,
    session: StateSession,
    person: Viewer,
    request: Request,
    meeting_id: str,
    form: TokenIn,
) -> TokenOut:
    """Return a token for joining within ten minutes, or for moving the floor at the relay.

    Publishing and moving the floor need the office's role.
    """
    meeting = found(session, meeting_id)
    refuse_in_person(meeting)
    if not MeetingPhase(meeting.state).is_told:
        raise Conflict(
            "wrong_state",
            "Cuộc họp này không diễn ra nên không xem được.",
            f"The meeting is {meeting.state}; nobody can join it.",
        )
    if form.direction != "play" and not person.may(Role.OFFICE):
        raise NotAllowed(
            "not_allowed",
            "Chỉ văn phòng phát hình, tiếng, chia sẻ màn hình và điều khiển quyền phát biểu được.",
            "Only the office may publish into a meeting, share a screen with it or move its floor.",
        )
    expires_at = web.now() + VALID_FOR
    _note_grant(web, request, meeting_id, person.user_name, lets_in_until=expires_at)
    token = token_out(
        *(web, request, meeting, person.user_name),
        role="secretary" if person.may(Role.OFFICE) else "viewer",
        direction=form.direction,
        expires_at=_steers_until(meeting, web.now()) if form.direction == "steer" else expires_at,
        bars_at=expires_at,
    )
    if form.direction == "share":
        noted(web, request, Action.SHARE, actor=person.user_name, subject=meeting_id)
    return token


def token_out(
    web: Web,
    request: Request,
    meeting: Meeting,
    subject: str,
    *,
    role: Literal["secretary", "participant", "viewer"],
    direction: tokens.Direction,
    expires_at: datetime,
    bars_at: datetime | None = None,
) -> TokenOut:
    """Return a token of somebody's, once what could end it is noted, and where it is good.

    Args:
        bars_at: what a bar has to reach to end it, where that is not its own end.

    Raises:
        NotFound: the settings know the meeting's relay no more.
    """
    relay_url = web.settings.relay_url(meeting.relay_id)
    if relay_url is None:
        raise NotFound("máy chủ chuyển tiếp", "relay")
    token = MediaToken(
        meeting_id=MeetingId(meeting.meeting_id),
        subject=subject,
        role=role,
        direction=direction,
        expires_at=expires_at,
        bars_at=bars_at if bars_at is not None and bars_at != expires_at else UNSET,
    )
    return TokenOut(
        token=tokens.sign(token, web.token_key),
        relay_url=relay_seen_from(web.settings, relay_url, str(request.url)),
        is_relay_online=web.part(Attendance).is_online(RelayId(meeting.relay_id)),
        expires_at=expires_at,
    )


def _steers_until(meeting: Meeting, now: datetime) -> datetime:
    """Return until when the floor may be moved without us: as long as the meeting may last."""
    over_at = meeting_times.closes_at(meeting.ends_at)
    return max(now + VALID_FOR, min(over_at, now + STEERS_FOR))


def _note_grant(
    web: Web, request: Request, meeting_id: str, user_name: str, *, lets_in_until: datetime
) -> None:
    """Remember whom to put out should they be signed out: what is not noted nothing ends.

    Raises:
        StorageError: it cannot be noted now.
        NotSignedIn: they were signed out meanwhile, perhaps before it was noted.
    """
    with writing(web.state) as session:
        access_queries.note_grant(session, meeting_id, user_name, lets_in_until=lets_in_until)
    cookie = session_token(request)
    if cookie is None or not web.part(Standing).stands(cookie, web.now()):
        raise NotSignedIn
