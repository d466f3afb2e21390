"""Units' calendars: their links, made and revoked by the office, and what they open."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.link_limits import LinkPace, WrongLinks
from controller.meetings.calendar_file import KIND
from controller.meetings.feed import service as feed
from controller.meetings.feed.service import UnitFeeds, parse_feed
from controller.places import service as places
from controller.web.deps import Anyone, WebParts, address_of
from controller.web.elements import Crumb
from controller.web.names import page_origin
from controller.web.page_request import AskedByOffice, PageRequest, acted

router = APIRouter(include_in_schema=False)
CALENDARS = "/calendars"
# The same for a link that never was, one that was revoked and one that is half right.
NO_SUCH = "Không có lịch này. / There is no such calendar.\n"


@dataclass(frozen=True, slots=True)
class UnitCalendarRow:
    """One unit; `made` empty: it has no link."""

    unit_id: str
    name: str
    made: str


@dataclass(frozen=True, slots=True)
class CalendarsView:
    """The page; `link`: what was just made, shown this once, for the unit of `link_name`."""

    crumbs: tuple[Crumb, ...]
    rows: tuple[UnitCalendarRow, ...]
    link: str
    link_name: str


@router.get(CALENDARS)
def calendars(asked: AskedByOffice) -> Response:
    """Show every unit and whether it has a link."""
    return _page(asked)


@router.post("/calendars/{unit_id}")
def make(asked: AskedByOffice) -> Response:
    """Make a unit's link, or another in its place, and show it this once."""
    unit_id = asked.named("unit_id")
    path = asked.web.part(UnitFeeds).make(unit_id, actor=asked.person.user_name)
    _note(asked, Action.MAKE_CALENDAR_LINK, unit_id)
    asked.state.rollback()
    return _page(asked, f"{page_origin(asked.web.settings, asked.request)}{path}", unit_id)


@router.post("/calendars/{unit_id}/revoke")
def revoke(asked: AskedByOffice) -> Response:
    """Have a unit's link open nothing any more."""
    asked.web.part(UnitFeeds).revoke(asked.named("unit_id"))
    _note(asked, Action.REVOKE_CALENDAR_LINK, asked.named("unit_id"))
    return acted(asked.request, CALENDARS)


@router.get("/calendar/{name}.ics")
def written(_: Anyone, web: WebParts, request: Request, name: str) -> Response:
    """Return a unit's calendar to whoever shows its link, as programs ask for it.

    Raises:
        TooManyTries: too many wrong ones came from this address.
        AskedTooOften: this link was asked for too often.
    """
    shown = parse_feed(name)
    found = web.part(UnitFeeds).written(shown) if shown else None
    if shown is None or found is None:
        web.part(WrongLinks).count(address_of(request))
        return PlainTextResponse(NO_SUCH, status_code=404)
    web.part(LinkPace).count(shown.holder_id, "calendar")
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache"}
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.text, media_type=KIND, headers=headers)


def _page(asked: PageRequest, link: str = "", unit_id: str = "") -> Response:
    made = feed.feeds(asked.state)
    tree = places.as_of(asked.state, asked.now).tree
    names = {one.unit.unit_id: one.unit.name for one in tree}
    words = asked.words
    rows = tuple(
        UnitCalendarRow(
            one.unit.unit_id,
            one.unit.name,
            words.gettext(
                "%(who)s made it %(time)s",
                who=kept.made_by,
                time=words.moment(kept.made_at, asked.now),
            )
            if (kept := made.get(one.unit.unit_id))
            else "",
        )
        for one in tree
    )
    crumbs = (
        Crumb(words.gettext("Meetings"), "/meetings"),
        Crumb(words.gettext("Calendars of units")),
    )
    view = CalendarsView(crumbs, rows, link, names.get(unit_id, ""))
    return asked.page("meetings/calendars.html", "meetings", view=view)


def _note(asked: PageRequest, action: Action, unit_id: str) -> None:
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=unit_id)
