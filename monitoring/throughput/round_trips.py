"""How long the way to the reflector and back takes, while something else fills it.

Probes of STAMP beside the point's own session, ten a second: what is measured is the queue they
wait in. An answer is timed by the kernel's stamp of its arrival.
"""

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass, field

from monitoring import udp
from monitoring.errors import MalformedProbe
from monitoring.listeners.target import ProbeTarget
from monitoring.stamp import wire

PROBE_EVERY_S = 0.1
MAX_BYTES = 2048


@dataclass(slots=True)
class RoundTrips:
    """Sends for as long as `run` runs. `found`: when each was sent (monotonic), and its time."""

    channel: socket.socket
    target: ProbeTarget
    found: list[tuple[float, float]] = field(default_factory=list)
    _sent: dict[int, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Probe until cancelled."""
        next_s = time.monotonic()
        while True:
            self._send()
            next_s = max(next_s + PROBE_EVERY_S, time.monotonic())
            while (left_s := next_s - time.monotonic()) > 0:
                await asyncio.sleep(min(left_s, PROBE_EVERY_S / 4))
                self.receive()

    def receive(self) -> None:
        """Take in what has come."""
        for _ in range(udp.MOST_HEARD):
            datagram = udp.receive(self.channel, MAX_BYTES)
            if datagram is None:
                return
            with contextlib.suppress(MalformedProbe):
                self._take(datagram)

    def between(self, begins_s: float, ends_s: float) -> list[float]:
        """Return the round trips of the probes that were sent between, in milliseconds."""
        return [rtt_ms for sent_s, rtt_ms in self.found if begins_s <= sent_s < ends_s]

    def _send(self) -> None:
        sent_ns = time.time_ns()
        question = wire.StampQuestion(wire.ASIDE_SEQ, sent_ns, self.target.probe_id)
        self._sent[sent_ns] = time.monotonic()
        with contextlib.suppress(OSError):  # no way now: it counts as one without an answer
            self.channel.send(wire.encode_question(question, self.target.key))

    def _take(self, datagram: udp.Datagram) -> None:
        answer = wire.decode_answer(datagram.payload, self.target.key)
        sent_s = self._sent.pop(answer.sender_sent_ns, None)
        if sent_s is not None:
            there_ns = max(0, answer.sent_ns - answer.received_ns)  # at the reflector, on no line
            rtt_ns = datagram.arrived_ns - answer.sender_sent_ns - there_ns
            self.found.append((sent_s, max(0.0, rtt_ns / 1e6)))
