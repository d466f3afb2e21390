"""The tree of units and points, and adding to it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from controller.db.engine import reading
from controller.errors import RequestError
from controller.health.pages import data
from controller.people.web_sessions import SignedIn
from controller.places import service as places
from controller.places.views import place_forms
from controller.places.views import points as view
from controller.places.views.place_forms import PointEntered, UnitEntered
from controller.web.deps import Admin, SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.page_request import Sent, frame_of, text_of
from controller.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/points")
def show(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show the whole page."""
    return _rendered("places/points.html", web, state, series, person, request)


@router.get("/parts/points")
def part(
    web: WebParts, state: StateSession, series: SeriesSession, person: Viewer, request: Request
) -> Response:
    """Show what changes."""
    return _rendered("places/parts/points.html", web, state, series, person, request)


@router.post("/points/units")
def add_unit(web: WebParts, person: Admin, request: Request, form: Sent) -> Response:
    """Add a unit; what is wrong is said in its form."""
    entered = place_forms.unit_entered(lambda name: text_of(form, name))
    words = frame_of(request, web, person).language
    problem = place_forms.unit_problem(entered, words)
    if not problem:
        try:
            places.add_unit(web.state, place_forms.unit_fields(entered), now=web.now())
        except RequestError as exc:
            problem = exc.message_vi if words.code == "vi" else exc.message_en
        else:
            return RedirectResponse("/points", status_code=303)
    return _again(web, person, request, unit=entered.with_problem(problem))


@router.post("/points")
def add_point(web: WebParts, person: Admin, request: Request, form: Sent) -> Response:
    """Add a point and lead to its page, where a code is issued."""
    entered = place_forms.point_entered(lambda name: text_of(form, name))
    words = frame_of(request, web, person).language
    problem = place_forms.point_problem(entered, words)
    if not problem:
        try:
            point = places.add_point(web.state, place_forms.point_fields(entered), now=web.now())
        except RequestError as exc:
            problem = exc.message_vi if words.code == "vi" else exc.message_en
        else:
            web.changes.note_points([places.identifier(point)])
            return RedirectResponse(f"/points/{point.point_id}", status_code=303)
    return _again(web, person, request, point=entered.with_problem(problem))


def _again(
    web: Web,
    person: SignedIn,
    request: Request,
    *,
    unit: UnitEntered | None = None,
    point: PointEntered | None = None,
) -> Response:
    with reading(web.state) as state, reading(web.series) as series:
        return _rendered(
            "places/points.html",
            web,
            state,
            series,
            person,
            request,
            status=422,
            unit=unit,
            point=point,
        )


def _rendered(
    template: str,
    web: Web,
    state: Session,
    series: Session,
    person: SignedIn,
    request: Request,
    *,
    status: int = 200,
    unit: UnitEntered | None = None,
    point: PointEntered | None = None,
) -> Response:
    now = web.now()
    found = data.places(state, now)
    frame = frame_of(request, web, person, "points", found.name)
    points = data.points_now(state, series, web.attendance, found.points, now)
    shown = view.view(frame.language, now, found.tree, points, unit=unit, point=point)
    return page(template, frame, status=status, view=shown)
