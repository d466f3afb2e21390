"""The wall view: one address for people who are signed in and for screens by their links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from contracts.ids import MeetingId
from controller.health import service as health
from controller.health.service import PointSaid
from controller.incidents import service as incidents
from controller.meetings import service as meetings
from controller.meetings.attendance import Attendance
from controller.meetings.service import Meeting
from controller.places import service as places
from controller.wall import board, view
from controller.wall.screens import ScreenStanding
from controller.wall.view import Province, WallMeeting, WallView
from controller.wall.visiting import Looking, WallLooker
from controller.web.deps import Anyone, SeriesSession, StateSession, WebParts
from controller.web.frame import Frame
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest, frame_of
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)
MOST_TITLE_CHARS = 38


@dataclass(frozen=True, slots=True)
class DrawnWall:
    """The page, and what is round it. `view` None: whoever asks may not look."""

    frame: Frame
    standing: ScreenStanding
    view: WallView | None


def drawn(
    web: WebParts, looker: Looking, request: Request, state: StateSession, series: SeriesSession
) -> DrawnWall:
    """Return the wall of who looks."""
    asked = PageRequest(web, request, looker.as_looking, state, series, web.now())
    shown = _view(asked) if looker.may_look else None
    return DrawnWall(_frame(asked, looker), looker.screen.standing, shown)


@router.get("/wall")
def whole(person: Anyone, drawn: Annotated[DrawnWall, Depends(drawn)]) -> Response:
    """Return the page; its script has a screen let in by what its link has after `#`."""
    template = "wall/wall.html" if drawn.view else "wall/wall_closed.html"
    return page(
        template,
        drawn.frame,
        view=drawn.view,
        standing=drawn.standing.value,
        is_signed_in=person is not None,
    )


@router.get("/parts/wall")
def part(_: Anyone, drawn: Annotated[DrawnWall, Depends(drawn)]) -> Response:
    """Return what of it changes."""
    if drawn.view is None:
        return Response(status_code=401)
    return page("wall/parts/wall.html", drawn.frame, view=drawn.view)


def _view(asked: PageRequest) -> WallView:
    known = places.as_of(asked.state, asked.now)
    points = {one.point.point_id: one for one in health.points_said(asked, known.points)}
    blind_since = health.blind_since(asked.series, asked.now)
    province = Province(
        clusters=board.clusters(known.tree, points),
        troubles=board.troubles(points.values(), incidents.open_now(asked.state)),
        place_name=known.name,
        blind_since=blind_since,
    )
    concluded = {} if blind_since else points
    forwarded = asked.web.part(Attendance).forwarded()
    shown = [_meeting(asked, one, concluded, forwarded) for one in _meetings(asked, forwarded)]
    return view.view(asked.words, asked.now, province, shown)


def _meetings(asked: PageRequest, forwarded: Collection[MeetingId]) -> list[Meeting]:
    """Return what is on and what is next, two together; of several, those that began last."""
    pages = asked.web.settings.pages
    found = meetings.coming(asked.state, asked.now, pages, forwarded, joined_only=True)
    live = [one for one in found if meetings.is_on(one, forwarded)]
    following = [one for one in found if one not in live]
    return [*live[-1:], *following[:1]] if live and following else [*live, *following[:2]][-2:]


def _meeting(
    asked: PageRequest,
    one: Meeting,
    points: dict[str, PointSaid],
    forwarded: Collection[MeetingId],
) -> WallMeeting:
    words, now = asked.words, asked.now
    invited = meetings.joining(asked.state, one.meeting_id)
    wrong = sum(point in points and points[point].is_wrong for point in invited)
    count = words.ngettext("%(n)s point", "%(n)s points", len(invited))
    return WallMeeting(
        key=one.meeting_id,
        time=words.moment(one.begins_at, now),
        title=view.shortened(one.title, MOST_TITLE_CHARS),
        facts=f"{count} · {_when(words, now, one, is_on=meetings.is_on(one, forwarded))}",
        risk=words.ngettext("%(n)s point at risk", "%(n)s points at risk", wrong) if wrong else "",
    )


def _when(words: Language, now: datetime, one: Meeting, *, is_on: bool) -> str:
    if is_on:
        return words.gettext("on, until %(time)s", time=words.moment(one.ends_at, now))
    if one.begins_at <= now:
        return words.gettext("about to begin")
    return words.gettext("in %(span)s", span=words.duration(one.begins_at - now))


def _frame(asked: PageRequest, looker: WallLooker) -> Frame:
    visitor = "wall" if looker.person is None and looker.may_look else ""
    token = asked.person.csrf_token
    place = asked.web.place_name(asked.state, asked.now) if looker.may_look else ""
    return frame_of(
        asked.request, asked.web, looker.person, "", place, csrf_token=token, visitor=visitor
    )
