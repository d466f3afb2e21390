"""The button on a point's page that has its way traced."""

from fastapi import APIRouter, Response

from controller.errors import NotFound
from controller.places import service as places
from controller.ways.service import AskedWays
from controller.web.page_request import AskedByOffice, acted

router = APIRouter(include_in_schema=False)


@router.post("/points/{point_id}/way/ask")
def ask(asked: AskedByOffice) -> Response:
    """Have the way traced at once; what is found comes to the page by itself."""
    point = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if point is None:
        raise NotFound("điểm cầu", "point")
    asked.web.part(AskedWays).ask(point.point_id, actor=asked.person.user_name)
    return acted(asked.request, f"/points/{point.point_id}#way")
