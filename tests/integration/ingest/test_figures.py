"""Open figures from reports to buckets, on both kinds of database."""

from gettext import NullTranslations

import msgspec
import pytest
from sqlmodel import select

from contracts.reports import HealthBody
from contracts.section import Section
from controller.db.engine import reading
from controller.health import figure_queries
from controller.health.figure_queries import Over
from controller.health.steps import Step
from controller.health.views import device
from controller.ingest.store import SeriesStore
from controller.ingest.tables import Figure1H
from controller.web.i18n.language import Language
from monitoring.figures import BY_NAME, FIGURES
from monitoring.judgement.periods import Period
from tests.integration.ingest.reports import P1, T0, arrival, at, health


def with_swap(seq, value, **more):
    load = Section(figures={"swap_ratio": value, **more})
    return arrival(seq, body=msgspec.structs.replace(health(seq), open={"load": load}))


def test_a_figure_is_rolled_up_over_five_minutes_and_hours_whatever_order_it_comes_in(series):
    store = SeriesStore(series)
    store.commit([with_swap(1, 0.25), with_swap(40, 1.0), arrival(2)])
    store.commit([with_swap(3, 0.75, invented_ms=5.0), with_swap(1, 0.25)])  # held already
    period, swap = Period(T0, at(3600)), [BY_NAME["swap_ratio"]]
    with reading(series) as session:
        fine, [hour], [day] = (
            figure_queries.series(session, P1, swap, period, step)["swap_ratio"]
            for step in (Step.FIVE_MINUTES, Step.HOUR, Step.DAY)
        )
        stored = session.exec(select(Figure1H.name).distinct()).all()
    assert fine[:3] == [
        Over(2, mean=0.5, lowest=0.25, highest=0.75),
        Over(1, mean=1.0, lowest=1.0, highest=1.0),
        Over(),
    ]
    assert (hour.samples, hour.lowest, hour.highest) == (3, 0.25, 1.0)
    assert hour.mean == pytest.approx(2 / 3)
    assert day == hour
    assert stored == ["swap_ratio"]


def test_a_figure_with_columns_is_read_by_the_same_question(series):
    SeriesStore(series).commit([arrival(1), arrival(2), arrival(40)])
    period = Period(T0, at(900))
    with reading(series) as session:
        found = figure_queries.series(session, P1, FIGURES, period, Step.FIVE_MINUTES)
        [hour] = figure_queries.series(session, P1, FIGURES, period, Step.HOUR)["rtt_ms"]
    first, second, third = found["rtt_ms"]
    assert first == Over(2, mean=21.5, lowest=20.0, highest=30.0)
    assert second == Over(1, mean=60.0, lowest=20.0, highest=30.0)
    assert third == Over()
    assert found["memory_ratio"][0] == Over(2, highest=0.5)
    assert found["gateway_rtt_ms"][0] == Over(1, mean=1.5)
    assert hour.samples == 3


@pytest.mark.parametrize(("code", "name"), [("vi", "Bộ nhớ tráo đổi đã dùng"), ("en", "Swap used")])
def test_the_page_says_it_in_the_tables_words(code, name):
    words = Language(code, NullTranslations())
    body = HealthBody(open={"load": Section(figures={"swap_ratio": 0.25, "invented_ms": 5.0})})
    [fact] = device.facts(words, body, None)
    assert fact.name == name
    assert fact.shown.replace("\u00a0", " ") in ("25 %", "25%")
