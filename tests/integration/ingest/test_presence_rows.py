"""Presence as rows: without holes or overlaps, and added up as the rules do, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from contracts.ids import PointId
from controller.db.engine import reading
from controller.health import presence_queries, uptime_queries
from controller.ingest import readings
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_tables import ProblemFlip
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.availability import (
    Outage,
    Uptime,
    outages,
    uptime,
)
from monitoring.judgement.periods import Period, joined
from monitoring.judgement.presence import PresenceLimits, PresenceState
from tests.integration.ingest.judged import store_presence
from tests.integration.ingest.reports import P1, P2, T0, at

SHARED = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

steps = st.lists(
    st.tuples(
        st.integers(1, 40),
        st.sampled_from(["heard", "late", "will", "media", "tick", "blind", "restart"]),
    ),
    max_size=40,
)


def played(store, point, history):
    """Play a history through the book and the store; return when it ended."""
    book, now_s = PresenceBook(PresenceLimits()), 0
    book.heard(point, at(0), at(0))
    for pause_s, event in history:
        before_s, now_s = now_s, now_s + pause_s
        match event:
            case "heard":
                book.heard(point, at(now_s), at(now_s))
            case "late":
                book.heard(point, at(now_s - 15), at(now_s))
            case "will":
                book.departed(point, at(now_s))
            case "media":
                book.media_seen(point, at(now_s))
            case "tick":
                book.tick(at(now_s))
            case "blind":
                book.resumed(at(before_s), at(now_s))
            case "restart":
                store_presence(store, book.take_changes(), T0)
                presences, _ = store.load(T0)
                book = PresenceBook(PresenceLimits())
                book.restore(p for p in presences if p.point_id == point)
                book.resumed(at(before_s), at(now_s))
        store_presence(store, book.take_changes(), T0)
    store_presence(store, book.take_changes(), T0)
    return at(now_s)


@SHARED
@given(steps)
def test_intervals_follow_each_other_without_a_hole(series, history):
    point = PointId(uuid4().hex)
    played(SeriesStore(series), point, history)
    with reading(series) as session:
        rows = session.exec(
            select(PresenceInterval)
            .where(PresenceInterval.point_id == point)
            .order_by(col(PresenceInterval.began_at))
        ).all()
    assert rows[0].began_at == T0
    assert [row.ended_at for row in rows] == [row.began_at for row in rows[1:]] + [None]
    assert all(row.ended_at is None or row.ended_at > row.began_at for row in rows)
    assert all(row.noticed_at >= row.began_at for row in rows)


@SHARED
@given(steps, st.integers(-50, 900), st.integers(0, 900), st.integers(0, 100),
       st.lists(st.tuples(st.integers(-100, 900), st.integers(0, 300)), max_size=4))  # fmt: skip
def test_the_database_adds_up_what_the_rules_do(
    series, history, begin_s, length_s, later_s, windows
):
    point = PointId(uuid4().hex)
    now = played(SeriesStore(series), point, history) + timedelta(seconds=later_s)
    period = Period(at(begin_s), at(begin_s + length_s))
    whole = Period(at(-10_000), at(100_000))
    with reading(series) as session:
        intervals = presence_queries.intervals(session, point, whole)
        touching = presence_queries.intervals(session, point, period)
        excluded = joined(Period(at(begin), at(begin + length)) for begin, length in windows)
        by_database = uptime_queries.uptimes(
            session, period, now=now, point_ids=[point], excluded={point: excluded}
        )
    expected = uptime(intervals, period, now=now, excluded=excluded)
    assert by_database.get(point, Uptime(before=expected.before)) == expected
    assert uptime(touching, period, now=now, excluded=excluded) == expected


@pytest.fixture
def store(series):
    return SeriesStore(series)


def test_all_points_at_once_and_only_those_asked_for(series, store):
    book = PresenceBook(PresenceLimits())
    book.heard(P1, at(0), at(0))
    book.heard(P2, at(50), at(50))
    book.tick(at(30))
    store_presence(store, book.take_changes(), T0)
    with reading(series) as session:
        period = Period(T0, at(100))
        found = uptime_queries.uptimes(session, period, now=at(100))
        only = uptime_queries.uptimes(session, period, now=at(100), point_ids=[P2])
    assert found == {
        P1: Uptime(down=timedelta(seconds=100)),
        P2: Uptime(up=timedelta(seconds=50), before=timedelta(seconds=50)),
    }
    assert only == {P2: found[P2]}


def test_time_after_a_revocation_is_neither_up_nor_down(series, store):
    book = PresenceBook(PresenceLimits())
    book.heard(P1, at(0), at(0))
    book.heard(P2, at(0), at(0))
    book.tick(at(30))
    store_presence(store, book.take_changes(), T0)
    shut_out = {P1: [Period(at(20), at(60))], PointId("xa-ba"): [Period(at(0), at(9))]}
    with reading(series) as session:
        period = Period(at(-10), at(200))
        found = uptime_queries.uptimes(session, period, now=at(100), shut_out=shut_out)
    assert found == {
        P1: Uptime(
            down=timedelta(seconds=60), unknown=timedelta(seconds=40), before=timedelta(seconds=10)
        ),
        P2: Uptime(down=timedelta(seconds=100), before=timedelta(seconds=10)),
    }


def test_a_dead_ingest_makes_what_follows_unknown(series, store):
    store.begin_span(T0)
    book = PresenceBook(PresenceLimits())
    book.heard(P1, T0, T0)
    store_presence(store, book.take_changes(), T0)
    store.keep_span(at(20))
    with reading(series) as session:
        assert presence_queries.is_listening(session, at(35))
        assert not presence_queries.is_listening(session, at(36))
        period = Period(T0, at(100))
        found = uptime_queries.uptimes(session, period, now=at(100))
        assert uptime_queries.uptimes(session, period, now=at(30)) == {
            P1: Uptime(up=timedelta(seconds=30))
        }
    assert found == {P1: Uptime(up=timedelta(seconds=20), unknown=timedelta(seconds=80))}


def test_a_span_never_goes_back(series, store):
    store.begin_span(T0)
    store.keep_span(at(10))
    store.keep_span(at(5))
    with reading(series) as session:
        assert presence_queries.listened_until(session) == at(10)


def test_what_is_open_is_the_present_state(series, store):
    book = PresenceBook(PresenceLimits())
    book.heard(P1, T0, T0)
    book.tick(at(60))
    store_presence(store, book.take_changes(), T0)
    with reading(series) as session:
        now = presence_queries.open_intervals(session)
        nobody = presence_queries.open_intervals(session, [P2])
    assert (now[P1].state, now[P1].began_at, nobody) == (PresenceState.DOWN, T0, {})


def test_a_silence_that_outlasts_the_centres_restart_is_one_outage(series, store):
    played(store, P1, [(40, "tick"), (60, "restart"), (40, "tick")])
    with reading(series) as session:
        found = presence_queries.intervals(session, P1, Period(T0, at(200)))
        began = readings.outages_began(session, [P1, P2])
        [problem] = readings.open_problems(session, [P1])[P1]
        said = session.exec(select(ProblemFlip.became).where(ProblemFlip.point_id == P1)).all()
    assert outages(found) == [Outage(at(0), None, unknown=timedelta(seconds=60))]
    assert began == {P1: at(0)}
    assert problem.arguments["since"] == at(0)
    assert said == ["serious"]
