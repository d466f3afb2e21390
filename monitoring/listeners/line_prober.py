"""Round trip, jitter and loss to the centre: a few small echoes spread over each interval."""

import asyncio
import socket
import struct
import time
from dataclasses import dataclass

from msgspec.structs import replace

from contracts.reports import LineSection
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.link_stats import summarise
from monitoring.listeners.target import SO_TIMESTAMPNS, ProbeTarget, open_channel
from monitoring.reflector import probe
from runtime.guard import guarded

ANSWER_TIMEOUT_S = 1.5
REOPEN_WAIT_S = 5.0
_TIMESPEC = struct.Struct("@qq")
_ANCILLARY_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)


@dataclass(slots=True)
class _Sent:
    """One echo on its way; the wall clock only to compare with the kernel's stamp."""

    at_ns: int
    wall_ns: int
    rtt_ms: float | None = None


class LinkProber:
    """Sends the echoes and keeps their round trips until `take`. One task runs `run`."""

    def __init__(self) -> None:
        self._target: ProbeTarget | None = None
        self._per_interval = 0
        self._interval_s = 10.0
        self._channel: socket.socket | None = None
        self._problem = ""
        self._seq = 0
        self._sent: dict[int, _Sent] = {}
        self._has_changed = asyncio.Event()
        self.malformed_total = 0
        self.swallowed_above_bytes: int | None = None

    @property
    def sent_total(self) -> int:
        """How many echoes were sent so far."""
        return self._seq

    @property
    def waiting(self) -> int:
        """How many echoes may still be answered in time."""
        now_ns = time.monotonic_ns()
        return sum(not _is_settled(sent, now_ns) for sent in self._sent.values())

    def configure(
        self, target: ProbeTarget | None, *, per_interval: int, interval_s: float
    ) -> None:
        """Change where to, and how often; what is under way is forgotten on a new target."""
        if target != self._target:
            self._close()
            self._sent.clear()
            self.swallowed_above_bytes = None
        self._target, self._per_interval, self._interval_s = target, per_interval, interval_s
        self._problem = ""
        self._has_changed.set()

    async def run(self) -> None:
        """Send for ever; waits while there is nothing to send to."""
        try:
            while True:
                wait_s = await self._step()
                try:
                    async with asyncio.timeout(wait_s):
                        await self._has_changed.wait()
                except TimeoutError:
                    continue
                self._has_changed.clear()
        finally:
            self._close()

    def take_size(self, swallowed_above_bytes: int | None) -> None:
        """Report from now on above which size the line swallows packets; None: it does not."""
        self.swallowed_above_bytes = swallowed_above_bytes

    def next_section(self) -> LineSection | None:
        """Return what was sent and answered since the last call; None: nothing is probed.

        Raises:
            CollectorError: there is no way to the reflector to send on.
        """
        if self._target is None or not self._per_interval:
            return None
        now_ns = time.monotonic_ns()
        settled = {seq: sent for seq, sent in self._sent.items() if _is_settled(sent, now_ns)}
        for seq in settled:
            del self._sent[seq]
        if not settled:
            if self._problem:
                raise CollectorError(self._problem)
            return None
        rtts_ms = [sent.rtt_ms for sent in settled.values() if sent.rtt_ms is not None]
        if not rtts_ms:
            self._close()  # perhaps our address has changed: the next echo opens a new socket
        return summarise(len(settled), rtts_ms)

    async def _step(self) -> float | None:
        """Send one echo; return how long to wait until the next one, None: until configured."""
        target = self._target
        if target is None or not self._per_interval:
            return None
        if self._channel is None and not await self._open(target):
            return REOPEN_WAIT_S
        if target is self._target:
            self._send(target)
        return self._interval_s / self._per_interval

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
        self._channel = channel
        asyncio.get_running_loop().add_reader(channel, self._receive)
        return True

    def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            asyncio.get_running_loop().remove_reader(channel)
            channel.close()

    def _send(self, target: ProbeTarget) -> None:
        if self._channel is None:
            return
        self._seq = (self._seq + 1) % 2**32
        sent = _Sent(time.monotonic_ns(), time.time_ns())
        question = probe.Echo(target.probe_id, self._seq, sent.at_ns)
        self._sent[self._seq] = sent
        try:
            self._channel.send(probe.encode_echo(question, target.key))
        except OSError:
            return  # no route now: the echo was tried and will count as lost

    def _receive(self) -> None:
        channel, target = self._channel, self._target
        if channel is None or target is None:
            return
        while True:
            try:
                datagram, ancillary, _, _ = channel.recvmsg(2048, _ANCILLARY_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue  # the far end's "port unreachable": the echo counts as lost
            with guarded("probe"):
                self._take(datagram, target, _kernel_ns(ancillary))

    def _take(self, datagram: bytes, target: ProbeTarget, arrived_wall_ns: int | None) -> None:
        try:
            answer = probe.decode_answer(datagram, target.key)
        except MalformedProbe:
            self.malformed_total += 1
            return
        if isinstance(answer, probe.Echo):
            self._note(answer, arrived_wall_ns)

    def _note(self, answer: probe.Echo, arrived_wall_ns: int | None) -> None:
        sent = self._sent.get(answer.seq)
        if sent is None or sent.rtt_ms is not None or sent.at_ns != answer.sent_ns:
            return  # late, doubled, or of an earlier run
        elapsed_ns = time.monotonic_ns() - sent.at_ns
        # The kernel's stamp leaves out our own delay; it counts unless the clock was set.
        stamped_ns = elapsed_ns if arrived_wall_ns is None else arrived_wall_ns - sent.wall_ns
        sent.rtt_ms = (stamped_ns if 0 <= stamped_ns <= elapsed_ns else elapsed_ns) / 1e6


def _is_settled(sent: _Sent, now_ns: int) -> bool:
    return sent.rtt_ms is not None or now_ns - sent.at_ns >= ANSWER_TIMEOUT_S * 1e9


def _kernel_ns(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return None


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
