"""Availability by day or week: the points of a unit or of all against the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from contracts.ids import PointId
from controller import spreadsheet
from controller.errors import NotFound
from controller.health import availability_queries, map_spans
from controller.health.availability_queries import PointTimes
from controller.health.map_spans import MapSpan
from controller.health.pages.availability import FILES
from controller.health.views import availability, day_map
from controller.places import service as places
from controller.places.service import Point
from controller.places.tree import Branch
from controller.web.download import csv_download
from controller.web.page_request import Asked, PageRequest
from monitoring.judgement.availability import Uptime

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Mapped:
    """What the page and the file are made of: the points, the worst first, and their times."""

    span: MapSpan
    tree: Sequence[Branch]
    points: Sequence[Point]
    ratios: Mapping[str, float | None]
    times: Mapping[PointId, PointTimes]


@router.get("/availability/days")
def shown(asked: Asked, unit: str = "", month: str = "", page: int = 1) -> Response:
    """Show the days of a month or the weeks of a year, the worst points first."""
    found = _mapped(asked, unit, month)
    pages = day_map.pages(len(found.points))
    if not 1 <= page <= pages:
        raise NotFound("trang", "page")
    on_page = found.points[(page - 1) * day_map.ROWS : page * day_map.ROWS]
    view = day_map.view(
        asked.words,
        asked.now,
        found.tree,
        unit,
        found.span,
        [(one, found.ratios[one.point_id]) for one in on_page],
        _parts(asked, found, on_page),
        (page, pages),
    )
    return asked.page("health/day_map.html", "points", view=view)


@router.get("/availability/days.csv")
def as_csv(asked: Asked, unit: str = "", month: str = "") -> Response:
    """Return the same as a file, of all points."""
    with FILES.taken():
        found = _mapped(asked, unit, month)
        columns, rows = day_map.as_table(
            asked.words,
            found.tree,
            found.span,
            [(one, found.ratios[one.point_id]) for one in found.points],
            _parts(asked, found, found.points),
        )
    span = found.span
    name = f"kha-dung-theo-ngay-{span.first_day:%Y-%m}.csv"
    if span.is_by_week:
        name = f"kha-dung-theo-tuan-{span.first_day}-{span.last_day}.csv"
    return csv_download(spreadsheet.as_csv(columns, rows), name)


def _mapped(asked: PageRequest, unit: str, month: str) -> _Mapped:
    known, span = places.as_of(asked.state, asked.now), map_spans.chosen(month, asked.now)
    if unit and unit not in {one.unit_id for one in known.units}:
        raise NotFound("đơn vị", "unit")
    points = availability.points_below(known.tree, unit)
    ids = [places.identifier(one) for one in points]
    times = availability_queries.times_of(
        asked.state, asked.series, ids, span.period, now=asked.now, has_meetings=False
    )
    whole = availability_queries.by_parts(asked.series, times, [span.period], now=asked.now)
    uptimes = {str(point_id): parts[0] for point_id, parts in whole.items()}
    return _Mapped(
        span,
        known.tree,
        availability.worst_first(points, uptimes),
        {point_id: one.ratio for point_id, one in uptimes.items()},
        times,
    )


def _parts(
    asked: PageRequest, found: _Mapped, points: Sequence[Point]
) -> Mapping[str, Sequence[Uptime]]:
    wanted = {places.identifier(one) for one in points}
    times = {point_id: one for point_id, one in found.times.items() if point_id in wanted}
    parts = availability_queries.by_parts(asked.series, times, found.span.parts, now=asked.now)
    return {str(point_id): own for point_id, own in parts.items()}
