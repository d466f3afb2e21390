"""A line between a point and the centre's UDP port: a rate, a delay and a seeded loss.

The narrowest hop is a queue that lets one packet out after another at the rate; then
each travels for the delay. Both directions have a queue of their own. Whoever asks has an end
of their own beyond it, as behind a router: an answer goes back to who asked and not to who
spoke last.
"""

import heapq
import random
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

IP_AND_UDP_BYTES = 28
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the line is like; the rate counts IP and UDP headers."""

    rate_bps: float = 1e9
    delay_s: float = 0.0
    loss_ratio: float = 0.0


class _Direction:
    """What waits goes on from one end of the line to an address there."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self._shape = shape
        self._chance = random.Random(seed)
        self._free_at_s = 0.0
        self._order = 0
        self.waiting: list[tuple[float, int, bytes, Address]] = []
        self.dropped = 0

    def put(self, datagram: bytes, asker: Address, now_s: float) -> None:
        if self._chance.random() < self._shape.loss_ratio:
            self.dropped += 1
            return
        bits = (len(datagram) + IP_AND_UDP_BYTES) * 8
        self._free_at_s = max(now_s, self._free_at_s) + bits / self._shape.rate_bps
        self._order += 1
        out_s = self._free_at_s + self._shape.delay_s
        heapq.heappush(self.waiting, (out_s, self._order, datagram, asker))

    def due(self, now_s: float) -> list[tuple[bytes, Address]]:
        found = []
        while self.waiting and self.waiting[0][0] <= now_s:
            found.append(heapq.heappop(self.waiting)[2:])
        return found


class Line:
    """Serves whoever asks, on `port`."""

    def __init__(self, target: Address, up: Shape, down: Shape, *, seed: int) -> None:
        self._target = target
        self._near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._near.setblocking(False)
        self._near.bind(("127.0.0.1", 0))
        self._far: dict[Address, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._near, selectors.EVENT_READ)
        self._up, self._down = _Direction(up, seed), _Direction(down, seed + 1)
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="line", daemon=True)
        self.port = int(self._near.getsockname()[1])

    @property
    def dropped_total(self) -> int:
        """How many packets were lost, both ways together."""
        return self._up.dropped + self._down.dropped

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def stop(self) -> None:
        """End, and close both ends."""
        self._is_ending.set()
        self._thread.join(timeout=5)
        self._selector.close()
        for end in (self._near, *self._far.values()):
            end.close()

    def _carry(self) -> None:
        while not self._is_ending.is_set():
            # Whole milliseconds are what a selector can wait; the rest is spun away.
            wait_s = self._until_next_s()
            self._selector.select(0 if wait_s < 0.002 else wait_s - 0.001)
            self._take_in()
            self._let_out()

    def _until_next_s(self) -> float:
        next_s = min((d.waiting[0][0] for d in (self._up, self._down) if d.waiting), default=None)
        return 0.05 if next_s is None else max(0.0, next_s - time.monotonic())

    def _take_in(self) -> None:
        for datagram, asker in _waiting_at(self._near):
            if asker not in self._far:
                self._far[asker] = self._far_end()
            self._up.put(datagram, asker, time.monotonic())
        for asker, end in self._far.items():
            for datagram, _ in _waiting_at(end):
                self._down.put(datagram, asker, time.monotonic())

    def _far_end(self) -> socket.socket:
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end.setblocking(False)
        end.connect(self._target)
        self._selector.register(end, selectors.EVENT_READ)
        return end

    def _let_out(self) -> None:
        now_s = time.monotonic()
        for datagram, asker in self._up.due(now_s):
            self._far[asker].send(datagram)
        for datagram, asker in self._down.due(now_s):
            self._near.sendto(datagram, asker)


def _waiting_at(end: socket.socket) -> Iterator[tuple[bytes, Address]]:
    while True:
        try:
            yield end.recvfrom(2048)
        except OSError:
            return


@contextmanager
def a_line(
    host: str, port: int, shape: Shape, down: Shape | None = None, *, seed: int = 1
) -> Iterator[Line]:
    """Carry packets to an address until the block ends; `down` where the ways differ."""
    line = Line((host, port), shape, down or shape, seed=seed)
    line.start()
    try:
        yield line
    finally:
        line.stop()
