"""Spreads what goes to a subscriber whose line has little room: a burst overflows short queues.

    train     at most 5 packets, or 5 ms of the line's rate, at once
    delay     what has gathered goes within 400 ms, the faster the more it is: a keyframe for
              which the line takes as long, sent in less, makes every sound wait behind it. What
              has waited as long goes train by train, and several at once where turns were
              missed: a machine that is late must not gather what it is late with

    stop      while more is on the way than the line can have taken, nothing goes, for half a
              second at most: by then it is known what the line carries, or that it is away

Packets get their numbers when they go: a receiver that sees a later one first takes the
earlier for lost. Sound does not wait.
"""

from collections import deque
from typing import Generic, TypeVar

TRAIN_PACKETS = 5
TRAIN_S = 0.005
PACE = 1.25  # of what the line carries
LONGEST_S, LONGEST_STOP_S = 0.4, 0.5

P = TypeVar("P")  # a packet, as whoever holds it knows it


class PicturePacer(Generic[P]):
    """One subscriber's pictures.

    `bps` is what the line carries; None: it has room, and nothing is spread.
    """

    def __init__(self) -> None:
        self.bps: float | None = None
        self._held: deque[tuple[P, int, float]] = deque()
        self._octets = 0
        self._free_at = self._asked_at = 0.0
        self._stopped_since: float | None = None

    @property
    def is_needed(self) -> bool:
        """Whether packets have to go through it: what still waits goes first."""
        return self.bps is not None or bool(self._held) or self.is_stopped

    @property
    def is_stopped(self) -> bool:
        """Whether too much was on the way when that was last known."""
        return self._stopped_since is not None

    def stop(self, *, is_overfull: bool, now: float) -> None:
        """Let nothing go while too much is on the way."""
        if not is_overfull:
            self._stopped_since = None
        elif self._stopped_since is None:
            self._stopped_since = now

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._held

    def hold(self, packet: P, size_bytes: int, *, now: float) -> None:
        """Take a packet."""
        if not self._held:
            self._asked_at = now
        self._held.append((packet, size_bytes, now))
        self._octets += size_bytes

    def due(self, *, now: float) -> list[P]:
        """Return what may go now; ask again every 5 ms."""
        found: list[P] = []
        most = TRAIN_PACKETS * max(1, int((now - self._asked_at) / TRAIN_S))
        self._asked_at = now
        if self._stopped_since is not None and now - self._stopped_since < LONGEST_STOP_S:
            return found
        if self.bps is None:
            found += (packet for packet, _, _ in self._held)
            self._held.clear()
            self._octets = 0
            return found
        bps = max(PACE * self.bps, 8 * self._octets / LONGEST_S)
        self._free_at = max(self._free_at, now - TRAIN_S)
        while self._held and len(found) < most:
            packet, size, held_at = self._held[0]
            if self._free_at > now and now - held_at < LONGEST_S:
                break
            self._held.popleft()
            self._octets -= size
            self._free_at += 8 * size / bps
            found.append(packet)
        return found
