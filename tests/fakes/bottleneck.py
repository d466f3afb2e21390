"""A line in virtual time, with the receiver that reports by transport-wide feedback.

A queue lets one packet out after another at the rate; each then travels for the delay.
Losses are seeded. Nothing here waits: whoever steps the clock asks what is due.
"""

import heapq
import random
from dataclasses import dataclass

from media.wire import rtcp, twcc

IP_AND_UDP_BYTES = 28
_FEEDBACK_S = 0.05
_AHEAD_S = 5000.0  # the receiver's clock is not the sender's


@dataclass(slots=True)
class VirtualLine:
    """What the line is like now; all of it may be changed on the way."""

    rate_bps: float
    delay_s: float = 0.02
    loss_ratio: float = 0.0
    jitter_s: float = 0.0
    queue_limit_s: float = 2.0
    is_out: bool = False
    stall_s: float = 0.0  # the receiver's machine stands still so long, once in `stall_every_s`
    stall_every_s: float = 1.0


class Bottleneck:
    """The way to a receiver, and the receiver's feedback back."""

    def __init__(self, line: VirtualLine, *, seed: int = 1) -> None:
        self.line = line
        self.came_bytes = self.came = self.lost = 0
        self._chance = random.Random(seed)
        self._free_at = 0.0
        self._order = 0
        self._travelling: list[tuple[float, int, int, int]] = []
        self._reports: list[tuple[float, int, bytes]] = []
        self._arrivals = twcc.ArrivalLog()
        self._reported_at = 0.0

    def queue_s(self, now: float) -> float:
        """Return how long a packet that is put in now waits."""
        return max(0.0, self._free_at - now)

    def put(self, number: int, size: int, *, now: float) -> None:
        """Take a packet of so many bytes of RTP, under a transport-wide number."""
        line = self.line
        is_full = self.queue_s(now) > line.queue_limit_s
        if line.is_out or is_full or self._chance.random() < line.loss_ratio:
            self.lost += 1
            return
        self._free_at = max(now, self._free_at) + (size + IP_AND_UDP_BYTES) * 8 / line.rate_bps
        at = self._free_at + line.delay_s + self._chance.random() * line.jitter_s
        self._order += 1
        heapq.heappush(self._travelling, (at, self._order, number, size))

    def reports(self, *, now: float) -> list[twcc.Arrivals]:
        """Return the feedback that has come back by now."""
        is_still = now % self.line.stall_every_s < self.line.stall_s
        while not is_still and self._travelling and self._travelling[0][0] <= now:
            at, _, number, size = heapq.heappop(self._travelling)
            self.came += 1
            self.came_bytes += size
            read_at = max(at, now - now % self.line.stall_every_s + self.line.stall_s)
            read_at = read_at if read_at <= now else at
            self._arrivals.received(number & 0xFFFF, now=read_at + _AHEAD_S)
        if not is_still and now - self._reported_at >= _FEEDBACK_S:
            self._reported_at = now
            message = self._arrivals.feedback(ssrc=1, media_ssrc=2)
            if message is not None and not self.line.is_out:
                self._order += 1
                back_at = now + self.line.delay_s
                heapq.heappush(self._reports, (back_at, self._order, message))
        found = []
        while self._reports and self._reports[0][0] <= now:
            (packet,) = rtcp.parse(heapq.heappop(self._reports)[2])
            assert isinstance(packet, rtcp.Feedback)
            found.append(twcc.read(packet.fci))
        return found
