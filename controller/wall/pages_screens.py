"""The page of wall screens, for administrators: links made, shown once, taken back."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadRequest, RequestError
from controller.people import accounts
from controller.wall.screens import MAX_NAME_CHARS, MadeScreen, WallScreens
from controller.wall.tables import WallScreen
from controller.web.elements import Badge, Crumb
from controller.web.names import page_origin
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """One screen."""

    screen_id: str
    name: str
    badge: Badge
    note: str


@dataclass(frozen=True, slots=True)
class ScreensView:
    """All the page shows. `made_url`: the link of `made_name`, which was just made."""

    crumbs: tuple[Crumb, ...]
    rows: tuple[ScreenRow, ...]
    most_name_chars: int
    entered: str = ""
    problem: str = ""
    made_name: str = ""
    made_url: str = ""


@router.get("/wall/screens")
def screens(asked: AskedByAdmin) -> Response:
    """Show the screens."""
    return _page(asked)


@router.post("/wall/screens")
def make(asked: AskedByAdmin, form: Sent) -> Response:
    """Make a screen and show its link, this once."""
    name = text_of(form, "name")
    try:
        made = asked.web.part(WallScreens).make(name, actor=asked.person.user_name)
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _page(asked, entered=name, problem=problem, status=exc.status)
    _note(asked, Action.MAKE_WALL_LINK, made.shown.holder_id, made.name)
    return _page(asked, made=made)


@router.post("/wall/screens/{screen_id}")
def change(asked: AskedByAdmin, form: Sent) -> Response:
    """Give a screen a new link, or take its link back."""
    screen_id, parts = asked.named("screen_id"), asked.web.part(WallScreens)
    match text_of(form, "action"):
        case "renew":
            made = parts.renew(screen_id)
            _note(asked, Action.RENEW_WALL_LINK, screen_id, made.name)
            return _page(asked, made=made)
        case "remove":
            _note(asked, Action.REMOVE_WALL_LINK, screen_id, parts.remove(screen_id))
            return RedirectResponse("/wall/screens", status_code=303)
        case _:
            raise BadRequest(
                "invalid_request",
                "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
                "The page asked for something that does not exist. Reload it and try again.",
            )


def _note(asked: PageRequest, action: Action, screen_id: str, name: str) -> None:
    actor = asked.person.user_name
    noted(asked.web, asked.request, action, actor=actor, subject=screen_id, detail=name)


def _page(
    asked: PageRequest,
    *,
    made: MadeScreen | None = None,
    entered: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    words, screens = asked.words, asked.web.part(WallScreens).listed()
    people = accounts.display_names(asked.state, (one.made_by for one in screens))
    view = ScreensView(
        crumbs=(
            Crumb(words.gettext("People"), "/people"),
            Crumb(words.gettext("Wall screens")),
        ),
        rows=tuple(_row(asked, one, people.get(one.made_by, one.made_by)) for one in screens),
        most_name_chars=MAX_NAME_CHARS,
        entered=entered,
        problem=problem,
        made_name=made.name if made else "",
        # What proves it stands after `#`, which no browser sends to anybody.
        made_url=f"{page_origin(asked.web.settings, asked.request)}/wall#{made.shown.text}"
        if made
        else "",
    )
    return asked.page("wall/screens.html", "people", status=status, view=view)


def _row(asked: PageRequest, one: WallScreen, made_by: str) -> ScreenRow:
    words, now = asked.words, asked.now
    if asked.web.hub.is_heard_by(one.screen_id):
        badge = Badge("up", "state-up", words.gettext("Shows the wall"))
    elif one.opened_at is None:
        badge = Badge("unknown", "state-unknown", words.gettext("Not opened yet"))
    else:
        badge = Badge("unknown", "state-unknown", words.gettext("Opened, not on now"))
    note = words.gettext("made %(time)s", time=words.moment(one.made_at, now))
    if one.opened_at is not None:
        note = words.gettext("opened %(time)s", time=words.moment(one.opened_at, now))
    return ScreenRow(one.screen_id, one.name, badge, f"{note} · {made_by}")
