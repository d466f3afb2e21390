"""What the charts of a point's page are drawn of: as the script reads it, and as files."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from contracts.ids import PointId
from controller import spreadsheet
from controller.carriers import contracted
from controller.errors import NotFound
from controller.health import figure_queries, link_queries, point_queries
from controller.health.days_asked import DAYS_KEY
from controller.health.figure_queries import Over
from controller.health.pages.history import Charted, figure_history, history
from controller.health.pages.span_asked import span_of
from controller.health.spans import ChartSpan
from controller.health.views import figures, figures_file, history_file, links
from controller.health.views import history as history_view
from controller.health.views.figures import DrawnFigure
from controller.health.views.history import History
from controller.places import service as places
from controller.places.service import Point
from controller.thresholds import service as thresholds
from controller.web.download import csv_download, download
from controller.web.page_request import Asked, PageRequest
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.problem import Thresholds

router = APIRouter(include_in_schema=False)
Found = Mapping[str, Sequence[Over]]


@router.get("/points/{point_id}/series.json")
def series_json(asked: Asked) -> Response:
    """Return the line's charts."""
    told = _history(asked, span_of(asked))
    return _json(history_view.chart(told, asked.words, _limits(asked)))


@router.get("/points/{point_id}/series.csv")
def series_csv(asked: Asked, chart: str = "") -> Response:
    """Return all of the line's charts as a file, or one of them."""
    table = history_file.table(asked.words, _history(asked, span_of(asked)), chart)
    return csv_download(spreadsheet.as_csv(*table), f"{_file_name(asked, chart)}.csv")


@router.get("/points/{point_id}/series.xlsx")
def series_xlsx(asked: Asked, chart: str = "") -> Response:
    """Return the same as a workbook, whose numbers are right whatever a computer's language."""
    columns, rows = history_file.table(asked.words, _history(asked, span_of(asked)), chart)
    title = point_of(asked).name
    content = spreadsheet.as_xlsx(title, columns, rows, made_at=asked.now)
    return download(content, f"{_file_name(asked, chart)}.xlsx", spreadsheet.XLSX)


@router.get("/points/{point_id}/figures.json")
def figures_json(asked: Asked) -> Response:
    """Return what the charts of all other figures show."""
    found, drawn = _figures(asked)
    return _drawn_json(asked, found, drawn)


@router.get("/points/{point_id}/figures.csv")
def figures_csv(asked: Asked, chart: str = "") -> Response:
    """Return them, or one of them, as a file."""
    _, drawn = _figures(asked)
    return _drawn_csv(asked, drawn, chart)


@router.get("/points/{point_id}/links.json")
def links_json(asked: Asked, link: str = "") -> Response:
    """Return what the charts of an interface or of a device's port show."""
    found, drawn = _link(asked, link)
    return _drawn_json(asked, found, drawn)


@router.get("/points/{point_id}/links.csv")
def links_csv(asked: Asked, link: str = "", chart: str = "") -> Response:
    """Return them, or one of them, as a file."""
    _, drawn = _link(asked, link)
    return _drawn_csv(asked, drawn, chart)


def point_of(asked: PageRequest) -> Point:
    """Return the point that an address names.

    Raises:
        NotFound: there is none.
    """
    found = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if found is None:
        raise NotFound("điểm cầu", "point")
    return found


def sold_for(asked: PageRequest, point: Point) -> Contracted | None:
    """Return what a point's line is sold for; None: nobody said."""
    return contracted.of_points(asked.state, [point], asked.now).get(point.point_id)


def _history(asked: PageRequest, span: ChartSpan) -> History:
    point = point_of(asked)
    point_id = PointId(point.point_id)
    inventory = point_queries.last_reports(asked.series, point_id, ("inventory",)).inventory
    charted = Charted(point_id, sold_for(asked, point), inventory)
    return history(asked.state, asked.series, charted, span, span.step, asked.now)


def _figures(asked: PageRequest) -> tuple[Found, list[DrawnFigure]]:
    span, point_id = span_of(asked), PointId(point_of(asked).point_id)
    found = figure_queries.series(
        asked.series, point_id, figures.DRAWN, span.period, span.figure_step
    )
    return found, figures.drawn(asked.words, found)


def _link(asked: PageRequest, key: str) -> tuple[Found, list[DrawnFigure]]:
    link = link_queries.link_of(key)
    if link is None:
        raise NotFound("cổng mạng", "interface")
    span, point_id = span_of(asked), PointId(point_of(asked).point_id)
    found = link_queries.series(asked.series, point_id, link, span.period, span.figure_step)
    reports = point_queries.last_reports(asked.series, point_id, ("inventory", "snmp"))
    speed_bps = links.speed_of(link, reports.inventory, reports.snmp)
    return found, links.drawn(asked.words, found, span, speed_bps)


def _limits(asked: PageRequest) -> Thresholds:
    """Return from where on something is wrong with the point, as it is set now."""
    point_id = point_of(asked).point_id
    return thresholds.limits_of(asked.state, asked.web.settings.thresholds, point_id)


def _drawn_json(asked: PageRequest, found: Found, drawn: Sequence[DrawnFigure]) -> Response:
    point_id = PointId(point_of(asked).point_id)
    told = figure_history(asked.series, point_id, span_of(asked), found, asked.now)
    data = history_view.chart(told, asked.words, _limits(asked))
    return _json(data | {"figures": [one.as_json() for one in drawn]})


def _drawn_csv(asked: PageRequest, drawn: Sequence[DrawnFigure], chart: str) -> Response:
    table = figures_file.table(asked.words, span_of(asked), drawn, chart)
    return csv_download(spreadsheet.as_csv(*table), f"{_file_name(asked, chart)}.csv")


def _json(data: Mapping[str, object]) -> Response:
    return JSONResponse(data, headers={"Cache-Control": "no-store"})


def _file_name(asked: PageRequest, chart: str) -> str:
    span = span_of(asked)
    days = f"{span.first_day}-{span.last_day}" if span.key == DAYS_KEY else span.key
    return "-".join(part for part in (point_of(asked).point_id, chart, days) if part)
