"""Open figures from reports to buckets, on both kinds of database."""

from datetime import timedelta
from gettext import NullTranslations

import msgspec
import pytest

from contracts.reports import HealthBody
from controller.db.engine import reading
from controller.health import figure_queries
from controller.health.chart_queries import Step
from controller.health.figure_queries import FigurePoint
from controller.health.views import open_figures
from controller.ingest.store import SeriesStore
from controller.web.i18n.language import Language
from monitoring.judgement.availability import Period
from tests.integration.ingest.reports import P1, T0, arrival, at, health


def with_swap(seq, value):
    return arrival(seq, body=msgspec.structs.replace(health(seq), figures={"swap_ratio": value}))


def test_a_figure_is_rolled_up_over_five_minutes_and_hours_whatever_order_it_comes_in(series):
    store = SeriesStore(series)
    store.commit([with_swap(1, 0.25), with_swap(40, 1.0), arrival(2)])
    store.commit([with_swap(3, 0.75), with_swap(1, 0.25)])  # the second is held already
    stranger = msgspec.structs.replace(health(4), figures={"invented_ms": 5.0})
    store.commit([arrival(4, body=stranger)])
    period = Period(T0, at(3600))
    with reading(series) as session:
        fine = figure_queries.series(session, P1, "swap_ratio", period, Step.FIVE_MINUTES)
        hours = figure_queries.series(session, P1, "swap_ratio", period, Step.HOUR)
        unknown = figure_queries.series(session, P1, "invented_ms", period, Step.HOUR)
    assert fine == [
        FigurePoint(T0, 2, mean=0.5, lowest=0.25, highest=0.75),
        FigurePoint(T0 + timedelta(minutes=5), 1, mean=1.0, lowest=1.0, highest=1.0),
    ]
    [hour] = hours
    assert (hour.samples, hour.lowest, hour.highest) == (3, 0.25, 1.0)
    assert hour.mean == pytest.approx(2 / 3)
    assert unknown == []


@pytest.mark.parametrize(("code", "name"), [("vi", "Bộ nhớ tráo đổi đã dùng"), ("en", "Swap used")])
def test_the_page_says_it_in_the_tables_words(code, name):
    words = Language(code, NullTranslations())
    body = HealthBody(figures={"swap_ratio": 0.25, "invented_ms": 5.0})
    [fact] = open_figures.facts(words, body)
    assert fact.name == name
    assert fact.shown.replace("\u00a0", " ") in ("25 %", "25%")
