"""The store on both kinds of database: once each, in its own bucket, whole or not at all."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from contracts.reports import BandwidthBody, InterfaceRate
from controller.db.engine import reading
from controller.ingest.store import SeriesStore
from controller.ingest.tables import (
    Bandwidth,
    Health1H,
    Health5Min,
    HeldRange,
    Interface5Min,
    InterfaceSample,
    Inventory,
    LatestReport,
    MediaSample,
    MediaSlot,
    PointBoot,
    StoredReport,
)
from monitoring import histogram
from tests.integration.ingest.held import held
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


def seqs(session: Session):
    return list(session.exec(select(StoredReport.seq).order_by(col(StoredReport.seq))))


def test_a_report_is_stored_whole(series, store):
    committed = store.commit([arrival(3)])
    assert [a.report.seq for a in committed.new] == [3]
    with reading(series) as session:
        row = session.exec(select(StoredReport)).one()
        assert (row.point_id, row.seq, row.kind) == (P1, 3, "health")
        assert (row.at, row.measured_at, row.received_at) == (at(30), at(30), at(30.5))
        assert (row.cpu_ratio, row.gateway_rtt_ms, row.rtt_ms, row.media) == (0.25, 1.5, 23, "idle")
        assert (row.probes_sent, row.probes_received, row.clock_error_ms) == (3, 2, 2.5)
        boot = session.exec(select(PointBoot)).one()
        assert (boot.boot_key, boot.boot_id) == (row.boot_key, "ab" * 16)
        ports = session.exec(select(InterfaceSample).order_by(InterfaceSample.name)).all()
        assert [(p.name, p.has_carrier, p.rx_bps) for p in ports] == [
            ("eth0", True, 3000),
            ("wlan0", False, None),
        ]
        assert held(session, P1, OUTBOX).ranges == ((3, 3),)


def test_other_kinds_go_to_their_own_tables(series, store):
    bodies = [arrival(1, body=BANDWIDTH), arrival(2, body=INVENTORY), arrival(3, body=MEDIA)]
    store.commit(bodies)
    with reading(series) as session:
        assert session.exec(select(Bandwidth.available_bps)).one() == 8_000_000
        inventory = session.exec(select(Inventory)).one()
        assert '"hostname":"may-1"' in inventory.body
        media = session.exec(select(MediaSample)).one()
        assert (media.meeting_id, media.is_sending, media.heard_numbers) == ("m-1", True, "1 3")
        slots = session.exec(select(MediaSlot).order_by(MediaSlot.slot)).all()
        assert [(s.slot, s.frames, s.shown_number) for s in slots] == [
            ("speaker", 249, None),
            ("stage", 250, 1),
        ]
        kinds = session.exec(select(LatestReport.kind).order_by(LatestReport.kind)).all()
        assert kinds == ["bandwidth", "inventory", "media"]
        assert session.exec(select(func.count()).select_from(Health5Min)).one() == 0


def test_the_same_reports_again_change_nothing(series, store):
    batch = [arrival(seq) for seq in range(1, 41)]
    store.commit(batch)
    with reading(series) as session:
        before = [r.model_dump() for r in session.exec(select(Health5Min))]
    for again in (store, SeriesStore(series)):
        committed = again.commit([*batch, batch[0]])
        assert (committed.new, len(committed.duplicates)) == ([], 41)
    with reading(series) as session:
        assert [r.model_dump() for r in session.exec(select(Health5Min))] == before
        assert seqs(session) == list(range(1, 41))


def test_late_reports_land_in_their_own_minutes(series, store):
    store.commit([arrival(seq, received_at=at(4000)) for seq in (390, 391, 5, 4, 3)])
    with reading(series) as session:
        buckets = session.exec(select(Health5Min).order_by(Health5Min.begins_at)).all()
        assert [(b.begins_at, b.samples) for b in buckets] == [(T0, 3), (at(3900), 2)]
        first = buckets[0]
        assert (first.rtt_samples, first.rtt_sum_ms, first.rtt_min_ms) == (3, 72.0, 20.0)
        assert (first.probes_sent, first.probes_received) == (9, 6)
        assert (first.gateway_asked, first.gateway_answered) == (3, 2)
        hours = session.exec(select(Health1H).order_by(Health1H.begins_at)).all()
        assert [(h.begins_at, h.samples) for h in hours] == [(T0, 3), (at(3600), 2)]
        port = session.get(Interface5Min, (P1, T0, "wlan0"))
        assert (port.errors_min, port.errors_max, port.rx_samples) == (3, 5, 0)
        latest = session.exec(select(LatestReport)).one()
        assert latest.at == at(3910)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.booleans(), st.lists(st.integers(1, 40), min_size=1, max_size=12)),
        max_size=8,
    )
)
def test_in_any_order_and_any_batches_the_end_is_the_same(series, batches):
    point = uuid4().hex
    store = SeriesStore(series)
    for is_restarted, batch in batches:
        if is_restarted:
            store = SeriesStore(series)
        store.commit([arrival(seq, point=point) for seq in batch])
    wanted = {seq for _, batch in batches for seq in batch}
    with reading(series) as session:
        rows = session.exec(select(StoredReport.seq).where(StoredReport.point_id == point)).all()
        assert sorted(rows) == sorted(wanted)
        ranges = held(session, point, OUTBOX)
        assert {n for first, last in ranges.ranges for n in range(first, last + 1)} == wanted
        total = session.exec(
            select(func.sum(Health5Min.samples), func.sum(Health5Min.rtt_sum_ms)).where(
                Health5Min.point_id == point
            )
        ).one()
        assert total == ((len(wanted), sum(20.0 + n for n in wanted)) if wanted else (None, None))
        for table, width in ((Health5Min, 30), (Health1H, 360)):
            rows = session.exec(select(table).where(table.point_id == point)).all()
            assert {(r.begins_at - T0).total_seconds() / 10: r.rtt_histogram for r in rows} == {
                begin: spread_of(seq for seq in wanted if begin <= seq < begin + width)
                for begin in {seq - seq % width for seq in wanted}
            }


def spread_of(seqs):
    """Return the histogram of reports' two answers each, 20 and 30 ms: what nobody may lose."""
    count = len(list(seqs))
    return histogram.encoded({histogram.bin_of(20): count, histogram.bin_of(30): count})


def test_ranges_that_meet_become_one_row(series, store):
    for seq in (1, 3, 5, 2, 4):
        store.commit([arrival(seq)])
        store = SeriesStore(series)
    with reading(series) as session:
        rows = session.exec(select(HeldRange)).all()
        assert [(r.first_seq, r.last_seq) for r in rows] == [(1, 5)]


def test_points_and_outboxes_are_kept_apart(series, store):
    batch = [arrival(1), arrival(1, point=P2), arrival(1, outbox_id="outbox-0002")]
    assert len(store.commit(batch).new) == 3
    with reading(series) as session:
        assert len(seqs(session)) == 3


def test_a_report_the_database_refuses_costs_no_other_report_anything(series, store):
    good = arrival(2)
    bad = replace(good, report=msgspec.structs.replace(good.report, monotonic_ms=None))
    committed = store.commit([arrival(1), bad, arrival(3)])
    assert [a.report.seq for a in committed.new] == [1, 3]
    assert committed.refused == [bad]
    with reading(series) as session:
        assert seqs(session) == [1, 3]
        assert held(session, P1, OUTBOX).ranges == ((1, 3),)


def test_whatever_fails_in_a_report_is_that_report_s_alone(series, store):
    """A payload that is no text, as if the decoder had let it through."""
    body = BandwidthBody(sent=30, received=30, train_bytes=36000)
    bad = [replace(arrival(seq, point=P2, body=body), payload=b"\xe4") for seq in (4, 5)]
    good = [arrival(seq) for seq in range(1, 8)]
    committed = store.commit([*good[:3], bad[0], *good[3:], bad[1]])
    assert sorted(a.report.seq for a in committed.new) == [1, 2, 3, 4, 5, 6, 7]
    assert committed.refused == bad
    again = store.commit([bad[0], arrival(1)])
    assert (again.new, len(again.duplicates), again.refused) == ([], 2, ())
    with reading(series) as session:
        assert held(session, P1, OUTBOX).ranges == ((1, 7),)
        assert held(session, P2, OUTBOX).ranges == ((4, 5),)


def test_interfaces_of_one_name_are_one(series, store):
    twice = (
        InterfaceRate(name="eth0", has_carrier=False),
        InterfaceRate(name="eth0", has_carrier=True),
    )
    store.commit([arrival(1, body=health(1, interfaces=twice))])
    with reading(series) as session:
        assert session.exec(select(InterfaceSample.has_carrier)).all() == [True]


def test_what_is_held_is_read_back_at_the_start(series, store):
    store.commit([arrival(seq) for seq in (1, 2, 7)])
    again = SeriesStore(series)
    again.load(held_since=T0 - timedelta(days=31))
    (name,) = again.holdings.known
    assert again.holdings.held_of(name).ranges == ((1, 2), (7, 7))
    later = SeriesStore(series)
    later.load(held_since=T0 + timedelta(days=31))
    assert later.holdings.known == {}
