"""Event streams: order, resuming, a heartbeat, and what becomes of a client too slow."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from controller.web.live import QUEUE_LIMIT, RING_SIZE, STREAMS_PER_PERSON, Hub


async def next_of(stream: AsyncIterator[bytes]) -> str:
    """Return the next block of a stream; a stuck one fails the test."""
    async with asyncio.timeout(5):
        return (await anext(stream)).decode()


async def begun(
    hub: Hub, last_event_id: str | None = None, person: str = "chi"
) -> AsyncIterator[bytes]:
    """Return a stream that listens already."""
    stream = hub.stream(person, last_event_id, heartbeat_s=0.02)
    assert await next_of(stream) == "retry: 2000\n\n"
    return stream


def id_of(block: str) -> str:
    """Return the id of an event's block."""
    return block.split("\n")[0].removeprefix("id: ")


async def test_an_event_reaches_every_listener_with_an_id() -> None:
    hub = Hub()
    one, two = await begun(hub), await begun(hub)
    hub.publish("point", {"point_id": "xa-a", "name": "Xã A"})
    first, second = await next_of(one), await next_of(two)
    assert first == second
    assert first.endswith('-1\nevent: point\ndata: {"point_id": "xa-a", "name": "Xã A"}\n\n')


async def test_silence_is_filled_with_heartbeats() -> None:
    stream = await begun(Hub())
    assert await next_of(stream) == ": heartbeat\n\n"


async def test_a_client_that_comes_back_gets_what_it_missed() -> None:
    hub = Hub()
    stream = await begun(hub)
    hub.publish("meeting", {"n": 1})
    seen = id_of(await next_of(stream))
    hub.publish("meeting", {"n": 2})
    hub.publish("meeting", {"n": 3})
    again = await begun(hub, seen)
    assert [('"n": 2' in await next_of(again)), ('"n": 3' in await next_of(again))] == [True, True]


async def test_a_client_of_another_start_or_too_far_back_is_told_to_reload() -> None:
    hub = Hub()
    for number in range(RING_SIZE + 2):
        hub.publish("meeting", {"n": number})
    stream = await begun(hub, "deadbeef-1")
    assert "event: reload" in await next_of(stream)
    hub.publish("meeting", {})
    current = id_of(await next_of(stream)).partition("-")[0]
    too_old = await begun(hub, f"{current}-1")
    assert "event: reload" in await next_of(too_old)


@pytest.mark.parametrize("said", ["²", "9" * 5000, "", "-1", "3", "٣"])
async def test_an_id_that_this_start_never_gave_is_told_to_reload(said: str) -> None:
    hub = Hub()
    stream = await begun(hub)
    hub.publish("meeting", {})
    start = id_of(await next_of(stream)).partition("-")[0]
    assert "event: reload" in await next_of(await begun(hub, f"{start}-{said}"))


async def test_a_slow_client_is_dropped_and_costs_the_others_nothing() -> None:
    hub = Hub()
    slow, quick = await begun(hub), await begun(hub)
    for number in range(QUEUE_LIMIT + 1):
        hub.publish("point", {"n": number})
        assert f'"n": {number}}}' in await next_of(quick)
    assert (hub.dropped_total, hub.listeners) == (1, 1)
    received = [block async for block in slow]
    assert len(received) <= QUEUE_LIMIT


async def test_closing_ends_every_stream() -> None:
    hub = Hub()
    stream = await begun(hub)
    hub.close()
    async with asyncio.timeout(5):
        assert [block async for block in stream] == []
    assert hub.listeners == 0


async def test_one_person_cannot_hold_streams_without_end() -> None:
    hub = Hub()
    streams = [await begun(hub) for _ in range(STREAMS_PER_PERSON)]
    assert (hub.has_room_for("chi"), hub.has_room_for("anh")) == (False, True)
    assert [block async for block in hub.stream("chi", None)] == []
    await begun(hub, person="anh")
    hub.close()
    async with asyncio.timeout(5):
        for stream in streams:
            assert [block async for block in stream] == []
    assert hub.has_room_for("chi")
