"""Spreads what goes to a subscriber whose line has little room: a burst overflows short queues.

    train     at most 5 packets, or 5 ms of the line's rate, at once
    delay     nothing waits longer than some 100 ms: what has gathered goes the faster

Packets wait as they are sent, numbered and encrypted. Sound does not wait.
"""

from collections import deque
from dataclasses import dataclass

TRAIN_PACKETS = 5
TRAIN_S = 0.005
PACE = 1.25  # of what the line carries
LONGEST_S = 0.1


@dataclass(frozen=True, slots=True)
class HeldPacket:
    """A packet that waits, with the transport-wide number that it has, if any."""

    packet: bytes
    number: int | None


class PicturePacer:
    """One subscriber's pictures.

    `bps` is what the line carries; None: it has room, and nothing is spread.
    """

    def __init__(self) -> None:
        self.bps: float | None = None
        self._held: deque[HeldPacket] = deque()
        self._octets = 0
        self._free_at = 0.0

    @property
    def is_needed(self) -> bool:
        """Whether packets have to go through it: what still waits goes first."""
        return self.bps is not None or bool(self._held)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._held

    def hold(self, packet: bytes, number: int | None) -> None:
        """Take a packet."""
        self._held.append(HeldPacket(packet, number))
        self._octets += len(packet)

    def due(self, *, now: float) -> list[HeldPacket]:
        """Return what may go now; ask again every 5 ms."""
        if self.bps is None:
            found = list(self._held)
            self._held.clear()
            self._octets = 0
            return found
        found = []
        bps = max(PACE * self.bps, 8 * self._octets / LONGEST_S)
        self._free_at = max(self._free_at, now - TRAIN_S)
        while self._held and self._free_at <= now and len(found) < TRAIN_PACKETS:
            held = self._held.popleft()
            self._octets -= len(held.packet)
            self._free_at += 8 * len(held.packet) / bps
            found.append(held)
        return found
