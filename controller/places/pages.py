"""The tree of units and points, and adding to it."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import NotFound, RequestError
from controller.health import service as health
from controller.places import service as places
from controller.places.tables import Point
from controller.places.views import place_forms
from controller.places.views import points as view
from controller.places.views.place_forms import PointEntered, UnitEntered
from controller.places.views.points import WORST, PointsView
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, text_of
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/points", "places/points.html", section="points")
def points(asked: PageRequest) -> PointsView:
    """Return the tree with its points."""
    return _view(asked)


@router.post("/points/units")
def add_unit(asked: AskedByAdmin, form: Sent) -> Response:
    """Add a unit; what is wrong is said in its form."""
    entered = place_forms.unit_entered(lambda name: text_of(form, name))
    problem = place_forms.unit_problem(entered, asked.words)
    if not problem:
        try:
            unit = places.add_unit(asked.web.state, place_forms.unit_fields(entered), now=asked.now)
        except RequestError as exc:
            problem = exc.said_in(asked.words.code)
        else:
            _note(asked, Action.ADD_UNIT, unit.unit_id)
            return RedirectResponse("/points", status_code=303)
    return _again(asked, unit=entered.with_problem(problem))


@router.post("/points")
def add_point(asked: AskedByAdmin, form: Sent) -> Response:
    """Add a point and lead to its page, where a code is issued."""
    entered = place_forms.point_entered(lambda name: text_of(form, name))
    try:
        fields = place_forms.point_fields(entered)
        point = places.add_point(asked.web.state, fields, now=asked.now)
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _again(asked, point=entered.with_problem(problem))
    asked.web.part(Changes).note_points([places.identifier(point)])
    _note(asked, Action.ADD_POINT, point.point_id)
    return RedirectResponse(f"/points/{point.point_id}", status_code=303)


@router.get("/points/{point_id}/change")
def shown_point(asked: AskedByAdmin, point_id: str) -> Response:
    """Return the form that changes a point."""
    point = _found(asked, point_id)
    return _change_page(asked, point, place_forms.kept_of(point))


@router.post("/points/{point_id}/change")
def change_point(asked: AskedByAdmin, point_id: str, form: Sent) -> Response:
    """Change a point and lead back to its page; what is wrong is said in its form."""
    point = _found(asked, point_id)
    entered = place_forms.point_entered(lambda name: text_of(form, name))
    try:
        fields = place_forms.changed_fields(entered)
        actor = asked.person.user_name
        places.change_point(asked.web.state, point_id, fields, actor=actor, now=asked.now)
    except RequestError as exc:
        wrong = entered.with_problem(exc.said_in(asked.words.code))
        return _change_page(asked, point, wrong, status=422)
    asked.web.part(Changes).note_everything(is_forced=False)  # others show its name
    _note(asked, Action.CHANGE_POINT, point_id)
    return RedirectResponse(f"/points/{point_id}", status_code=303)


def _found(asked: PageRequest, point_id: str) -> Point:
    point = places.point(asked.state, point_id, at=asked.now)
    if point is None:
        raise NotFound("điểm cầu", "point")
    return point


def _change_page(
    asked: PageRequest, point: Point, form: PointEntered, *, status: int = 200
) -> Response:
    tree = places.as_of(asked.state, asked.now).tree
    shown = view.change_view(asked.words, point, tree, form)
    return asked.page("places/point_change.html", "points", status=status, view=shown)


def _note(asked: PageRequest, action: Action, subject: str) -> None:
    noted(asked.web, asked.request, action, actor=asked.person.user_name, subject=subject)


def _again(
    asked: PageRequest, *, unit: UnitEntered | None = None, point: PointEntered | None = None
) -> Response:
    shown = _view(asked, unit=unit, point=point)
    return asked.page("places/points.html", "points", status=422, view=shown)


def _view(
    asked: PageRequest, *, unit: UnitEntered | None = None, point: PointEntered | None = None
) -> PointsView:
    known = places.as_of(asked.state, asked.now)
    now_of = health.points_now(asked, known.points)
    is_worst_first = asked.request.query_params.get("order") == WORST
    return view.view(
        asked.words,
        asked.now,
        known.tree,
        now_of,
        health.worst_first(asked, now_of) if is_worst_first else None,
        unit=unit,
        point=point,
    )
