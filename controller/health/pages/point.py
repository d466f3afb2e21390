"""One point's page and its figures."""

from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from contracts.ids import PointId
from controller.devices import service as devices
from controller.enrolment import service as enrolment
from controller.errors import NotFound
from controller.health import (
    boot_queries,
    figure_queries,
    point_queries,
    trap_queries,
)
from controller.health import service as health
from controller.health.days_asked import DAYS_KEY
from controller.health.interrupted import interrupted
from controller.health.pages.availability import usual_ways
from controller.health.pages.history import Charted, figure_history, history
from controller.health.pages.span_asked import span_of
from controller.health.spans import ChartSpan
from controller.health.views import figures, history_file
from controller.health.views import history as history_view
from controller.health.views import point as view
from controller.health.views.history import History
from controller.health.views.point import PointView
from controller.maintenance import panel
from controller.places import service as places
from controller.places.service import Point
from controller.places.tree import ancestors
from controller.web.download import download
from controller.web.page_request import Asked, PageRequest
from controller.web.registration import live_page
from monitoring.judgement.availability import last_days

router = APIRouter(include_in_schema=False)
TRAPS_SPAN, MOST_TRAPS = timedelta(days=7), 50
MOST_BOOTS = 20


@live_page(router, "/points/{point_id}", "health/point.html", section="points")
def point(asked: PageRequest) -> PointView:
    """Return one point with everything that is known of it."""
    now, words, found = asked.now, asked.words, _point(asked)
    one = health.points_now(asked, [found])[0]
    identifier = PointId(found.point_id)
    month = last_days(30, now)
    reports = point_queries.last_reports(asked.series, identifier)
    span = span_of(asked)
    charted = Charted(identifier, found.contract_rate_bps, reports.inventory)
    told = history(asked.state, asked.series, charted, span, span.row, now)
    return view.view(
        words,
        now,
        one,
        reports,
        ancestors(places.units(asked.state, at=now), found.unit_id),
        interrupted(asked.state, asked.series, identifier, month, now),
        span,
        history_view.rows(words, told) if one.standing.reported else (),
        devices.of_point(asked.state, found.point_id),
        trap_queries.traps(asked.series, identifier, since=now - TRAPS_SPAN, most=MOST_TRAPS),
        boot_queries.boots(asked.series, identifier, since=month.begins_at, most=MOST_BOOTS),
        can_be_sealed_to=bool(enrolment.sealing_keys(asked.state, [identifier])),
        ways=usual_ways(asked, identifier),
        maintenance=panel.of_point(asked, found),
    )


@router.get("/points/{point_id}/series.json")
def series_json(asked: Asked) -> Response:
    """Return the chart's figures."""
    told, limits = _history(asked, span_of(asked)), asked.web.settings.thresholds
    data = history_view.chart(told, asked.words, limits)
    return JSONResponse(data, headers={"Cache-Control": "no-store"})


@router.get("/points/{point_id}/figures.json")
def figures_json(asked: Asked) -> Response:
    """Return what the charts of all other figures show."""
    words, span, point_id = asked.words, span_of(asked), PointId(_point(asked).point_id)
    found = figure_queries.series(
        asked.series, point_id, figures.DRAWN, span.period, span.figure_step
    )
    told = figure_history(asked.series, point_id, span, found, asked.now)
    chart = history_view.chart(told, words, asked.web.settings.thresholds)
    data = chart | {"figures": figures.drawn(words, found)}
    return JSONResponse(data, headers={"Cache-Control": "no-store"})


@router.get("/points/{point_id}/series.csv")
def series_csv(asked: Asked) -> Response:
    """Return the chart's figures as a file."""
    span = span_of(asked)
    text = history_file.as_csv(_history(asked, span))
    days = f"{span.first_day}-{span.last_day}" if span.key == DAYS_KEY else span.key
    return download(text, f"{asked.named('point_id')}-{days}.csv")


def _point(asked: PageRequest) -> Point:
    found = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if found is None:
        raise NotFound("điểm cầu", "point")
    return found


def _history(asked: PageRequest, span: ChartSpan) -> History:
    point = _point(asked)
    point_id = PointId(point.point_id)
    inventory = point_queries.last_reports(asked.series, point_id, ("inventory",)).inventory
    charted = Charted(point_id, point.contract_rate_bps, inventory)
    return history(asked.state, asked.series, charted, span, span.step, asked.now)
