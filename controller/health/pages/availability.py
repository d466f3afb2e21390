"""Availability over a period: of one point with its outages, of a unit's points as a table."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from contracts.ids import PointId
from controller import spreadsheet
from controller.errors import NotFound
from controller.health import availability_queries, report_spans
from controller.health.availability_queries import ThreeWays
from controller.health.interrupted import interrupted
from controller.health.report_spans import ReportSpan
from controller.health.views import availability as view
from controller.maintenance import panel
from controller.places import service as places
from controller.places.service import PlacesNow
from controller.places.tree import ancestors
from controller.turns import Turns
from controller.web.download import csv_download
from controller.web.page_request import Asked, PageRequest
from monitoring.judgement.maintenance import Scope

router = APIRouter(include_in_schema=False)
FILES = Turns(most_at_once=4, waits_s=10.0)
"""Files of all points are added up one after the other."""


@router.get("/points/{point_id}/availability")
def of_point(asked: Asked) -> Response:
    """Show one point's availability, and what it is made of."""
    found = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if found is None:
        raise NotFound("điểm cầu", "point")
    span, point_id = _span(asked), PointId(found.point_id)
    times = availability_queries.times_of(
        asked.state, asked.series, [point_id], span.period, now=asked.now
    )
    ways = availability_queries.three_ways(
        asked.series, times, span.period, asked.web.settings.office, now=asked.now
    )
    shown = view.of_point(
        asked.words,
        asked.now,
        found,
        ancestors(places.units(asked.state, at=asked.now), found.unit_id),
        span,
        ways[point_id],
        interrupted(asked.state, asked.series, point_id, span.period, asked.now),
        asked.web.settings.office,
    )
    return asked.page(
        "health/point_availability.html",
        "points",
        view=shown,
        maintenance=panel.of_point(asked, found),
    )


@router.get("/availability")
def of_unit(asked: Asked, unit: str = "") -> Response:
    """Show the availability of a unit's points, or of all, the worst first."""
    span, known = _span(asked), places.as_of(asked.state, asked.now)
    ways = _ways(asked, known, unit, span)
    shown = view.table(
        asked.words, asked.now, known.tree, unit, span, ways, asked.web.settings.office
    )
    scope = Scope.UNIT if unit else Scope.ALL
    return asked.page(
        "health/availability.html",
        "points",
        view=shown,
        maintenance=panel.of_subject(asked, scope, unit),
    )


@router.get("/availability.csv")
def as_csv(asked: Asked, unit: str = "") -> Response:
    """Return the same as a file, with every part in seconds."""
    span, known = _span(asked), places.as_of(asked.state, asked.now)
    with FILES.taken():
        ways = _ways(asked, known, unit, span)
    columns, rows = view.as_table(asked.words, known.tree, unit, ways)
    name = f"kha-dung-{span.first_day}-{span.last_day}.csv"
    return csv_download(spreadsheet.as_csv(columns, rows), name)


def usual_ways(asked: PageRequest, point_id: PointId) -> dict[str, ThreeWays]:
    """Return a point's availability over each of the usual spans."""
    now, office = asked.now, asked.web.settings.office
    usual = {key: report_spans.chosen({"span": key}, now).period for key in report_spans.USUAL}
    longest = max(usual.values(), key=lambda period: period.length)
    times = availability_queries.times_of(asked.state, asked.series, [point_id], longest, now=now)
    return {
        key: availability_queries.three_ways(asked.series, times, period, office, now=now)[point_id]
        for key, period in usual.items()
    }


def _span(asked: PageRequest) -> ReportSpan:
    return report_spans.chosen(asked.request.query_params, asked.now)


def _ways(
    asked: PageRequest, known: PlacesNow, unit: str, span: ReportSpan
) -> Mapping[str, ThreeWays]:
    if unit and unit not in {one.unit_id for one in known.units}:
        raise NotFound("đơn vị", "unit")
    points = [places.identifier(one) for one in view.points_below(known.tree, unit)]
    times = availability_queries.times_of(
        asked.state, asked.series, points, span.period, now=asked.now
    )
    office = asked.web.settings.office
    ways = availability_queries.three_ways(asked.series, times, span.period, office, now=asked.now)
    return {str(point_id): one for point_id, one in ways.items()}
