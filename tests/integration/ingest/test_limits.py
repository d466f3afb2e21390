"""What one point can make the centre keep ends somewhere, and costs the others nothing."""

from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from contracts import topics
from contracts.reports import InterfaceRate
from controller.db.engine import open_engine, reading
from controller.ingest import cause_rows, retention
from controller.ingest.arrivals import OutboxName
from controller.ingest.cause_tables import SessionWord
from controller.ingest.holdings import MAX_RANGES_KEPT
from controller.ingest.quotas import INTERFACES_AT_ONCE, OUTBOXES_AT_ONCE
from controller.ingest.store import SeriesStore
from controller.ingest.tables import (
    Bandwidth,
    HeldRange,
    IngestSpan,
    Interface1H,
    InterfaceSample,
    KnownOutbox,
    PointBoot,
    PresenceInterval,
    StoredReport,
)
from monitoring.judgement.outage_evidence import Word, WordKind
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.reports import BANDWIDTH, P1, P2, T0, arrival, health, report
from tests.integration.ingest.test_refusals import NOT_TEXT
from tests.waiting import until


@pytest.fixture
def store(series):
    return SeriesStore(series)


def count(engine, column, *where):
    with reading(engine) as session:
        return session.exec(select(func.count(col(column))).where(*where)).one()


def prune(store, steps):
    for step in steps:
        while store.run(step):
            pass


def test_numbers_with_holes_are_kept_as_so_many_ranges_and_the_highest_stay_exact(series, store):
    odd = [arrival(2 * number + 1) for number in range(MAX_RANGES_KEPT + 200)]
    for first in range(0, len(odd), 500):
        store.commit(odd[first : first + 500])
    assert count(series, HeldRange.first_seq) == MAX_RANGES_KEPT
    [holding] = store.holdings.known.values()
    assert holding.held.ranges[0] == (1, 401)
    assert holding.held.ranges[1:3] == ((403, 403), (405, 405))
    again = SeriesStore(series)
    again.load(T0 - timedelta(days=1))
    assert again.holdings.known == store.holdings.known


def test_interfaces_that_are_called_anew_each_time_are_not_rolled_up_for_ever(series, store):
    for seq in range(1, 9):
        names = [f"veth{seq}x{number}" for number in range(64)]
        rates = tuple(InterfaceRate(name=name, has_carrier=True) for name in names)
        store.commit([arrival(seq, body=health(seq, interfaces=rates))])
    store.commit([arrival(1, point=P2)])
    assert count(series, InterfaceSample.name) == 8 * 64 + 2
    of_p1 = count(series, Interface1H.name, Interface1H.point_id == P1)
    assert INTERFACES_AT_ONCE <= of_p1 < INTERFACES_AT_ONCE + 4
    assert count(series, Interface1H.name, Interface1H.point_id == P2) == 2


def test_outboxes_not_heard_of_for_a_year_leave_and_so_do_too_many(series, store):
    def heard(number, ago, point=P1):
        name = f"outbox-{number:04d}"
        store.commit([arrival(1, point=point, outbox_id=name, received_at=T0 - ago)])
        return OutboxName(point, name)

    old = heard(1, timedelta(days=366), P2)
    kept = [heard(2, timedelta(days=364), P2)]
    too_many = [heard(100 + n, timedelta(days=40 - n)) for n in range(4)]
    kept += [heard(200 + n, timedelta(days=20 - n)) for n in range(16)]
    keys = store.run(retention.forgotten_outboxes(T0))
    assert len(keys) == 1 + len(too_many)
    for key in keys:
        prune(store, [retention.emptying(key)])
        store.forget_outbox(key)
    assert set(store.holdings.known) == set(kept)
    assert not {old, *too_many} & set(store.holdings.known)
    for column in (KnownOutbox.outbox_key, HeldRange.outbox_key, StoredReport.outbox_key):
        assert count(series, column) == len(kept)
    assert store.run(retention.forgotten_outboxes(T0)) == []


def test_of_what_a_point_decides_the_number_of_the_newest_stay(series, store, monkeypatch):
    for name in ("MAX_BOOTS", "MAX_BODIES", "MAX_INTERVALS", "MAX_SPANS", "MAX_FLIPS"):
        monkeypatch.setattr(retention, name, 3)
    for point in (P1, P2):
        store.commit(
            [
                arrival(seq, point=point, body=BANDWIDTH, boot_id=f"{seq:032x}")
                for seq in range(1, 6 if point == P1 else 3)
            ]
        )
    words = [(P1, Word(WordKind.BIRTH, T0)) for _ in range(5)]
    store.run(lambda connection: cause_rows.write_words(connection, words))
    for seconds in range(5):
        store.begin_span(T0 + timedelta(seconds=seconds))
    prune(store, retention.excess_steps(store.run(retention.points)))
    for model, key in ((PointBoot, PointBoot.boot_key), (Bandwidth, Bandwidth.seq)):
        assert count(series, key, model.point_id == P1) == 3
        assert count(series, key, model.point_id == P2) == 2
    with reading(series) as session:
        assert set(session.exec(select(Bandwidth.seq).where(Bandwidth.point_id == P1))) == {3, 4, 5}
    assert count(series, IngestSpan.span_id) == 3
    assert count(series, SessionWord.word_id) == 3
    assert count(series, PresenceInterval.interval_id) == 0


async def test_a_point_that_makes_up_outboxes_costs_the_others_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    with start_mosquitto(tmp_path) as broker:
        hostile, honest = SimulatedPoint(broker, P1), SimulatedPoint(broker, P2)
        with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
            await ingest.started()
            async with living(hostile), living(honest):
                for number in range(3 * OUTBOXES_AT_ONCE):
                    one = report(1, outbox_id=f"outbox-{number:06d}")
                    await hostile.bus.publish(topics.report(P1), one)
                for number in range(15):  # whose numbers would be held, though nothing is read
                    unread = NOT_TEXT.replace(b"outbox-0001", b"unread-%04d" % number)
                    await hostile.bus.publish(topics.report(P1), unread)
                for _ in range(20):
                    await honest.report()
                await until(lambda: honest.is_settled, 40, "the honest one is told")
            assert ingest.events("message_rejected")[0]["reason"] == "too_many"
    engine = open_engine(url)
    # One more is the outbox of its birth.
    assert count(engine, KnownOutbox.outbox_key, KnownOutbox.point_id == P1) in range(
        OUTBOXES_AT_ONCE - 2, OUTBOXES_AT_ONCE + 1
    )
    assert count(engine, StoredReport.seq, StoredReport.point_id == P2) == 20
    engine.dispose()
