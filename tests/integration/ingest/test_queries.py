"""What pages read: standings, charts with their gaps, and old rows leaving."""

from datetime import timedelta

import msgspec
import pytest
from sqlmodel import func, select, update

from contracts.local_days import ZONE
from contracts.reports import ClockState, InterfaceFacts
from controller.db.engine import reading, writing
from controller.health import chart_queries, point_queries
from controller.health.chart_queries import InterfacePoint, LinkBucket
from controller.health.steps import Step
from controller.ingest import retention
from controller.ingest.presence_book import PresenceBook
from controller.ingest.store import SeriesStore
from controller.ingest.tables import (
    Bandwidth,
    Health1H,
    Health5Min,
    Interface5Min,
    InterfaceSample,
    MediaSample,
    MediaSlot,
    StoredReport,
)
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceLimits, PresenceState
from monitoring.judgement.problem import ProblemKey
from tests.integration.ingest.held import held
from tests.integration.ingest.judged import judge, store_presence
from tests.integration.ingest.reports import (
    BANDWIDTH,
    INVENTORY,
    MEDIA,
    OUTBOX,
    P1,
    P2,
    T0,
    arrival,
    at,
    health,
)


@pytest.fixture
def store(series):
    return SeriesStore(series)


def come_up(store, *points, seconds=0):
    book = PresenceBook(PresenceLimits())
    for point in points:
        book.heard(point, at(seconds), at(seconds))
    store.begin_span(at(seconds))
    store_presence(store, book.take_changes(), at(seconds))


def keys(standing):
    return {problem.key for problem in standing.judgement.problems}


def test_a_points_standing_is_its_last_reports_and_what_is_wrong(series, store):
    come_up(store, P1, P2)
    uplink = InterfaceFacts(name="eth0", speed_bps=10_000_000, duplex="full", is_uplink=True)
    inventory = msgspec.structs.replace(INVENTORY, interfaces=(uplink,))
    store.commit([arrival(1, body=inventory), arrival(2, body=BANDWIDTH), arrival(3, body=MEDIA)])
    store.commit([arrival(seq) for seq in range(4, 34)])
    store.keep_span(at(330))
    judge(store, at(331))
    with reading(series) as session:
        found = point_queries.standings(session, at(331))
        one = point_queries.standing(session, P1, at(331))
        said = point_queries.last_reports(session, P1)
        never = point_queries.standing(session, "khong-co", at(331))
    assert set(found) == {P1, P2}
    assert found[P1] == one
    assert one.judgement.state is PresenceState.DEGRADED
    assert keys(one) == {
        ProblemKey.LOSS,
        ProblemKey.SLOW_INTERFACE,
    }
    assert one.reported.at == at(330)
    assert (said.health, said.bandwidth, said.snmp) == (health(33), BANDWIDTH, None)
    assert said.inventory.interfaces == (uplink,)
    assert (one.line.probes_sent, one.line.probes_received) == (90, 60)
    assert found[P2].judgement.state is PresenceState.UP
    assert found[P2].reported is None
    assert (never.judgement.state, keys(never)) == (
        PresenceState.UNKNOWN,
        {ProblemKey.NEVER_HEARD},
    )


def test_when_ingest_is_dead_every_point_is_unknown(series, store):
    come_up(store, P1)
    with reading(series) as session:
        assert point_queries.standing(session, P1, at(10)).judgement.state is PresenceState.UP
        later = point_queries.standing(session, P1, at(60))
    assert (later.judgement.state, keys(later)) == (
        PresenceState.UNKNOWN,
        {ProblemKey.CENTRE_BLIND},
    )


def test_a_clock_that_is_not_known_is_said(series, store):
    come_up(store, P1)
    store.commit([arrival(1, clock=ClockState(source="unknown"))])
    store.keep_span(at(11))
    judge(store, at(11))
    with reading(series) as session:
        assert ProblemKey.CLOCK_UNKNOWN in keys(point_queries.standing(session, P1, at(11)))


def test_a_chart_has_a_bucket_for_every_step_and_gaps_stay_gaps(series, store):
    store.commit([arrival(seq) for seq in (1, 2, 90)] + [arrival(3, point=P2)])
    period = Period(T0, at(1200))
    with reading(series) as session:
        line = chart_queries.link_series(session, P1, period)
        ports = chart_queries.interface_series(session, P1, period)
        hours = chart_queries.link_series(session, P1, period, Step.HOUR)
    assert [bucket.begins_at for bucket in line] == [at(0), at(300), at(600), at(900)]
    assert [bucket.samples for bucket in line] == [2, 0, 0, 1]
    assert line[0] == LinkBucket(
        T0, 2, rtt_ms=21.5, rtt_min_ms=20, rtt_max_ms=30, jitter_ms=2,
        loss_ratio=line[0].loss_ratio, rtt_quantiles_ms=line[0].rtt_quantiles_ms,
    )  # fmt: skip
    assert line[0].rtt_quantiles_ms == pytest.approx((20, 20, 20.5, 30, 30), rel=0.03)
    assert line[0].loss_ratio == pytest.approx(1 / 3)
    assert line[1] == LinkBucket(at(300))
    assert ports["eth0"][0] == InterfacePoint(T0, 1500, 500, 2000, 500)
    assert ports["eth0"][1] == InterfacePoint(at(300))
    assert [(hour.begins_at, hour.samples) for hour in hours] == [(T0, 3)]


def test_of_the_last_days_there_are_minutes_of_the_reports_themselves(series, store):
    store.commit([arrival(seq) for seq in (1, 2, 7)] + [arrival(3, point=P2)])
    store.commit([arrival(20, body=INVENTORY)])
    period = Period(T0, at(240))
    with reading(series) as session:
        line = chart_queries.link_series(session, P1, period, Step.MINUTE)
        whole = chart_queries.link_series(session, P1, period, Step.HOUR)
        ports = chart_queries.interface_series(session, P1, period, Step.MINUTE, ["eth0"])
    assert [(bucket.samples, bucket.rtt_ms) for bucket in line] == [
        (2, 21.5), (1, 27.0), (0, None), (0, None),
    ]  # fmt: skip
    assert line[0].rtt_quantiles_ms == pytest.approx((20, 20, 20.5, 30, 30), rel=0.03)
    assert [bucket.samples for bucket in whole] == [3]
    assert ports == {
        "eth0": [
            InterfacePoint(at(0), 1500, 500, 2000, 500),
            InterfacePoint(at(60), 7000, 500, 7000, 500),
            InterfacePoint(at(120)),
            InterfacePoint(at(180)),
        ]
    }


def test_the_mean_of_a_buckets_trains_stands_for_them(series, store):
    rates = {1: 5, 20: None, 70: 9, 120: 1, 270: 9, 500: None}
    bodies = {
        seq: msgspec.structs.replace(BANDWIDTH, available_bps=bps) for seq, bps in rates.items()
    }
    store.commit([arrival(seq, body=body) for seq, body in bodies.items()])
    with reading(series) as session:
        found = chart_queries.mean_trains(session, P1, Period(T0, at(7200)), Step.HOUR)
        days = chart_queries.mean_trains(session, P1, Period(T0, at(7200)), Step.DAY)
    assert [(train.at, train.available_bps) for train in found] == [(T0, 6)]
    assert [train.available_bps for train in days] == [6]


def test_what_was_kept_before_histograms_has_no_bands_and_is_drawn_all_the_same(series, store):
    store.commit([arrival(1)])
    with writing(series) as session:
        session.exec(update(Health5Min).values(rtt_histogram=None))
    store.commit([arrival(40)])
    with reading(series) as session:
        first, second = chart_queries.link_series(session, P1, Period(T0, at(600)))
    assert (first.rtt_quantiles_ms, first.rtt_middle_ms) == ((), 21.0)
    assert second.rtt_middle_ms == second.rtt_quantiles_ms[2]


def test_days_are_vietnam_s_and_sum_up_their_hours(series, store):
    two_days_on = 2 * 8640
    store.commit([arrival(seq) for seq in (1, 2, 400, two_days_on)])
    with reading(series) as session:
        days = chart_queries.link_series(session, P1, Period(T0, at(3 * 86_400)), Step.DAY)
        ports = chart_queries.interface_series(session, P1, Period(T0, at(3 * 86_400)), Step.DAY)
    assert {bucket.begins_at.astimezone(ZONE).strftime("%H:%M") for bucket in days} == {"00:00"}
    assert [bucket.samples for bucket in days] == [3, 0, 1, 0]
    assert days[1] == LinkBucket(days[1].begins_at)
    assert (days[0].rtt_min_ms, days[0].rtt_max_ms) == (20, 30)
    assert [point.rx_max_bps for point in ports["eth0"]] == [
        400_000, None, 17_280_000, None,
    ]  # fmt: skip
    assert [point.begins_at for point in ports["eth0"]] == [day.begins_at for day in days]


def test_every_train_is_in_the_bandwidth_chart(series, store):
    store.commit([arrival(seq, body=BANDWIDTH) for seq in (3, 1, 500)])
    with reading(series) as session:
        found = chart_queries.bandwidth_series(session, P1, Period(T0, at(1000)))
    assert [(point.at, point.available_bps) for point in found] == [
        (at(10), 8_000_000),
        (at(30), 8_000_000),
    ]


TABLES = (
    StoredReport,
    InterfaceSample,
    Health5Min,
    Interface5Min,
    Health1H,
    Bandwidth,
    MediaSample,
    MediaSlot,
)


def counts(series):
    with reading(series) as session:
        return {t: session.exec(select(func.count()).select_from(t)).one() for t in TABLES}


def prune(store, now):
    removed = 0
    for step in retention.steps(store.run(retention.outbox_keys), now):
        while count := store.run(step):
            assert count <= retention.STEP_ROWS
            removed += count
    return removed


@pytest.mark.parametrize(
    ("age", "raw", "ports", "five_minutes"),
    [
        (timedelta(days=14), 1, 2, 1),
        (timedelta(days=14, seconds=1), 0, 2, 1),
        (timedelta(days=30, seconds=11), 0, 0, 1),
        (timedelta(days=90, seconds=11), 0, 0, 0),
    ],
)
def test_rows_leave_by_age_and_what_is_held_stays(series, store, age, raw, ports, five_minutes):
    store.commit([arrival(1), arrival(2, body=BANDWIDTH), arrival(3, body=MEDIA)])
    prune(store, at(10) + age)
    left = counts(series)
    assert left[InterfaceSample] == 2 * raw
    assert (left[Interface5Min], left[Health5Min]) == (ports, five_minutes)
    assert (left[Health1H], left[Bandwidth], left[MediaSlot]) == (
        1,
        int(age < timedelta(days=365, seconds=10)),
        2 * int(age < timedelta(days=365, seconds=20)),
    )
    with reading(series) as session:
        assert held(session, P1, OUTBOX).ranges == ((1, 3),)


def test_many_old_rows_leave_in_small_steps(series, store):
    for begin in range(1, 1201, 400):
        store.commit([arrival(seq) for seq in range(begin, begin + 400)])
    prune(store, T0 + timedelta(days=20))
    assert counts(series)[StoredReport] == 0
    assert store.commit([arrival(7)]).new == []
