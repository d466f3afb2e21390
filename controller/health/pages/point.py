"""One point's page, its figures, and the code that enrols its machine."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from contracts.ids import PointId
from controller.enrolment import code_view as code_view
from controller.errors import NotFound
from controller.health import point_queries, presence_queries
from controller.health.chart_queries import Step
from controller.health.pages import data
from controller.health.pages.history import history
from controller.health.views import history as history_view
from controller.health.views import point as view
from controller.people.web_sessions import SignedIn
from controller.places import place_queries
from controller.places import service as places
from controller.places.tables import Point
from controller.places.tree import ancestors
from controller.web.deps import Admin, SeriesSession, StateSession, Viewer, Web, WebParts
from controller.web.page_request import frame_of
from controller.web.rendering import page
from monitoring.judgement.availability import Period

router = APIRouter(include_in_schema=False)
OUTAGES_SPAN = timedelta(days=30)


@router.get("/points/{point_id}")
def show(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Viewer,
    request: Request,
    point_id: str,
) -> Response:
    """Show the whole page."""
    return _rendered("health/point.html", web, state, series, person, request, point_id)


@router.get("/parts/points/{point_id}")
def part(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Viewer,
    request: Request,
    point_id: str,
) -> Response:
    """Show what changes."""
    return _rendered("health/parts/point.html", web, state, series, person, request, point_id)


@router.get("/points/{point_id}/series.json")
def series_json(
    web: WebParts,
    state: StateSession,
    series: SeriesSession,
    person: Viewer,
    request: Request,
    point_id: str,
) -> Response:
    """Return the chart's figures."""
    point, now = _found(state, web, point_id), web.now()
    inventory = point_queries.standing(series, point, now).inventory_body
    words = frame_of(request, web, person).language
    data = history_view.chart(history(state, series, point, inventory, now), words)
    return JSONResponse(data, headers={"Cache-Control": "no-store"})


@router.get("/points/{point_id}/series.csv")
def series_csv(
    web: WebParts, state: StateSession, series: SeriesSession, _: Viewer, point_id: str
) -> Response:
    """Return the chart's figures as a file."""
    point, now = _found(state, web, point_id), web.now()
    inventory = point_queries.standing(series, point, now).inventory_body
    text = history_view.as_csv(history(state, series, point, inventory, now))
    name = f'attachment; filename="{point}-24h.csv"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/points/{point_id}/code")
def issue_code(
    web: WebParts, state: StateSession, person: Admin, request: Request, point_id: str
) -> Response:
    """Make an enrolment code and show it, this once."""
    point = _point(state, web, point_id)
    made = places.make_code(
        web.state,
        web.authority,
        point_id,
        valid_h=web.settings.enrolment.code_valid_h,
        actor=person.user_name,
        now=web.now(),
    )
    found = data.places(state, web.now())
    frame = frame_of(request, web, person, "points", found.name)
    shown = code_view.code(frame.language, made.code, made.expires_at, _address(request, web))
    path = ancestors(found.units, point.unit_id)
    about = code_view.about(frame.language, point, path)
    return page("enrolment/point_code.html", frame, view=about, code=shown)


def _address(request: Request, web: Web) -> str:
    """Return where the point's machine reaches the centre: as this browser does, over HTTPS."""
    if request.url.scheme == "https":
        return f"https://{request.url.netloc}"
    return f"https://{web.settings.public_hosts[0]}:{web.settings.web.https_port}"


def _point(state: Session, web: Web, point_id: str) -> Point:
    point = place_queries.point(state, point_id, at=web.now())
    if point is None:
        raise NotFound("điểm cầu", "point")
    return point


def _found(state: Session, web: Web, point_id: str) -> PointId:
    return PointId(_point(state, web, point_id).point_id)


def _rendered(
    template: str,
    web: Web,
    state: Session,
    series: Session,
    person: SignedIn,
    request: Request,
    point_id: str,
) -> Response:
    now = web.now()
    point = _point(state, web, point_id)
    found = data.places(state, now)
    frame = frame_of(request, web, person, "points", found.name)
    one = data.points_now(state, series, web.attendance, [point], now)[0]
    identifier = PointId(point.point_id)
    month = Period(now - OUTAGES_SPAN, now)
    by_hour = history(state, series, identifier, one.standing.inventory_body, now, Step.HOUR)
    shown = view.view(
        frame.language,
        now,
        one,
        ancestors(found.units, point.unit_id),
        presence_queries.intervals(series, identifier, month),
        history_view.hours(frame.language, by_hour.link, by_hour.uplink)
        if one.standing.health
        else (),
    )
    return page(template, frame, view=shown)
