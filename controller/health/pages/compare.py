"""Up to four points in one chart: from a point's page, or a unit's first four."""

from collections.abc import Sequence

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from contracts.ids import PointId
from controller import spreadsheet
from controller.health import chart_queries
from controller.health.pages.span_asked import span_of
from controller.health.spans import ChartSpan
from controller.health.steps import Step
from controller.health.views import compare as view
from controller.health.views.compare import MOST, Compared, CompareView
from controller.places import service as places
from controller.places.service import Point
from controller.places.tree import Branch, at_and_below
from controller.thresholds import service as thresholds
from controller.web.download import csv_download
from controller.web.page_request import Asked, PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/compare", "health/compare.html", section="points")
def compare(asked: PageRequest) -> CompareView:
    """Return the chosen points, what else can be chosen, and the table."""
    tree = places.as_of(asked.state, asked.now).tree
    chosen, span = _chosen(asked, tree), span_of(asked)
    compared = _compared(asked, chosen, span, span.row)
    return view.view(asked.words, asked.now, tree, chosen, span, compared)


@router.get("/compare/series.json")
def compare_json(asked: Asked) -> Response:
    """Return the chart's figures."""
    compared, span = _asked(asked)
    standing = thresholds.standing(asked.state, asked.web.settings.thresholds)
    own = {standing.of(one.point.point_id) for one in compared}
    limits = own.pop() if len(own) == 1 else standing.common  # a line for each would be none
    data = view.chart(asked.words, compared, span, asked.now, limits)
    return JSONResponse(data, headers={"Cache-Control": "no-store"})


@router.get("/compare/series.csv")
def compare_csv(asked: Asked, chart: str = "") -> Response:
    """Return the figures of both charts as a file, or of one."""
    compared, _ = _asked(asked)
    return csv_download(spreadsheet.as_csv(*view.table(compared, chart)), "so-sanh.csv")


def _asked(asked: PageRequest) -> tuple[Sequence[Compared], ChartSpan]:
    span = span_of(asked)
    chosen = _chosen(asked, places.as_of(asked.state, asked.now).tree)
    return _compared(asked, chosen, span, span.step), span


def _chosen(asked: PageRequest, tree: Sequence[Branch]) -> list[Point]:
    """Return the points that the address names, each once, or the first ones of its unit."""
    query = asked.request.query_params
    known = {point.point_id: point for branch in tree for point in branch.points}
    named = dict.fromkeys(query.getlist("point"))
    if not any(named) and (unit := query.get("unit")):
        shown = at_and_below(tree, unit)
        named = dict.fromkeys(point.point_id for branch in shown for point in branch.points)
    return [known[one] for one in named if one in known][:MOST]


def _compared(
    asked: PageRequest, chosen: Sequence[Point], span: ChartSpan, step: Step
) -> list[Compared]:
    return [
        Compared(
            point,
            chart_queries.link_series(asked.series, PointId(point.point_id), span.period, step),
        )
        for point in chosen
    ]
