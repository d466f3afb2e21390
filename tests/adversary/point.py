"""A hostile point: the certificate and key of an enrolled machine, in other hands."""

import asyncio
import json
import secrets
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiomqtt

from contracts import codec
from contracts.reports import ClockState, HealthBody, HostSection, Report
from tests.adversary.act import Act
from tests.adversary.target import Target
from tests.adversary.viewer import watching
from tests.fakes.raw_peer import RawPeer
from tests.fakes.raw_publisher import RawPublisher

BOOT = "ef" * 16
LEAVES = ("report", "status", "applied")
FLOOD_BPS, PACKET_BYTES = 50e6, 1100
KEYFRAME = b"\x10\x10\x02\0\x9d\x01\x2a\x80\x02\x68\x01"
ACT_S = 5.0


@asynccontextmanager
async def session(target: Target, name: str | None = None) -> AsyncIterator[aiomqtt.Client]:
    """Be at the broker as the point, whose own agent is thrown off by it."""
    tls = ssl.create_default_context(cafile=str(target.ca_file))
    tls.load_cert_chain(target.point.certificate_file, target.point.key_file)
    async with aiomqtt.Client(
        target.address,
        target.ports["broker"],
        identifier=name or target.point.point_id,
        protocol=aiomqtt.ProtocolVersion.V5,
        tls_context=tls,
        timeout=5,
    ) as client:
        yield client


def _report(seq: int, *, outbox_id: str = "xx" * 16, **more: object) -> bytes:
    values: dict[str, Any] = {
        "outbox_id": outbox_id,
        "seq": seq,
        "measured_at": datetime.now(UTC),
        "boot_id": BOOT,
        "monotonic_ms": int(time.monotonic() * 1000),
        "clock": ClockState(source="ntp", error_ms=1.0),
        "body": HealthBody(host=HostSection(cpu_ratio=0.5)),
    }
    return codec.encode(Report(**(values | more)))


async def _send(target: Target, messages: Iterable[tuple[str, bytes, bool]]) -> str:
    """Send to the point's own topics, by leaf, each confirmed by the broker and perhaps retained.

    The point's own agent may take the session back in between.
    """
    waiting = deque(messages)
    count = len(waiting)
    while waiting:
        with suppress(aiomqtt.MqttError):
            async with session(target) as client:
                while waiting:
                    leaf, payload, retain = waiting[0]
                    topic = f"dc/point/{target.point.point_id}/{leaf}"
                    await client.publish(topic, payload, qos=1, retain=retain)
                    waiting.popleft()
    return f"{count} sent"


async def not_utf8(target: Target) -> str:
    """Send a report with a field that is no UTF-8, retained and not."""
    bad = _report(1)[:-1] + b',"\xe4isk_ratio":1}'
    sent = (("report", bad, True), ("report", bad, False), ("report", _report(2), False))
    return await _send(target, sent)


async def rubbish(target: Target) -> str:
    """Send 300 payloads that are nearly messages, to every topic that is the point's own."""
    sound, messages = _report(3), [("report", b"[" * 30_000, False)]
    for number in range(300):
        payload = bytearray(sound)
        for _ in range(1 + number % 4):
            payload[secrets.randbelow(len(payload))] = secrets.randbelow(256)
        messages.append((LEAVES[number % 3], bytes(payload), number % 7 == 0))
    return await _send(target, messages)


async def outboxes(target: Target) -> str:
    """Send 600 reports, each of an outbox and a boot of its own."""
    names = ((secrets.token_hex(16), secrets.token_hex(16)) for _ in range(600))
    reports = (_report(1, outbox_id=name, boot_id=boot) for name, boot in names)
    return await _send(target, (("report", report, False) for report in reports))


async def flood(target: Target) -> str:
    """Send reports as fast as the broker takes them."""
    topic, count = f"dc/point/{target.point.point_id}/report", 0
    end_s = time.monotonic() + ACT_S
    async with session(target) as client:
        while time.monotonic() < end_s:
            await client.publish(topic, _report(10 + count), qos=0)
            count += 1
            if count % 50 == 0:
                await asyncio.sleep(0.01)
    return f"{count} sent"


async def other_times(target: Target) -> str:
    """Send reports of 1970, 2038, 2199 and of seven hours from now, with clocks called right."""
    now = datetime.now(UTC)
    instants = (
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2038, 1, 20, tzinfo=UTC),
        datetime(2199, 12, 31, tzinfo=UTC),
        now + timedelta(hours=7),
        now - timedelta(hours=7),
    )
    altered = (
        json.loads(_report(1000 + number)) | {"measured_at": instant.isoformat()}
        for number, instant in enumerate(instants)
    )
    return await _send(target, (("report", json.dumps(one).encode(), False) for one in altered))


async def others_topics(target: Target) -> str:
    """Write others' topics, read everything, and come under another's name."""
    heard = 0
    with suppress(TimeoutError, aiomqtt.MqttError):
        async with session(target, "pt-ubnd-tinh") as client:
            await client.subscribe("#", qos=1)
            for topic in (
                "dc/point/pt-ubnd-tinh/status",
                "dc/point/pt-ubnd-tinh/report",
                "dc/relay/relay-1/state",
                "dc/point/pt-ubnd-tinh/desired/schedule",
            ):
                await client.publish(topic, b'{"is_online":false}', qos=1, retain=True)
            async with asyncio.timeout(3):
                async for message in client.messages:
                    heard += target.point.point_id not in message.topic.value
    assert heard == 0, f"{heard} messages of others were heard"
    return "nothing of others heard"


async def fight(target: Target) -> str:
    """Take the point's session ten times in ten seconds, as a cloned machine does."""
    taken = 0
    for _ in range(10):
        async with session(target) as client:
            await client.publish(f"dc/point/{target.point.point_id}/report", _report(1), qos=1)
            taken += 1
            await asyncio.sleep(1)
    return f"taken {taken} times"


async def large(target: Target) -> str:
    """Have 600 messages of 60 KiB wait at the broker, confirmed and retained, on every topic."""
    filled = _report(4)[:-1] + b',"filling":"' + b"x" * 60_000 + b'"}'
    return await _send(target, ((LEAVES[n % 3], filled, n % 2 == 0) for n in range(600)))


async def _publish(publisher: RawPublisher, bits_per_s: float) -> None:
    """Publish pictures of 20 packets until cancelled."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while True:
        due = int((loop.time() - began_s) * bits_per_s / 8 / PACKET_BYTES) - publisher.count
        for _ in range(min(due, 200)):
            begins = KEYFRAME if publisher.count % 20 == 0 else b""
            is_last = publisher.count % 20 == 19
            publisher.send_picture(begins.ljust(PACKET_BYTES, b"x"), is_last=is_last)
        await asyncio.sleep(0.002)


@asynccontextmanager
async def on_stage(
    target: Target, bits_per_s: float
) -> AsyncIterator[tuple[RawPublisher, RawPeer]]:
    """Publish on the stage of the point's own meeting, with somebody who watches."""
    async with RawPublisher.joined(target.own_address, target.as_point) as publisher:
        sending = asyncio.create_task(_publish(publisher, bits_per_s), name="publish")
        try:
            async with watching(target, target.own_meeting_id) as viewer:
                yield publisher, viewer
        finally:
            sending.cancel()


async def too_much_picture(target: Target) -> str:
    """Publish 50 Mbit/s on the stage, where some hundred kbit/s were answered."""
    async with on_stage(target, FLOOD_BPS) as (publisher, viewer):
        sent, seen = publisher.count, len(viewer.packets)
        await asyncio.sleep(ACT_S)
        sent, seen = publisher.count - sent, len(viewer.packets) - seen
    sent_mbps, seen_mbps = (n * PACKET_BYTES * 8 / ACT_S / 1e6 for n in (sent, seen))
    told = f"{sent_mbps:.0f} Mbit/s sent, {seen_mbps:.1f} seen by who watches"
    assert 0 < seen_mbps < 5, told
    return told


async def replays(target: Target) -> str:
    """Send every encrypted packet three times more, from the same address and from another."""
    async with on_stage(target, 1e6) as (publisher, viewer):
        other = publisher.new_socket()
        for _ in range(int(ACT_S / 0.1)):
            for datagram in publisher.sent:
                for socket in (publisher.socket, other, other):
                    socket.endpoint.send(datagram, publisher.address)
            await asyncio.sleep(0.1)
        numbers = [packet.sequence_number for packet in viewer.packets]
    assert len(numbers) == len(set(numbers)) > 20, "packets came twice"
    return f"{len(numbers)} packets seen, each once"


async def too_large_picture(target: Target) -> str:
    """Publish keyframes that say they are 15,500 pixels wide and high."""
    size = (15_500).to_bytes(2, "little")
    keyframe = b"\x10\x02\x00\x9d\x01\x2a" + size + size + secrets.token_bytes(900)
    async with RawPublisher.joined(target.own_address, target.as_point) as publisher:
        for _ in range(100):
            publisher.send_picture(keyframe, is_last=True)
            await asyncio.sleep(0.03)
    return "100 sent"


ACTS = (
    Act("point-not-utf8", not_utf8, ("diemcau_ingest_rejected_total",)),
    Act("point-rubbish", rubbish, ("diemcau_ingest_rejected_total",)),
    Act("point-outboxes", outboxes),
    Act("point-flood", flood),
    Act("point-other-times", other_times),
    Act("point-others-topics", others_topics),
    Act("point-fight", fight),
    Act("point-large", large),
    Act("point-replays", replays),
    Act("point-too-much-picture", too_much_picture),
    Act("point-too-large-picture", too_large_picture),
)
