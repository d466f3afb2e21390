"""One message that cannot be handled: the others go on, it is kept for people, and never again."""

import subprocess

import msgspec
import pytest
from sqlmodel import select

from contracts import codec, topics
from contracts.packed import MAX_PACK, together
from contracts.reports import Held
from controller.db.engine import open_engine, reading
from controller.ingest.cause_tables import OutageVerdict
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.backlog import stored_count
from tests.integration.ingest.harness import IngestProcess, SimulatedPoint, living, running
from tests.integration.ingest.held import held
from tests.integration.ingest.reports import OUTBOX, P1, P2
from tests.waiting import until

NOT_TEXT = (
    b'{"schema_version":1,"outbox_id":"outbox-0001","seq":7,"measured_at":"2026-11-26T00:00:00Z",'
    b'"boot_id":"0123456789abcdef0123456789abcdef","monotonic_ms":1,"clock":{"source":"ntp"},'
    b'"body":{"kind":"health","\xe4isk_ratio":0.5}}'
)
NEWER = NOT_TEXT.replace(b'version":1', b'version":9').replace(b'"seq":7', b'"seq":8')


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as broker:
        yield broker


def publish(broker, payload, *more):
    """Publish as P1, with a program that checks nothing."""
    issued = broker.cert(P1)
    subprocess.run(
        [
            "mosquitto_pub", "-h", broker.host, "-p", str(broker.port), "-V", "5", "-i", P1,
            "--cafile", str(broker.ca), "--cert", str(issued.certificate_file),
            "--key", str(issued.key_file), "-q", "1", "-t", topics.report(P1).name, "-s", *more,
        ],
        input=payload, check=True,
    )  # fmt: skip


def held_of(url, name):
    engine = open_engine(url)
    with reading(engine) as session:
        ranges = held(session, name, OUTBOX).ranges
    engine.dispose()
    return ranges


def retained(broker):
    """Return what the broker keeps of P1's reports."""
    issued = broker.cert("centre-web")
    heard = subprocess.run(
        [
            "mosquitto_sub", "-h", broker.host, "-p", str(broker.port), "-V", "5",
            "--cafile", str(broker.ca), "--cert", str(issued.certificate_file),
            "--key", str(issued.key_file), "-t", topics.report(P1).name, "-W", "1",
        ],
        capture_output=True, check=False,
    )  # fmt: skip
    return heard.stdout


async def test_what_cannot_be_handled_stops_nobody_and_is_not_asked_for_again(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    honest = SimulatedPoint(broker, P2)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        process = ingest.pid
        async with living(honest):
            for payload in (NOT_TEXT, NEWER, b"\xff"):
                publish(broker, payload)
            await until(lambda: held_of(url, P1) == ((7, 8),), 10, "their numbers are held")
            for _ in range(3):
                await honest.report()
            await until(lambda: held_of(url, P2) == ((1, 3),), 10, "the others' are stored")
            await until(lambda: honest.is_settled, 40, "and acknowledged")
        assert ingest.pid == process
        assert ingest.is_running
        aside = list((ingest.folder / "set-aside" / "ingest").iterdir())
        assert sorted(path.read_bytes().split(b"\n", 1)[1] for path in aside) == sorted(
            [NOT_TEXT, NEWER, b"\xff"]
        )


async def test_a_retained_report_is_no_report_and_is_taken_from_the_broker(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    publish(broker, NOT_TEXT, "-r")
    assert retained(broker).strip() == NOT_TEXT
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        await until(lambda: retained(broker) == b"", 20, "the broker has forgotten it")
        rejected = [event["reason"] for event in ingest.events("message_rejected")]
        assert rejected == ["retained"]
        assert held_of(url, P1) == ()
        assert ingest.is_running


async def test_a_point_hears_that_its_refused_report_is_held(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(point):
            await point.report()
            await point.bus.publish(topics.report(P1), NOT_TEXT)
            told = Held(outbox_id=OUTBOX, ranges=((1, 1), (7, 7)), pack_limit=MAX_PACK)
            await until(lambda: told in point.statements, 40, "it is told")
        assert ingest.is_running


async def test_what_is_wrong_within_a_pack_costs_the_others_in_it_nothing(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(point):
            good = [codec.encode(point.measure()) for _ in range(3)]
            of_no_number = b'{"seq":"seven"}'
            pack = together([good[0], NOT_TEXT, of_no_number, good[1], b"[]", NEWER, good[2]])
            for payload in (pack, together([]), together([b"{}"] * (MAX_PACK + 1))):
                await point.bus.publish(topics.report(P1), payload)
            whole = Held(outbox_id=OUTBOX, ranges=((1, 3), (7, 8)), pack_limit=MAX_PACK)
            await until(lambda: whole in point.statements, 20, "it is told of all that can be held")
            told = len(point.statements)
            await point.bus.publish(topics.report(P1), pack)
            await until(lambda: len(point.statements) > told, 40, "it is told again")
        assert stored_count(url) == 3
        assert len(ingest.events("failed")) == 0
        assert ingest.is_running


async def test_a_clock_of_a_quarter_of_a_million_years_fails_nothing(tmp_path, broker):
    url = f"sqlite:///{tmp_path / 'series.db'}"
    point = SimulatedPoint(broker, P1)
    with running(IngestProcess(tmp_path / "centre", broker, url, [P1, P2])) as ingest:
        await ingest.started()
        async with living(point):
            good = [point.measure() for _ in range(3)]
            old = msgspec.structs.replace(good[1], monotonic_ms=2**53)
            pack = together([codec.encode(one) for one in (good[0], old, good[2])])
            await point.bus.publish(topics.report(P1), pack)
            await until(lambda: stored_count(url) == 3, 20, "all three are stored")
        await until(lambda: verdicts(url), 30, "its outage is judged")
        assert ingest.events("failed") == []


def verdicts(url):
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(select(OutageVerdict)).all()
    engine.dispose()
    return found
