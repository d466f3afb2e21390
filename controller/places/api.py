"""Units and points."""

from fastapi import APIRouter, Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.errors import NotFound
from controller.places import place_queries
from controller.places import service as places
from controller.places.schemas import PointIn, PointOut, UnitIn, UnitOut
from controller.web.deps import Admin, StateSession, Viewer, WebParts

router = APIRouter(prefix="/api/v1", tags=["points"])


@router.get("/units")
def list_units(web: WebParts, session: StateSession, _: Viewer) -> list[UnitOut]:
    """Return the units that are valid now."""
    return [UnitOut.of(unit) for unit in place_queries.units(session, at=web.now())]


@router.post("/units", status_code=201)
def add_unit(web: WebParts, person: Admin, request: Request, form: UnitIn) -> UnitOut:
    """Add a unit, valid from now on."""
    unit = places.add_unit(web.state, form.model_dump(), now=web.now())
    noted(web, request, Action.ADD_UNIT, actor=person.user_name, subject=unit.unit_id)
    return UnitOut.of(unit)


@router.get("/points")
def list_points(web: WebParts, session: StateSession, _: Viewer) -> list[PointOut]:
    """Return the points that are valid now, by number."""
    return [PointOut.of(point) for point in place_queries.points(session, at=web.now())]


@router.get("/points/{point_id}")
def one_point(web: WebParts, session: StateSession, _: Viewer, point_id: str) -> PointOut:
    """Return one point."""
    point = place_queries.point(session, point_id, at=web.now())
    if point is None:
        raise NotFound("điểm cầu", "point")
    return PointOut.of(point)


@router.post("/points", status_code=201)
def add_point(web: WebParts, person: Admin, request: Request, form: PointIn) -> PointOut:
    """Add a point, valid from now on."""
    point = places.add_point(web.state, form.model_dump(), now=web.now())
    web.part(Changes).note_points([places.identifier(point)])
    noted(web, request, Action.ADD_POINT, actor=person.user_name, subject=point.point_id)
    return PointOut.of(point)
