"""The session with a real broker: it comes back, it says what was not sent, it ends when asked."""

import asyncio

import msgspec
import pytest

from contracts import codec, topics
from contracts.ids import PointId
from contracts.reports import PointStatus
from runtime.bus import Bus, BusSettings, Received, Will
from runtime.errors import BusDisconnected
from tests.fakes.mosquitto import Broker, start_mosquitto
from tests.waiting import until

P1 = PointId("p1")
STATUS = topics.point_status(P1)
ONLINE, OFFLINE = PointStatus(is_online=True), PointStatus(is_online=False)
END_LIMIT_S = 30.0


@pytest.fixture
def broker(tmp_path):
    with start_mosquitto(tmp_path) as running:
        yield running


def settings(broker: Broker, name: str) -> BusSettings:
    issued = broker.cert(name)
    return BusSettings(
        host=broker.host,
        port=broker.port,
        ca_file=broker.ca,
        cert_file=issued.certificate_file,
        key_file=issued.key_file,
        connect_timeout_s=2.0,
    )


class Centre:
    """Hears every status."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[Received] = []
        self.bus = Bus(
            settings(broker, "centre-ingest"), subscriptions=[(topics.all_of_points("status"), 1)]
        )

    async def handle(self, received: Received) -> None:
        self.heard.append(received)

    def last(self) -> PointStatus | None:
        return codec.decode(PointStatus, self.heard[-1].payload) if self.heard else None


async def ended(task: "asyncio.Task[None]") -> bool:
    """Cancel once, as a task group does, and return whether that was enough."""
    task.cancel()
    await asyncio.wait({task}, timeout=END_LIMIT_S)
    return task.cancelled()


async def test_it_comes_back_after_the_broker_was_killed_and_its_will_is_told(broker):
    centre = Centre(broker)
    point = Bus(settings(broker, "p1"), will=Will(STATUS, OFFLINE))
    tasks = [
        asyncio.create_task(centre.bus.run(centre.handle)),
        asyncio.create_task(point.run(centre.handle)),
    ]
    await until(lambda: centre.bus.is_connected and point.is_connected)
    await point.publish(STATUS, ONLINE)
    await until(lambda: centre.last() == ONLINE)
    assert point.stood_at() == (broker.host,)

    broker.kill()
    await until(lambda: not point.is_connected)
    assert point.stood_at() == (broker.host,)
    with pytest.raises(BusDisconnected):
        await point.publish(STATUS, ONLINE)
    broker.start()
    await until(lambda: centre.bus.is_connected and point.is_connected, 15)
    await point.publish(STATUS, ONLINE)
    await until(lambda: centre.last() == ONLINE)

    assert await ended(tasks[1])
    assert await ended(tasks[0])
    assert not point.is_connected


async def test_what_was_under_way_when_the_broker_died_is_given_back_at_once(broker):
    point = Bus(settings(broker, "p1"))
    running = asyncio.create_task(point.run(Centre(broker).handle))
    await until(lambda: point.is_connected)
    broker.freeze()
    publishing = asyncio.create_task(point.publish(STATUS, ONLINE, timeout_s=60))
    await asyncio.wait({publishing}, timeout=0.2)
    assert not publishing.done()
    broker.kill()
    await asyncio.wait({publishing}, timeout=5)
    assert isinstance(publishing.exception(), BusDisconnected)
    assert await ended(running)


async def test_one_cancellation_ends_it_although_the_broker_answers_no_more(broker):
    centre = Centre(broker)
    task = asyncio.create_task(centre.bus.run(centre.handle))
    await until(lambda: centre.bus.is_connected)
    broker.freeze()
    try:
        assert await ended(task)
    finally:
        broker.thaw()


async def test_what_does_not_fit_into_the_queue_waits_at_the_broker(broker):
    limited = msgspec.structs.replace(settings(broker, "centre-ingest"), queue_limit=4)
    centre = Bus(limited, subscriptions=[(topics.all_of_points("status"), 1)])
    point = Bus(settings(broker, "p1"))
    is_open, handled = asyncio.Event(), []

    async def handle(received: Received) -> None:
        await is_open.wait()
        handled.append(received)

    tasks = [asyncio.create_task(bus.run(handle)) for bus in (centre, point)]
    await until(lambda: centre.is_connected and point.is_connected)
    for _ in range(200):
        await point.publish(STATUS, ONLINE)
    is_open.set()
    await until(lambda: len(handled) == 200)
    for task in tasks:
        assert await ended(task)


class ByHand:
    """A session of the centre's that confirms what it is told to."""

    def __init__(self, broker: Broker, queue_limit: int = 10) -> None:
        kept = msgspec.structs.replace(
            settings(broker, "centre-ingest"), session_expiry_s=600, queue_limit=queue_limit
        )
        self.heard: list[Received] = []
        self.connects = 0
        self.bus = Bus(
            kept,
            subscriptions=[(topics.all_of_points("status"), 1)],
            on_connected=self._connected,
            confirms_by_hand=True,
        )

    async def _connected(self, _: Bus) -> None:
        self.connects += 1

    async def handle(self, received: Received) -> None:
        self.heard.append(received)

    @property
    def versions(self) -> list[str]:
        """What came in, in order."""
        return [codec.decode(PointStatus, one.payload).agent_version for one in self.heard]


def numbered(number: int) -> PointStatus:
    return PointStatus(is_online=True, agent_version=str(number))


async def test_what_is_not_confirmed_comes_again_and_what_is_does_not(broker):
    point = Bus(settings(broker, "p1"))
    sending = asyncio.create_task(point.run(Centre(broker).handle))
    first = ByHand(broker)
    running = asyncio.create_task(first.bus.run(first.handle))
    await until(lambda: first.bus.is_connected and point.is_connected)
    for number in range(25):
        await point.publish(STATUS, numbered(number))
    await until(lambda: len(first.heard) == 10)
    for received in reversed(first.heard[2:5]):
        received.confirm()  # nothing is confirmed before what came before it
    first.heard[0].confirm()
    await until(lambda: len(first.heard) == 11)
    assert await ended(running)

    second = ByHand(broker)
    running = asyncio.create_task(second.bus.run(second.handle))
    await until(lambda: len(second.heard) >= 10)
    for received in first.heard:
        received.confirm()  # of no effect: that connection is gone
    for number in range(24):
        await until(lambda number=number: len(second.heard) > number)
        assert len(second.heard) - number <= 11
        second.heard[number].confirm()
    # Once at least: Mosquitto 2.0.11 sends the last one of a known session twice.
    assert list(dict.fromkeys(second.versions)) == [str(number) for number in range(1, 25)]
    assert await ended(running)
    assert await ended(sending)


async def test_a_handler_s_failure_is_its_message_s_own(broker):
    centre, point = ByHand(broker), Bus(settings(broker, "p1"))

    async def handle(received: Received) -> None:
        await centre.handle(received)
        if len(centre.heard) < 30:
            raise ValueError("a fault of ours")
        received.confirm()

    tasks = [
        asyncio.create_task(centre.bus.run(handle)),
        asyncio.create_task(point.run(Centre(broker).handle)),
    ]
    await until(lambda: centre.bus.is_connected and point.is_connected)
    for number in range(40):
        await point.publish(STATUS, numbered(number))
    await until(lambda: len(centre.heard) == 40)
    assert centre.connects == 1
    for task in tasks:
        assert await ended(task)


def cancel_after(turns: int, task: "asyncio.Task[None]", outcome: list[bool]) -> None:
    """Cancel a task some turns of the loop from now; note whether it was still under way."""
    if turns:
        asyncio.get_running_loop().call_soon(cancel_after, turns - 1, task, outcome)
    else:
        outcome.append(task.cancel())


async def test_a_cancellation_that_comes_with_the_confirmation_is_not_lost(broker):
    """Without care asyncio.wait_for of Python 3.11 returns the result and drops it."""
    point = Bus(settings(broker, "p1"))
    running = asyncio.create_task(point.run(Centre(broker).handle))
    await until(lambda: point.is_connected)
    lost = []
    for turns in range(0, 400, 3):
        for _ in range(6):
            outcome: list[bool] = []
            publishing = asyncio.create_task(point.publish(STATUS, ONLINE))
            cancel_after(turns, publishing, outcome)
            await asyncio.wait({publishing}, timeout=END_LIMIT_S)
            await until(lambda outcome=outcome: outcome)
            if outcome[0] and not publishing.cancelled():
                lost.append(turns)
    assert lost == []
    assert await ended(running)
