"""From a point over a real broker to the database and back, ingest being its own process."""

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from contracts import codec, topics
from contracts.floor import FloorState
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from controller.db.engine import open_engine, reading
from controller.ingest.call_tables import CallMinute
from controller.ingest.tables import IngestSpan, PresenceInterval, StoredReport
from monitoring.judgement.presence import PresenceState
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.harness import (
    FakeRelay,
    IngestProcess,
    SimulatedPoint,
    Watcher,
    beating,
    connected,
    living,
    running,
    session_with_will,
)
from tests.integration.ingest.held import held
from tests.integration.ingest.reports import BANDWIDTH, INVENTORY, MEDIA, P1, P2, report
from tests.waiting import until


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'series.db'}"


def stored(url, point=P1):
    engine = open_engine(url)
    with reading(engine) as session:
        rows = session.exec(select(StoredReport.seq).where(StoredReport.point_id == point)).all()
    engine.dispose()
    return sorted(rows)


def intervals(url, point=None):
    engine = open_engine(url)
    with reading(engine) as session:
        query = select(PresenceInterval).order_by(
            col(PresenceInterval.point_id), col(PresenceInterval.began_at)
        )
        rows = [row for row in session.exec(query) if point in (None, row.point_id)]
    engine.dispose()
    return rows


def states(url, point=P1):
    return [row.state for row in intervals(url, point)]


async def test_every_kind_is_stored_acknowledged_and_told(tmp_path, broker, series_url):
    watcher, point = Watcher(broker), SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, series_url, [P1])) as ingest:
        await ingest.started()
        async with connected(watcher.bus, watcher.handle), living(point):
            await until(lambda: point.statements, 10, "the birth is answered")
            for body in (None, BANDWIDTH, INVENTORY, MEDIA):
                await point.report(body, at=datetime.now(UTC) - timedelta(seconds=30))
            await until(lambda: point.is_settled, 10, "all is acknowledged, as backlog soon")
            kinds = {notice.kind for _, notice in watcher.notices}
            await until(lambda: states(series_url) == ["up"], 10, "the point is up")
        assert kinds >= {"report", "bandwidth", "inventory", "media"}
        assert stored(series_url) == [1, 2, 3, 4]
        assert ingest.end() == 0


@pytest.mark.alone
async def test_a_live_report_is_told_within_300_ms(tmp_path, broker, series_url):
    watcher, point = Watcher(broker), SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, series_url, [P1])) as ingest:
        await ingest.started()
        async with connected(watcher.bus, watcher.handle), living(point):
            for _ in range(40):
                watcher.has_come.clear()
                await point.report()
                async with asyncio.timeout(5):
                    await watcher.has_come.wait()
    delays = sorted(came - notice.measured_at for came, notice in reports_of(watcher))
    assert len(delays) >= 40
    assert delays[int(len(delays) * 0.95)] <= timedelta(milliseconds=300)


def reports_of(watcher):
    return [(came, notice) for came, notice in watcher.notices if notice.kind == "report"]


async def test_bad_input_is_counted_and_costs_nobody_else_anything(tmp_path, broker, sqlite_url):
    stranger = PointId("khong-co")
    good, bad, unknown = (SimulatedPoint(broker, name) for name in (P1, P2, stranger))
    with running(IngestProcess(tmp_path / "centre", broker, sqlite_url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(good), living(bad), living(unknown):
            valid = codec.encode(report(1))
            for payload in (
                b"not json",
                b"\xff\xfe\x00",
                b"",
                valid.replace(b'"cpu_ratio":0.25', b'"cpu_ratio":NaN'),
                valid.replace(b'"cpu_ratio":0.25', b'"cpu_ratio":1e999'),
                valid.replace(b'"schema_version":1', b'"schema_version":7'),
                valid + b" " * (70 * 1024),
                valid.replace(b'"seq":1', b'"seq":-1'),
                b"[" * 10_000,
            ):
                await bad.bus.publish(topics.report(P2), payload)
                await bad.bus.publish(topics.point_status(P2), payload or b"{")
            await unknown.report()
            await good.report()
            await until(lambda: stored(sqlite_url, P1) == [1], 10, "the good report is there")
        assert stored(sqlite_url, P1) == [1]
        assert stored(sqlite_url, P2) == []
        assert stored(sqlite_url, stranger) == []
        assert ingest.is_running
        reasons = [(line["reason"], line["source"]) for line in ingest.events("message_rejected")]
        assert ("malformed", str(topics.report(P2).name)) in reasons
        assert ("unknown_point", "unknown points") in reasons
        assert len(reasons) <= 4


async def test_a_clock_a_day_ahead_is_placed_by_the_centre_and_keeps_its_own_time(
    tmp_path, broker, sqlite_url
):
    point = SimulatedPoint(broker, P1)
    point.started_at += timedelta(days=1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with running(IngestProcess(tmp_path / "centre", broker, sqlite_url, [P1])) as ingest:
        await ingest.started()
        async with living(point):
            await point.report(at=tomorrow)
            await until(lambda: stored(sqlite_url) == [1], 10, "it is stored")
            await until(lambda: states(sqlite_url) == ["up"], 10, "it is up")
    engine = open_engine(sqlite_url)
    with reading(engine) as session:
        row = session.exec(select(StoredReport)).one()
    engine.dispose()
    assert abs(row.measured_at - tomorrow) < timedelta(seconds=1)
    assert abs(row.at - row.received_at) < timedelta(seconds=1)


async def test_kill_9_loses_nothing_and_leaves_a_span_unknown(tmp_path, broker, series_url):
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, series_url, [P1])) as ingest:
        await ingest.started()
        async with living(point), beating([point]):
            await until(lambda: len(stored(series_url)) >= 5, 10, "reports are stored")
            await until(lambda: states(series_url) == ["up"], 10)
            ingest.end(signal.SIGKILL)
            measured = len(point.outbox)
            await until(lambda: len(point.outbox) > measured + 3, 10, "some while it is dead")
            await ingest.started()
            await until(lambda: states(series_url) == ["up", "unknown", "up"], 10)
            await until(lambda: len(stored(series_url)) > measured + 8, 10)
        await until(lambda: stored(series_url) == sorted(point.outbox), 10, "all are stored")
    first, blind, last = intervals(series_url, P1)[:3]
    assert (first.ended_at, blind.ended_at) == (blind.began_at, last.began_at)


async def test_silence_is_down_and_a_word_is_up(tmp_path, broker, series_url):
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, series_url, [P1])) as ingest:
        await ingest.started()
        async with living(point):
            last = await point.report()
            await until(lambda: states(series_url) == ["up", "down"], 10, "silence is down")
            await point.report()
            await until(lambda: states(series_url) == ["up", "down", "up"], 10, "it is back")
    down = intervals(series_url, P1)[1]
    assert abs(down.began_at - last.measured_at) < timedelta(seconds=1)
    assert down.noticed_at - down.began_at >= timedelta(seconds=3)


async def test_silent_reports_while_media_are_alive_at_a_relay_are_degraded(
    tmp_path, broker, sqlite_url
):
    point, relay = SimulatedPoint(broker, P1), FakeRelay(broker)
    now = datetime.now(UTC)
    attendee = Attendee(
        participant_kind=ParticipantKind.POINT,
        subject=P1,
        direction="publish",
        joined_at=now,
        is_connected=True,
        loss_ratio=0.04,
    )
    meeting = MeetingState(
        meeting_id="m-1", is_forwarding=True, floor=FloorState(epoch=1), attendees=(attendee,)
    )
    with running(IngestProcess(tmp_path / "centre", broker, sqlite_url, [P1])) as ingest:
        await ingest.started()
        async with living(point), connected(relay.bus, relay.handle):
            await point.report()
            await until(lambda: stored(sqlite_url) == [1], 10)
            await relay.say(RelayState(reported_at=now, meetings=(meeting,)))
            await until(lambda: states(sqlite_url) == ["up", "degraded"], 10, "it is degraded")
            await point.report()
            await until(lambda: states(sqlite_url)[-1] == "up", 10, "it is up again")
        assert ingest.end() == 0  # what waits is written
    engine = open_engine(sqlite_url)
    with reading(engine) as session:
        kept = session.exec(select(CallMinute)).first()
    engine.dispose()
    assert (kept.meeting_id, kept.subject, kept.up_loss_max) == ("m-1", P1, 0.04)


async def test_a_last_will_is_noticed_before_the_limit(tmp_path, broker, sqlite_url):
    point = SimulatedPoint(broker, P1)
    process = IngestProcess(tmp_path / "centre", broker, sqlite_url, [P1], silence_s=60)
    with running(process) as ingest:
        await ingest.started()
        with session_with_will(broker, P1) as session:
            for count in (1, 2):
                session.stdin.write(codec.encode(point.measure()) + b"\n")
                session.stdin.flush()
                await until(lambda: len(stored(sqlite_url)) == count, 10)  # noqa: B023
            await until(lambda: states(sqlite_url) == ["up"], 10)
            session.kill()
            await until(lambda: states(sqlite_url) == ["up", "down"], 15, "the will is noticed")


async def test_kill_9_of_the_broker_makes_no_point_down(tmp_path, broker, sqlite_url):
    names = [PointId(f"diem-{n}") for n in range(50)]
    points = [SimulatedPoint(broker, name) for name in names]
    process = IngestProcess(tmp_path / "centre", broker, sqlite_url, names, silence_s=6)
    with running(process) as ingest:
        await ingest.started()
        async with AsyncExitStack() as stack:
            for point in points:
                await stack.enter_async_context(living(point))
            await stack.enter_async_context(beating(points))
            await until(lambda: len(intervals(sqlite_url)) == 50, 20, "all 50 are up")
            broker.kill()
            await until(lambda: len(ingest.events("bus_disconnected")) > 0, 10)
            broker.start()
            await until(lambda: open_states(sqlite_url) == {"up": 50}, 10, "all back in 10 s")
            counted = sum(len(point.outbox) for point in points)
            await until(lambda: sum(len(point.outbox) for point in points) > counted + 400, 20)
        await until(lambda: all_stored(sqlite_url, points), 20, "nothing is lost")
    found = {row.state for row in intervals(sqlite_url)}
    assert found == {PresenceState.UP.value, PresenceState.UNKNOWN.value}


def open_states(url):
    engine = open_engine(url)
    with reading(engine) as session:
        rows = session.exec(
            select(PresenceInterval.state, func.count())
            .where(col(PresenceInterval.ended_at).is_(None))
            .group_by(PresenceInterval.state)
        ).all()
    engine.dispose()
    return dict(rows)


async def test_a_series_put_back_to_an_older_copy_gets_everything_again(
    tmp_path, broker, sqlite_url
):
    path = sqlite_url.removeprefix("sqlite:///")
    points = [SimulatedPoint(broker, P1), SimulatedPoint(broker, P2)]
    with running(IngestProcess(tmp_path / "centre", broker, sqlite_url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(points[0]), living(points[1]):
            for _ in range(30):
                for point in points:
                    await point.report()
            await until(lambda: all_stored(sqlite_url, points), 10)
            await run("sqlite3", path, f".backup {tmp_path / 'copy.db'}")
            for _ in range(60):
                for point in points:
                    await point.report()
            await until(lambda: all_stored(sqlite_url, points), 10)
            ingest.end(signal.SIGKILL)
            await run("sqlite3", path, f".restore {tmp_path / 'copy.db'}")
            assert stored(sqlite_url) == list(range(1, 31))
            for point in points:
                point.statements.clear()
            await ingest.started()
            await until(lambda: stored(sqlite_url) == list(range(1, 91)), 20, "the rest is back")
            await until(lambda: all_stored(sqlite_url, points), 10)
    engine = open_engine(sqlite_url)
    with reading(engine) as session:
        for point in points:
            assert stored(sqlite_url, point.name) == sorted(point.outbox)
            assert held(session, point.name, point.outbox_id).ranges == ((1, 90),)
        spans = session.exec(select(IngestSpan)).all()
    engine.dispose()
    assert len(spans) == 2


def all_stored(url, points):
    return all(stored(url, point.name) == sorted(point.outbox) for point in points)


async def run(*command):
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0
