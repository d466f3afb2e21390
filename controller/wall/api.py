"""What a screen's page asks for: to be let in, whether it is still, the events of the wall."""

from typing import Annotated, NoReturn

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from controller.audit import wrong_link
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import NotAllowed
from controller.link_limits import LinkPace
from controller.link_pass import MAX_PASS_CHARS, parse
from controller.wall.screens import ScreenStanding, WallScreens
from controller.wall.visiting import COOKIE, Looking, pass_of
from controller.web import csrf
from controller.web.api_events import ASK_EVERY_S, TooManyStreams, while_standing
from controller.web.deps import Anyone, Web, WebParts
from controller.web.live import LiveEvent
from controller.web.schemas import Input

router = APIRouter(prefix="/api/v1/wall", tags=["wall"])
# What changes the wall at once; figures and reports of single points do not.
_KINDS = ("meeting", "incident", "reload")
_OF_POINTS = ("presence", "points")


class ScreenLinkIn(Input):
    """What a link has after its `#`."""

    shown: Annotated[str, Field(max_length=2 * MAX_PASS_CHARS)]


@router.post("/session", status_code=204)
def let_in(web: WebParts, _: Anyone, request: Request, form: ScreenLinkIn) -> Response:
    """Make a browser the screen of a link: the one that was it before is so no more."""
    csrf.refuse_cross_site(request)
    shown, screens = parse(form.shown), web.part(WallScreens)
    if shown is None or not screens.is_right(shown):
        _refuse_wrong(web, request)
    web.part(LinkPace).count(shown.holder_id, "open")
    before = pass_of(request)
    opened = screens.open(shown, before)
    if opened is None:
        _refuse_wrong(web, request)
    response = Response(status_code=204)
    if opened.shown != before:
        screen_id = opened.shown.holder_id
        noted(
            *(web, request, Action.OPEN_WALL_LINK),
            actor=screen_id,
            subject=screen_id,
            detail=opened.name,
        )
        COOKIE.give(response, request, opened.shown.text)
    return response


def _refuse_wrong(web: Web, request: Request) -> NoReturn:
    wrong = NotAllowed(
        "wall_wrong",
        "Liên kết màn hình không đúng hoặc đã bị gỡ. Xin quản trị hệ thống liên kết mới.",
        "This is no screen's link, or it was taken back. Ask an administrator for a new one.",
    )
    wrong_link.refuse(web, request, Action.OPEN_WALL_LINK, wrong)


@router.get("/session")
def stands(_: Anyone, looker: Looking) -> Response:
    """Say whether the browser is a screen's still: 204, else 401."""
    is_open = looker.screen.standing is ScreenStanding.OPEN
    return Response(status_code=204 if is_open else 401)


@router.get("/events")
async def stream(
    web: WebParts,
    _: Anyone,
    looker: Looking,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Stream what changes the wall, for as long as the screen's link stands."""
    shown = looker.screen.shown
    if shown is None:
        return Response(status_code=401)
    if not web.hub.has_room_for(shown.holder_id):
        raise TooManyStreams
    screens = web.part(WallScreens)
    events = web.hub.stream(
        shown.holder_id, last_event_id, heartbeat_s=ASK_EVERY_S, concerns=_concerns
    )
    return StreamingResponse(
        while_standing(lambda: screens.seen(shown).standing is ScreenStanding.OPEN, events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _concerns(event: LiveEvent) -> bool:
    return event.kind in _KINDS or event.data.get("kind") in _OF_POINTS
