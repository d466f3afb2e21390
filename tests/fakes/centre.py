"""The centre's side of the broker for one test: takes reports, says what it holds, declares."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts import codec, topics
from contracts.desired import Desired
from contracts.ids import PointId
from contracts.message import Message
from contracts.packed import MAX_PACK, apart, unpacked
from contracts.reports import Applied, Held, OutboxId, PointStatus, Report
from contracts.topics import PointTopic, Topic
from contracts.uplink import Beat
from runtime.bus import Bus, BusSettings, Received
from runtime.errors import BusDisconnected
from tests.fakes.mosquitto import Broker
from tests.waiting import until

Key = tuple[OutboxId, int]


def ranges_of(seqs: set[int]) -> tuple[tuple[int, int], ...]:
    """Return the inclusive ranges that make up a set of numbers."""
    found: list[tuple[int, int]] = []
    for seq in sorted(seqs):
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return tuple(found)


class FakeCentre:
    """What a point sees of the centre. `held` is its database: tests take from it at will."""

    def __init__(self, broker: Broker, *, acknowledge_every_s: float = 0.0) -> None:
        issued = broker.cert("centre-ingest")
        self.held: dict[PointId, dict[Key, Report]] = defaultdict(dict)
        self.received: dict[PointId, list[Report]] = defaultdict(list)
        self.beats: dict[PointId, list[Beat]] = defaultdict(list)
        self.statuses: list[PointStatus] = []
        self.applied: list[Applied] = []
        self._acknowledge_every_s = acknowledge_every_s
        self._said_at_s: dict[PointId, float] = {}
        self.bus = Bus(
            BusSettings(
                host=broker.host,
                port=broker.port,
                ca_file=broker.ca,
                cert_file=issued.certificate_file,
                key_file=issued.key_file,
                client_id="centre-ingest",
                session_expiry_s=3600,
            ),
            subscriptions=[
                (topics.all_of_points("report"), 1),
                (topics.all_of_points("beat"), 0),
                (topics.all_of_points("status"), 1),
                (topics.all_of_points("applied"), 1),
            ],
            on_connected=self._connected,
        )

    async def declare(self, topic: Topic, document: Desired | bytes) -> None:
        """Publish one desired document."""
        await self.bus.publish(topic, document)

    async def say_held(self, point: PointId, outbox_id: OutboxId | None = None) -> None:
        """Say what is held of every outbox of a point, and of one more."""
        outboxes = {key[0] for key in self.held[point]} | ({outbox_id} if outbox_id else set())
        for each in outboxes:
            seqs = {seq for found, seq in self.held[point] if found == each}
            await self._publish(
                topics.held(point),
                Held(outbox_id=each, ranges=ranges_of(seqs)[-256:], pack_limit=MAX_PACK),
            )

    async def _connected(self, _: Bus) -> None:
        for point in list(self.held):
            await self.say_held(point)

    async def handle(self, received: Received) -> None:
        """Take one message as the real ingest does."""
        topic = topics.parse(received.topic)
        assert isinstance(topic, PointTopic)
        if topic.leaf == "report":
            payload = unpacked(received.payload, most_bytes=Report.max_bytes)
            payloads = apart(payload)
            for one in payloads or [payload]:
                report = codec.decode(Report, one)
                self.received[topic.point_id].append(report)
                self.held[topic.point_id][(report.outbox_id, report.seq)] = report
            now_s = time.monotonic()
            # As ingest does, which says it seldom where volume is charged.
            seldom = 20 if payloads is None and payload is not received.payload else 1
            every_s = self._acknowledge_every_s * seldom
            if now_s - self._said_at_s.get(topic.point_id, 0.0) >= every_s:
                self._said_at_s[topic.point_id] = now_s
                await self.say_held(topic.point_id)
        elif topic.leaf == "beat":
            self.beats[topic.point_id].append(codec.decode(Beat, received.payload))
        elif topic.leaf == "status":
            status = codec.decode(PointStatus, received.payload)
            self.statuses.append(status)
            if status.is_online:
                await self.say_held(topic.point_id, status.outbox_id)
        else:
            self.applied.append(codec.decode(Applied, received.payload))

    async def _publish(self, topic: Topic, message: Message) -> None:
        try:
            await self.bus.publish(topic, message)
        except BusDisconnected:
            return  # said again on the next connection


@asynccontextmanager
async def running_centre(
    broker: Broker, *, acknowledge_every_s: float = 0.0
) -> AsyncIterator[FakeCentre]:
    """Run the centre's side until the block ends."""
    centre = FakeCentre(broker, acknowledge_every_s=acknowledge_every_s)
    task = asyncio.create_task(centre.bus.run(centre.handle), name="fake-centre")
    try:
        await until(lambda: centre.bus.is_connected, what="the centre connects")
        yield centre
    finally:
        task.cancel()
        await asyncio.wait({task})
