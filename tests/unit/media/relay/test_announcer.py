"""Events that wait for a broker that is away."""

import asyncio
from datetime import UTC, datetime

from contracts.ids import MeetingId, RelayId
from contracts.relay import RelayEvent
from contracts.topics import Topic
from media.relay.announcer import MAX_WAITING, Announcer
from runtime.clock import Clock
from tests.waiting import until

MEETING = MeetingId("m-1")
BEYOND = 30


class Sink:
    """A bus that takes everything."""

    is_connected = True

    def __init__(self) -> None:
        self.taken: list[RelayEvent] = []

    async def publish(self, topic: Topic, message: object) -> None:
        if isinstance(message, RelayEvent):
            self.taken.append(message)


async def test_of_more_events_than_may_wait_the_oldest_are_dropped_and_counted() -> None:
    announcer, sink = Announcer(RelayId("relay-1"), Clock()), Sink()
    for number in range(MAX_WAITING + BEYOND):
        announcer.tell(MEETING, "joined", detail=str(number), happened_at=datetime.now(UTC))
    assert announcer.dropped_total == BEYOND
    await announcer.connected(sink)  # type: ignore[arg-type]  # all that it asks of a bus
    sending = asyncio.create_task(announcer.run_events(sink))  # type: ignore[arg-type]  # the same
    await until(lambda: len(sink.taken) == MAX_WAITING, what="what waited is sent")
    sending.cancel()
    assert [event.detail for event in sink.taken[:: MAX_WAITING - 1]] == [
        str(BEYOND), str(MAX_WAITING + BEYOND - 1)
    ]  # fmt: skip
    assert [event.seq for event in sink.taken] == list(range(BEYOND + 1, MAX_WAITING + BEYOND + 1))
