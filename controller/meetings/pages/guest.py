"""A guest's page: one address for all guests, which says nothing of whose it is."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from controller.meetings.guests.standing import GuestStanding
from controller.meetings.guests.visiting import Visit, Visiting
from controller.meetings.pages.meeting import console
from controller.meetings.views import guest_page
from controller.meetings.views.guest_page import GuestPage
from controller.roles import Role
from controller.web.deps import Anyone, SeriesSession, StateSession, Web, WebParts
from controller.web.frame import Frame
from controller.web.page_request import PageRequest, frame_of, language_of
from controller.web.rendering import page
from controller.web.signed_in import SignedIn

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A guest's page, and what is round it."""

    view: GuestPage
    frame: Frame


def drawn(
    web: WebParts, visit: Visiting, request: Request, state: StateSession, series: SeriesSession
) -> Drawn:
    """Return the page of who visits."""
    asked = PageRequest(web, request, _as_looking(visit), state, series, web.now())
    return Drawn(_view(asked, visit), _frame(web, request, visit))


@router.get("/guest")
def whole(_: Anyone, drawn: Annotated[Drawn, Depends(drawn)]) -> Response:
    """Return the page; its script has the browser let in by what the link has after `#`."""
    return page("meetings/guest.html", drawn.frame, view=drawn.view)


@router.get("/parts/guest")
def part(_: Anyone, drawn: Annotated[Drawn, Depends(drawn)]) -> Response:
    """Return what of it changes."""
    return page("meetings/parts/guest.html", drawn.frame, view=drawn.view)


def _view(asked: PageRequest, visit: Visit) -> GuestPage:
    is_in = visit.standing is GuestStanding.OPEN and visit.meeting is not None
    drawn = console(asked, visit.meeting) if is_in and visit.meeting else None
    return guest_page.view(language_of(asked.request), asked.now, visit, drawn)


def _as_looking(visit: Visit) -> SignedIn:
    """Return as whom the meeting is drawn: nobody who may do anything, under the guest's name."""
    guest_id, name = (visit.link.guest_id, visit.link.name) if visit.link else ("", "")
    return SignedIn(guest_id, name, Role.VIEWER, visit.csrf_token)


def _frame(web: Web, request: Request, visit: Visit) -> Frame:
    visitor = "guest" if visit.standing.is_awaited else ""
    return frame_of(request, web, None, csrf_token=visit.csrf_token, visitor=visitor)
