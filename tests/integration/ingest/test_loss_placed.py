"""A loss that a trace shows a place of says it, once the trace is here, and flips no more."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from contracts.line import LineSection
from contracts.way import WayBody, WayHop, WayReason
from controller.db.engine import reading
from controller.health import point_queries
from controller.health.views.causes import cause
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.problem import ProblemKey
from tests.integration.ingest.judged import judge, store_of_one_up
from tests.integration.ingest.reports import P1, arrival, at, health

GATEWAY, ACCESS, TO = "192.168.1.1", "10.40.0.1", "203.0.113.9"


@pytest.fixture
def store(series):
    return store_of_one_up(series)


def way(reason: WayReason, *, answered: tuple[int, int, int], ms: float = 9) -> WayBody:
    hops = (GATEWAY, ACCESS, TO)
    return WayBody(
        reason=reason, ending="reached", to=TO, trouble="loss" if reason == "trouble" else "",
        hops=tuple(
            WayHop(ttl=ttl, address=address, sent=3, round_trips_ms=(ms,) * count)
            for ttl, (address, count) in enumerate(zip(hops, answered, strict=True), 1)
        ),
    )  # fmt: skip


def lossy(seq: int, received: int = 1):
    line = LineSection(sent=5, received=received, rtt_ms=20.0)
    return arrival(seq, body=msgspec.structs.replace(health(seq), line=line))


def said(series, now):
    with reading(series) as session:
        problems = point_queries.standing(session, P1, now).judgement.problems
    (loss,) = (one for one in problems if one.key is ProblemKey.LOSS)
    return dict(loss.arguments), cause(loss, chosen("vi"), now)


def test_a_loss_says_where_it_is_once_a_trace_shows_it(series, store):
    store.commit([arrival(1, body=way("usual", answered=(3, 3, 3)))])
    store.commit([lossy(seq) for seq in range(2, 31)])
    now = at(302)
    store.keep_span(now)
    assert [one.flip.problem.key for one in judge(store, now)] == [ProblemKey.LOSS]
    assert "way_place" not in said(series, now)[0]

    store.commit([arrival(31, body=way("trouble", answered=(3, 1, 1))), lossy(32)])
    now = at(322)
    store.keep_span(now)
    assert judge(store, now) == []
    arguments, told = said(series, now)
    assert (arguments["way_place"], arguments["way_address"]) == ("carrier?", ACCESS)
    assert told.what.endswith(f"dò đường thấy từ hop 2 ({ACCESS}): đường của nhà mạng?")
    assert told.whose == "nhà mạng"

    store.commit([arrival(33, body=way("asked", answered=(1, 1, 1))), lossy(34)])
    now = at(342)
    store.keep_span(now)
    judge(store, now)
    arguments, told = said(series, now)
    assert arguments["way_place"] == "room?"
    assert told.whose == "chưa rõ: phòng hay nhà mạng"


def test_a_trace_of_an_earlier_trouble_says_nothing_of_this_one(series, store):
    store.commit([arrival(1, body=way("trouble", answered=(3, 1, 1)))])
    store.commit([lossy(seq) for seq in range(200, 231)])
    now = at(2302)
    store.keep_span(now)
    judge(store, now)
    assert "way_place" not in said(series, now)[0]


def test_a_trace_of_a_clock_that_was_a_year_ahead_places_no_loss_of_today(series, store):
    year = timedelta(days=365)
    ahead = replace(arrival(1, body=way("trouble", answered=(1, 1, 1))), at=at(0) + year)
    store.commit([ahead, *(lossy(seq) for seq in range(2, 31))])
    now = at(302)
    store.keep_span(now)
    judge(store, now)
    assert "way_place" not in said(series, now)[0]
    store.commit([arrival(31, body=way("trouble", answered=(3, 1, 1))), lossy(32)])
    now = at(322)
    store.keep_span(now)
    judge(store, now)
    assert said(series, now)[0]["way_place"] == "carrier?"
