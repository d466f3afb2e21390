"""One direction of an emulated line, as a rule over times: what is lost, queued, and let out when.

A packet is lost by chance (one by one, or in runs), refused where the queue of the narrowest
hop is full or the packet too large, else let out at the rate, and then travels for the delay.
Nothing overtakes anything. Pure: `now_s` is any steady clock's, and chance is seeded.
"""

import random
from collections import deque
from collections.abc import Sequence

import msgspec

MAX_SAMPLES = 20_000


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a direction is like; a rate of 0 is none, and counts whole IP packets.

    `burst_packets` is the mean length of a run of losses: 1 means that each is by itself.
    """

    rate_bps: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss_ratio: float = 0.0
    burst_packets: float = 1.0
    queue_ms: float = 300.0
    mtu: int = 1500
    is_cut: bool = False


class Counts(msgspec.Struct, kw_only=True):
    """What went through since the last reading."""

    packets: int = 0
    octets: int = 0
    lost: int = 0
    overflowed: int = 0
    too_large: int = 0
    queue_p95_ms: float = 0.0
    queue_max_ms: float = 0.0


class Direction:
    """One direction. Its shape may change at any time; what is queued stays as it was."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self.shape = shape
        self._chance = random.Random(seed)
        self._is_in_burst = False
        self._free_at_s = 0.0
        self._last_out_s = 0.0
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._counts = Counts()
        self._queued_ms: deque[float] = deque(maxlen=MAX_SAMPLES)

    def put(self, packet: bytes, now_s: float) -> bool:
        """Take a packet in; return whether it will come out."""
        shape = self.shape
        if shape.is_cut or self._is_lost():
            self._counts.lost += 1
            return False
        if len(packet) > shape.mtu:
            self._counts.too_large += 1
            return False
        out_s = now_s
        if shape.rate_bps:
            queued_ms = max(0.0, self._free_at_s - now_s) * 1000
            if queued_ms > shape.queue_ms:
                self._counts.overflowed += 1
                return False
            out_s = max(now_s, self._free_at_s) + len(packet) * 8 / shape.rate_bps
            self._free_at_s = out_s
            self._queued_ms.append(queued_ms)
        out_s += (shape.delay_ms + self._chance.random() * shape.jitter_ms) / 1000
        self._last_out_s = max(out_s, self._last_out_s)
        self._waiting.append((self._last_out_s, packet))
        return True

    def due(self, now_s: float) -> list[bytes]:
        """Return what comes out by now."""
        found = []
        while self._waiting and self._waiting[0][0] <= now_s:
            packet = self._waiting.popleft()[1]
            self._counts.packets += 1
            self._counts.octets += len(packet)
            found.append(packet)
        return found

    def lost_at_device(self) -> None:
        """Note that a packet that came out found its device down."""
        self._counts.lost += 1

    @property
    def next_s(self) -> float | None:
        """When the next packet comes out; None: there is none."""
        return self._waiting[0][0] if self._waiting else None

    def read(self) -> Counts:
        """Return what happened since the last reading."""
        counts, self._counts = self._counts, Counts()
        counts.queue_p95_ms = _share(self._queued_ms, 0.95)
        counts.queue_max_ms = _share(self._queued_ms, 1.0)
        self._queued_ms.clear()
        return counts

    def _is_lost(self) -> bool:
        """Go one step of Gilbert's model: runs of a mean length, as many as make up the ratio."""
        ratio, length = self.shape.loss_ratio, self.shape.burst_packets
        if ratio <= 0:
            self._is_in_burst = False
        elif self._is_in_burst and length > 1:
            self._is_in_burst = self._chance.random() >= 1 / length
        else:
            self._is_in_burst = self._chance.random() < ratio / (length * (1 - ratio) + ratio)
        return self._is_in_burst


def _share(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else 0.0
