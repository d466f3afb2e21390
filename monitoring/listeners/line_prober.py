"""Round trip, loss, delay and jitter to the centre and back: STAMP, all the time (RFC 8762).

The kernel stamps what arrives. So answers are read when the next probe goes, and a point wakes up
once for each probe, not twice.
"""

import asyncio
import math
import socket
import time
from collections.abc import Callable

from msgspec.structs import replace

from contracts.desired import Probes
from contracts.line import LineSection
from monitoring import udp
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.addresses import Address
from monitoring.listeners.target import ProbeTarget, open_channel, target_of
from monitoring.stamp import wire
from monitoring.stamp.ledger import Ledger
from monitoring.stamp.line_figures import LineFigures
from monitoring.stamp.pace import IP_AND_UDP_BYTES, Pace
from monitoring.stamp.stamp_clock import StampClock
from runtime.guard import guarded
from runtime.kernel_clock import read_kernel_time

REOPEN_WAIT_S = 5.0
LOOK_EVERY_S = 2.0
MOST_AT_ONCE = 256
"""Answers read in one go, many more than come between two probes: a flood holds nobody up."""


class LinkProber:
    """Sends the probes and keeps what became of them until they are reported.

    One task runs `run`. `is_free`: no meeting is on or near; `is_metered`: the line is charged by
    volume. Both are asked every few seconds.
    """

    def __init__(
        self,
        *,
        is_free: Callable[[], bool] = lambda: True,
        is_metered: Callable[[], bool] = lambda: False,
    ) -> None:
        self._target: ProbeTarget | None = None
        self._per_s = 0.0
        self._asks_free, self._asks_metered = is_free, is_metered
        self._is_free, self._is_metered = True, False
        self._looked_at_s = self._next_s = -math.inf
        self._channel: socket.socket | None = None
        self._problem = ""
        self._clock = StampClock(wall_ns=time.time_ns(), monotonic_ns=time.monotonic_ns())
        self._error_ns: int | None = None
        self._estimate = wire.ErrorEstimate()
        self._pace = Pace()
        self._seq = self._read_ns = 0
        self._ledger, self._figures = Ledger(), LineFigures()
        self._has_changed = self._is_new_channel = False
        self._pausing: asyncio.Future[None] | None = None
        self.malformed_total = self.wire_bytes_total = 0
        self.swallowed_above_bytes: int | None = None
        self.answering: Address | None = None
        """The address of the target that answered last; None: none has yet."""

    @property
    def sent_total(self) -> int:
        """How many probes were sent so far to this target."""
        return self._seq

    def configure(self, target: ProbeTarget | None, *, per_s: float) -> None:
        """Change where to, and how often; what is under way is forgotten on a new target."""
        if target != self._target:
            self._close()
            self._ledger, self._figures, self._seq = Ledger(), LineFigures(), 0
            self.swallowed_above_bytes = self.answering = None
        self._target, self._per_s = target, per_s
        self._problem = ""
        self._has_changed = True
        if self._pausing is not None:
            _wake(self._pausing)

    def follow(self, probes: Probes | None) -> list[str]:
        """Probe as a desired document says; return what of it cannot be used."""
        target: ProbeTarget | None = None
        problems: list[str] = []
        if probes is not None:
            try:
                target = target_of(probes)
            except CollectorError as exc:
                problems.append(str(exc))
        self.configure(target, per_s=probes.probes_per_s if probes else 0.0)
        return problems

    async def run(self) -> None:
        """Send for ever; waits while there is nothing to send to."""
        try:
            while True:
                await self._pause(await self._step())
        finally:
            self._close()

    async def _pause(self, wait_s: float | None) -> None:
        """Wait so long, or until configured anew: by a bare timer, a third less for each probe."""
        loop = asyncio.get_running_loop()
        self._pausing = woken = loop.create_future()
        timer = None if wait_s is None else loop.call_later(wait_s, _wake, woken)
        if self._has_changed:
            _wake(woken)
        try:
            await woken
        finally:
            self._has_changed = False
            if timer is not None:
                timer.cancel()

    def begin_anew(self) -> None:
        """Send the next probe from a new socket, which has the address that leads out now."""
        self._close()

    def take_size(self, swallowed_above_bytes: int | None) -> None:
        """Report from now on above which size the line swallows packets; None: it does not."""
        self.swallowed_above_bytes = swallowed_above_bytes

    def next_section(self) -> LineSection | None:
        """Return what became of probes since the last call; None: of none it is known.

        Raises:
            CollectorError: there is no way to the reflector to send on.
        """
        if self._target is None or not self._per_s:
            return None
        self._look_at_clock()
        self._receive()
        settled = self._ledger.settle(self._now_ns())
        if not settled.sent:
            if self._problem:
                raise CollectorError(self._problem)
            return None
        if not settled.passages:
            self._close()  # perhaps our address has changed: the next probe opens a new socket
        return self._figures.section(settled, now_s=time.monotonic())

    def _now_ns(self) -> int:
        return self._clock.at(time.monotonic_ns())

    def _look_at_clock(self) -> None:
        self._error_ns = self._clock.error_ns(
            read_kernel_time().known_error_ns,
            wall_ns=time.time_ns(),
            monotonic_ns=time.monotonic_ns(),
        )
        self._estimate = wire.estimate_of(self._error_ns)

    async def _step(self) -> float | None:
        """Send one probe; return how long to wait until the next one, None: until configured."""
        target, now_s = self._target, time.monotonic()
        if target is None or not self._per_s:
            return None
        if self._channel is None and not await self._open(target):
            return REOPEN_WAIT_S
        self._receive()
        if now_s - self._looked_at_s >= LOOK_EVERY_S:
            self._looked_at_s = now_s
            self._is_free, self._is_metered = self._asks_free(), self._asks_metered()
        if target is self._target and self._pace.may_send(is_metered=self._is_metered, now_s=now_s):
            self._send(target)
        is_thin = self._is_metered or not self._is_free
        interval_s = self._pace.interval_s(self._per_s, is_thin=is_thin)
        # At an even pace; what could not go in time is not caught up with.
        self._next_s = max(self._next_s + interval_s, now_s + interval_s / 2)
        return max(0.0, self._next_s - time.monotonic())

    async def _open(self, target: ProbeTarget) -> bool:
        try:
            channel = await open_channel(target)
        except CollectorError as exc:
            if target == self._target:
                self._problem = str(exc)
            return False
        if target != self._target:  # it was changed meanwhile
            channel.close()
            return False
        self._problem = ""
        self._channel, self._read_ns = channel, time.monotonic_ns()
        self._is_new_channel = True
        return True

    def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _send(self, target: ProbeTarget) -> None:
        if self._channel is None:
            return
        seq, self._seq = self._seq, self._seq + 1
        sent_ns = self._now_ns()
        self._ledger.sent(seq, sent_ns)
        question = wire.StampQuestion(seq, sent_ns, target.probe_id, self._estimate)
        try:
            sent_bytes = self._channel.send(wire.encode_question(question, target.key))
            self.wire_bytes_total += sent_bytes + IP_AND_UDP_BYTES
        except OSError:
            return  # no route now: the probe was tried and will count as lost

    def _receive(self) -> None:
        channel, target = self._channel, self._target
        if channel is None or target is None:
            return
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, ancillary, _, _ = channel.recvmsg(2048, udp.STAMP_BYTES)
            except BlockingIOError:
                self._read_ns = time.monotonic_ns()
                return
            except OSError:
                continue  # the far end's "port unreachable": the probe counts as lost
            self.wire_bytes_total += len(datagram) + IP_AND_UDP_BYTES
            with guarded("probe"):
                self._take(datagram, target, udp.arrived_ns(ancillary))

    def _take(self, datagram: bytes, target: ProbeTarget, arrived_wall_ns: int | None) -> None:
        wall_ns, monotonic_ns = time.time_ns(), time.monotonic_ns()
        try:
            answer = wire.decode_answer(datagram, target.key)
        except MalformedProbe:
            self.malformed_total += 1
            return
        # The kernel's stamp leaves out our own delay.
        arrived_ns = self._clock.arrival(
            wall_ns if arrived_wall_ns is None else arrived_wall_ns,
            wall_ns=wall_ns,
            monotonic_ns=monotonic_ns,
            most_ns=monotonic_ns - self._read_ns,
        )
        self._ledger.answered(answer, arrived_ns=arrived_ns, error_ns=self._error_ns)
        if self._is_new_channel and self._channel is not None:
            self._is_new_channel = False
            self.answering = (self._channel.family, self._channel.getpeername())


def _wake(pausing: "asyncio.Future[None]") -> None:
    if not pausing.done():
        pausing.set_result(None)


class LinkCollector:
    """Puts the prober's results into the health report."""

    name = "line"
    timeout_s = 1.0
    interval_s = 0.0

    def __init__(self, prober: LinkProber) -> None:
        self._prober = prober

    async def collect(self) -> LineSection:
        """Return the line's section; empty while nothing is probed.

        What is swallowed is measured beside it, seldom (monitoring/listeners/packet_size.py).

        Raises:
            CollectorError: there is no way to the reflector to send on.
        """
        above = self._prober.swallowed_above_bytes
        figures = {} if above is None else {"swallowed_above_bytes": float(above)}
        return replace(self._prober.next_section() or LineSection(), figures=figures)
