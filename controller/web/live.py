"""Server-sent events: what happens, to every page that listens.

Each client has a queue of bounded size. One that does not keep up is dropped whole:
its stream ends, the browser connects again and says the last id it saw, and gets
what it missed from the ring; where the ring no longer reaches that far it is told
to `reload`.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass

from contracts import numbers
from contracts.errors import MalformedNumber

QUEUE_LIMIT = 256
RING_SIZE = 2048
HEARTBEAT_S = 15.0
# A browser opens one for all of its tabs, or six at most.
STREAMS_PER_PERSON = 24

Data = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event; `number` rises by one within a start of the process."""

    number: int
    kind: str
    data: Data


class PageListener:
    """One client's queue."""

    def __init__(self, person: str, concerns: Callable[[LiveEvent], bool]) -> None:
        self.person = person
        self._concerns = concerns
        self.queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(QUEUE_LIMIT)
        self.is_dropped = False

    def offer(self, event: LiveEvent | None) -> bool:
        """Queue an event that concerns the client; False: it is too slow and is dropped."""
        try:
            if event is None or self._concerns(event):
                self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.is_dropped = True
        return not self.is_dropped


class Hub:
    """Gives each event to all listeners. For use within one event loop."""

    def __init__(self) -> None:
        self._start = secrets.token_hex(4)
        self._ring: deque[LiveEvent] = deque(maxlen=RING_SIZE)
        self._listeners: set[PageListener] = set()
        self._number = 0
        self._is_closed = False
        self.dropped_total = 0

    @property
    def listeners(self) -> int:
        """How many clients listen now."""
        return len(self._listeners)

    def is_heard_by(self, person: str) -> bool:
        """Whether somebody listens now."""
        return any(one.person == person for one in self._listeners)

    def has_room_for(self, person: str) -> bool:
        """Whether a person may open one more stream."""
        return sum(one.person == person for one in self._listeners) < STREAMS_PER_PERSON

    def publish(self, kind: str, data: Data) -> None:
        """Give an event to everyone; slow clients are dropped."""
        self._number += 1
        event = LiveEvent(self._number, kind, data)
        self._ring.append(event)
        for listener in [one for one in self._listeners if not one.offer(event)]:
            self._listeners.discard(listener)
            self.dropped_total += 1

    def close(self) -> None:
        """End every stream; pages connect again to whoever comes next."""
        self._is_closed = True
        for listener in self._listeners:
            if not listener.offer(None):
                listener.is_dropped = True

    async def stream(
        self,
        person: str,
        last_event_id: str | None,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        concerns: Callable[[LiveEvent], bool] = lambda event: True,
    ) -> AsyncGenerator[bytes, None]:
        """Yield text/event-stream from now on, or from what the client saw last.

        It ends at once where several came at the same moment and only some have room.

        Args:
            concerns: whether an event is for this client at all.
        """
        if not self.has_room_for(person):
            return
        listener = PageListener(person, concerns)
        missed = self._missed(last_event_id)
        self._listeners.add(listener)
        try:
            yield b"retry: 2000\n\n"
            for event in filter(concerns, missed):
                yield self._encoded(event)
            while not (listener.is_dropped or self._is_closed):
                try:
                    async with asyncio.timeout(heartbeat_s):
                        queued = await listener.queue.get()
                except TimeoutError:
                    yield b": heartbeat\n\n"
                    continue
                if queued is None:
                    return
                yield self._encoded(queued)
        finally:
            self._listeners.discard(listener)

    def _missed(self, last_event_id: str | None) -> list[LiveEvent]:
        if not last_event_id:
            return []
        start, _, said = last_event_id.partition("-")
        oldest = self._ring[0].number if self._ring else self._number + 1
        try:
            number = numbers.whole(said, least=oldest - 1, most=self._number)
        except MalformedNumber:
            number = None
        if start != self._start or number is None:
            return [LiveEvent(self._number, "reload", {})]
        return [event for event in self._ring if event.number > number]

    def _encoded(self, event: LiveEvent) -> bytes:
        data = json.dumps(dict(event.data), ensure_ascii=False)
        return f"id: {self._start}-{event.number}\nevent: {event.kind}\ndata: {data}\n\n".encode()
