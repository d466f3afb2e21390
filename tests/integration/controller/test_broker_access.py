"""The generated broker configuration against real clients that try what they may not."""

import asyncio
import ssl
from datetime import UTC, datetime

import msgspec
import pytest

from contracts import topics
from contracts.ids import PointId
from controller import broker_config
from controller.enrolment import pki
from runtime.bus import BusSettings
from runtime.errors import BusDisconnected
from runtime.tls import client_context
from tests.integration.controller.broker import GeneratedBroker, client, generated_broker
from tests.integration.controller.centre import Installation
from tests.waiting import until

SEEN = "dc/point/p-b/report"


async def connects(settings: BusSettings, broker: GeneratedBroker) -> bool:
    """Return whether the broker takes a client; False once it says why not."""
    before = len(broker.log)
    attempt = asyncio.create_task(first_session(settings))
    try:
        await until(
            lambda: attempt.done() or "OpenSSL Error" in broker.log[before:],
            what="the broker decides",
        )
        return attempt.done() and attempt.exception() is None
    finally:
        attempt.cancel()
        await asyncio.wait({attempt})


async def first_session(settings: BusSettings) -> None:
    """Return once connected."""
    async with client(settings):
        return


async def test_a_foreign_certificate_is_refused(installation: Installation) -> None:
    async with generated_broker(installation) as broker:
        foreign = pki.new_authority("Điểm Cầu", now=datetime.now(UTC))
        assert not await connects(broker.bus_settings("p-b", authority=foreign), broker)
        assert await connects(broker.bus_settings("p-b"), broker)


async def test_no_certificate_and_no_tls_are_refused(installation: Installation) -> None:
    async with generated_broker(installation) as broker:
        port = installation.settings.broker.port
        assert await _answer(port) == b""
        assert await _answer(port, client_context(installation.settings.pki_dir / "ca.crt")) == b""
        # The broker closes first and writes its log then.
        await until(lambda: "did not return a certificate" in broker.log, 5, "it says why")


async def _answer(port: int, context: ssl.SSLContext | None = None) -> bytes:
    """Return what comes back for a greeting; nothing where the broker hangs up."""
    name = "127.0.0.1" if context else None
    try:
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=context, server_hostname=name
            )
            writer.write(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03p-b")
            return await reader.read(64)
    except (ConnectionError, ssl.SSLError):
        return b""


async def test_a_point_writes_its_own_topics_only(installation: Installation) -> None:
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-ingest"), "dc/#") as ingest,
        client(broker.bus_settings("p-c")) as foreign,
        client(broker.bus_settings("p-b")) as own,
    ):
        forbidden = [
            SEEN,
            "dc/point/p-b/status",
            "dc/point/p-c/desired/schedule",
            "dc/point/p-c/live",
            "dc/point/p-c/held",
            "dc/relay/relay-1/event",
            "dc/relay/p-c/event",
            "dc/relay/relay-1/meeting/m1",
            "dc/centre/change",
            "elsewhere",
        ]
        for topic in forbidden:
            await foreign.publish(topic, b"forged")
            await foreign.publish(topic, b"forged", is_retained=True)
        await own.publish(SEEN, b"genuine")
        await foreign.publish("dc/point/p-c/report", b"genuine")
        await ingest.got(SEEN)
        await ingest.got("dc/point/p-c/report")
        assert [(r.topic, r.payload) for r in ingest.received] == [
            (SEEN, b"genuine"),
            ("dc/point/p-c/report", b"genuine"),
        ]


async def test_a_point_hears_its_own_documents_only(installation: Installation) -> None:
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-web")) as centre,
        client(broker.bus_settings("p-c"), "#", "dc/point/p-b/desired/+") as curious,
    ):
        for point in ("p-b", "p-c"):
            for leaf in ("desired/schedule", "live", "held"):
                await centre.publish(f"dc/point/{point}/{leaf}", b"x", is_retained=leaf != "held")
        await centre.publish("dc/relay/relay-1/meeting/m1", b"x", is_retained=True)
        await centre.publish("dc/point/p-c/live", b"last")
        await until(lambda: any(r.payload == b"last" for r in curious.received))
        async with client(broker.bus_settings("p-c"), "dc/#") as later:
            await later.got("dc/point/p-c/live")
            heard = {r.topic for r in (*curious.received, *later.received)}
        assert heard == {
            "dc/point/p-c/desired/schedule",
            "dc/point/p-c/live",
            "dc/point/p-c/held",
        }


async def test_a_stolen_client_id_does_not_throw_its_owner_off(
    installation: Installation,
) -> None:
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-ingest"), "dc/#") as ingest,
        client(broker.bus_settings("p-b")) as owner,
    ):
        async with client(broker.bus_settings("p-c", client_id="p-b")) as thief:
            await thief.publish("dc/point/p-c/report", b"as myself")
            await thief.publish(SEEN, b"as another")
            await ingest.got("dc/point/p-c/report")
            await owner.publish(SEEN, b"still here")
            assert (await ingest.got(SEEN)).payload == b"still here"
            assert owner.disconnections == 0
            assert "as another" not in str(ingest.received)


async def test_a_relay_writes_its_own_topics_and_reads_its_meetings(
    installation: Installation,
) -> None:
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-web"), "dc/#") as centre,
        client(broker.bus_settings("relay-1"), "dc/#") as relay,
    ):
        await relay.publish("dc/relay/relay-2/event", b"forged")
        await relay.publish("dc/relay/relay-1/meeting/m1", b"forged", is_retained=True)
        await relay.publish("dc/point/p-b/live", b"forged", is_retained=True)
        await relay.publish("dc/relay/relay-1/event", b"genuine")
        await centre.got("dc/relay/relay-1/event")
        assert [r.payload for r in centre.received] == [b"genuine"]
        await centre.publish("dc/relay/relay-1/meeting/m1", b"do", is_retained=True)
        assert (await relay.got("dc/relay/relay-1/meeting/m1")).payload == b"do"
        assert [r.topic for r in relay.received] == ["dc/relay/relay-1/meeting/m1"]


async def test_an_oversized_message_costs_its_sender_only(installation: Installation) -> None:
    async with (
        generated_broker(installation) as broker,
        client(broker.bus_settings("centre-ingest"), "dc/#") as ingest,
        client(broker.bus_settings("p-b")) as sender,
        client(broker.bus_settings("p-c")) as other,
    ):
        too_much = b"x" * (broker_config.MAX_MESSAGE_BYTES + 9_000)
        with pytest.raises(BusDisconnected):
            await sender.bus.publish(topics.report(PointId("p-b")), too_much, timeout_s=1)
        await other.publish("dc/point/p-c/report", b"fine")
        assert (await ingest.got("dc/point/p-c/report")).payload == b"fine"
        await until(lambda: sender.bus.is_connected, what="the sender is back")
        await sender.publish(SEEN, b"y" * 100_000)
        assert len((await ingest.got(SEEN)).payload) == 100_000
        assert other.disconnections == 0


async def test_nothing_is_dropped_for_a_session_that_is_away(
    installation: Installation,
) -> None:
    async with generated_broker(installation) as broker:
        settings = msgspec.structs.replace(
            broker.bus_settings("centre-ingest"), session_expiry_s=600
        )
        async with client(settings, "dc/point/+/report"):
            pass
        async with client(broker.bus_settings("p-b")) as sender:
            for number in range(1500):
                await sender.publish(SEEN, str(number).encode())
        async with client(settings, "dc/point/+/report") as back:
            await until(lambda: len(back.received) >= 1500, timeout_s=20)
            assert [int(r.payload) for r in back.received] == list(range(1500))


async def test_beyond_what_may_wait_for_a_session_the_newest_are_dropped_and_all_stay_connected(
    installation: Installation,
) -> None:
    async with generated_broker(installation, queued=50) as broker:
        ingest = msgspec.structs.replace(broker.bus_settings("centre-ingest"), session_expiry_s=600)
        async with client(ingest, SEEN):
            pass
        async with client(broker.bus_settings("p-b")) as point:
            for number in range(80):
                await point.publish(SEEN, b"%d" % number)
            await until(lambda: "dropped" in broker.log, what="the broker says so")
            async with client(ingest, SEEN) as again:
                await until(lambda: len(again.received) >= 50, what="what waited comes")
                await point.publish(SEEN, b"last")
                await until(lambda: again.received[-1].payload == b"last", what="the newest comes")
            told = [received.payload for received in again.received]
            assert told == [b"%d" % number for number in range(50)] + [b"last"]
            assert point.disconnections == 0
