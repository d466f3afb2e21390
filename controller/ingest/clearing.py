"""Has the broker forget reports that it keeps for latecomers: points never retain any."""

import asyncio

from contracts import topics
from contracts.ids import PointId
from runtime.bus import Bus
from runtime.errors import BusDisconnected

TICK_S = 0.5


async def keep_clearing(bus: Bus, to_clear: set[PointId]) -> None:
    """Clear for ever what is put into the set."""
    while True:
        await asyncio.sleep(TICK_S)
        while to_clear and bus.is_connected:
            point_id = next(iter(to_clear))
            try:
                await bus.clear_retained(topics.report(point_id))
            except BusDisconnected:
                break
            to_clear.discard(point_id)
