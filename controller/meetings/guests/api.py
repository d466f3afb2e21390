"""What a guest's page asks for: to be let in, a media token, a hand, the events of its meeting.

All of it is about the one meeting of the guest's link; no address names another.
"""

from typing import Annotated, NoReturn

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from contracts.ids import MeetingId, RelayId
from controller.audit import wrong_link
from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.errors import NotAllowed
from controller.link_limits import LinkPace
from controller.link_pass import Pass, parse
from controller.meetings.api_hand import put_hand
from controller.meetings.api_tokens import VALID_FOR, token_out
from controller.meetings.guests.links import GuestLinks
from controller.meetings.guests.pin import (
    PinNeeded,
    PinThrottle,
    PinWrong,
    TooManyPins,
    is_right,
)
from controller.meetings.guests.standing import GuestStanding
from controller.meetings.guests.visiting import (
    COOKIE,
    REFUSALS,
    Admitted,
    Visiting,
    pass_of,
    visit_by,
)
from controller.meetings.schemas import HandIn, TokenIn, TokenOut
from controller.web import csrf
from controller.web.api_events import ASK_EVERY_S, TooManyStreams, while_standing
from controller.web.deps import Anyone, Web, WebParts, address_of
from controller.web.live import LiveEvent
from controller.web.schemas import Input

router = APIRouter(prefix="/api/v1/guest", tags=["guest"])


class LinkIn(Input):
    """What a link has after its `#`, and the PIN that it may ask for."""

    shown: Annotated[str, Field(max_length=200)]
    pin: Annotated[str, Field(max_length=20)] = ""


@router.post("/session", status_code=204)
def let_in(web: WebParts, _: Anyone, request: Request, form: LinkIn) -> Response:
    """Make a browser the guest of a link: the one that was it before is so no more."""
    csrf.refuse_cross_site(request)
    shown, links = parse(form.shown), web.part(GuestLinks)
    if shown is None or not links.is_right(shown):
        _refuse_wrong(web, request)
    web.part(LinkPace).count(shown.holder_id, "open")
    _judge_pin(web, request, shown, form.pin)
    opened = links.open(shown, pass_of(request))
    if opened is None:
        _refuse_wrong(web, request)
    response = Response(status_code=204)
    if opened.browser is not None:
        about = f"{opened.meeting_id} {opened.guest_id}"
        noted(
            *(web, request, Action.OPEN_GUEST_LINK),
            actor=opened.guest_id,
            subject=about,
            detail=opened.name,
        )
        COOKIE.give(response, request, opened.browser.text)
    return response


def _judge_pin(web: Web, request: Request, shown: Pass, typed: str) -> None:
    """Refuse who does not know the PIN of a right link. Nothing of the meeting is said before."""
    pin_hash = web.part(GuestLinks).asked_pin(shown, pass_of(request))
    if pin_hash is None:
        return
    if not typed:
        raise PinNeeded
    throttle, address = web.part(PinThrottle), address_of(request)
    try:
        throttle.count(shown.sha256, address)
    except TooManyPins:
        noted(web, request, Action.OPEN_GUEST_LINK, outcome=AuditOutcome.THROTTLED)
        raise
    if not is_right(typed, pin_hash):
        about = shown.holder_id
        noted(
            *(web, request, Action.OPEN_GUEST_LINK),
            subject=about,
            outcome=AuditOutcome.REFUSED,
        )
        raise PinWrong
    throttle.was_right(shown.sha256, address)


def _refuse_wrong(web: Web, request: Request) -> NoReturn:
    wrong = NotAllowed("guest_wrong", *REFUSALS[GuestStanding.WRONG])
    wrong_link.refuse(web, request, Action.OPEN_GUEST_LINK, wrong)


@router.get("/session")
def stands(_: Anyone, visit: Visiting) -> Response:
    """Say whether the browser is a guest's still: 204, else 401."""
    return Response(status_code=204 if visit.standing.is_awaited else 401)


@router.post("/token")
def make_token(
    web: WebParts, _: Anyone, guest: Admitted, request: Request, form: TokenIn
) -> TokenOut:
    """Return a token for joining within ten minutes; who only listens may not publish."""
    if form.direction == "share" or (form.direction == "publish" and not guest.link.may_speak):
        raise NotAllowed(
            "not_allowed",
            "Liên kết này chỉ để nghe và xem. Muốn phát biểu, nhờ người mời đổi liên kết.",
            "This link is for listening and watching. To speak, ask whoever sent it for another.",
        )
    web.part(LinkPace).count(guest.link.guest_id, "token")
    expires_at = web.now() + VALID_FOR
    if not web.part(GuestLinks).note_token(guest.shown, lets_in_until=expires_at):
        raise NotAllowed("guest_elsewhere", *REFUSALS[GuestStanding.ELSEWHERE])
    return token_out(
        *(web, request, guest.meeting, guest.link.guest_id),
        role="participant" if guest.link.may_speak else "viewer",
        direction=form.direction,
        expires_at=expires_at,
    )


@router.post("/hand", status_code=204)
def hand(web: WebParts, _: Anyone, guest: Admitted, form: HandIn) -> Response:
    """Raise or lower the guest's hand."""
    put_hand(web, MeetingId(guest.meeting.meeting_id), guest.link.guest_id, is_up=form.is_up)
    return Response(status_code=204)


@router.get("/events")
async def stream(
    web: WebParts,
    _: Anyone,
    visit: Visiting,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Stream what changes in the guest's meeting, for as long as the link stands."""
    if not (visit.standing.is_awaited and visit.link and visit.meeting and visit.shown):
        return Response(status_code=401)
    guest_id = visit.link.guest_id
    if not web.hub.has_room_for(guest_id):
        raise TooManyStreams
    meeting_id, relay_id = visit.meeting.meeting_id, RelayId(visit.meeting.relay_id)

    def concerns(event: LiveEvent) -> bool:
        said = event.data.get("meeting_id"), event.data.get("relay_id")
        return event.kind == "reload" or said in ((meeting_id, None), (None, relay_id))

    events = web.hub.stream(guest_id, last_event_id, heartbeat_s=ASK_EVERY_S, concerns=concerns)
    return StreamingResponse(
        while_standing(lambda: _is_awaited(web, visit.shown), events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _is_awaited(web: Web, shown: Pass | None) -> bool:
    return visit_by(web, shown).standing.is_awaited
