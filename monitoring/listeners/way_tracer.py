"""Traces a way by UDP: packets that live for so many hops, and what routers send back of them.

The kernel keeps what comes back with its socket (IP_RECVERR, IPV6_RECVERR), so that no rights are
needed, as tracepath(8) needs none. Source and destination port are the same for all packets, and
wherever it can be had for all traces: routers that share their load send such packets one way.

Some routers send back so little that nothing but the ports says whose packet it was (RFC 792), and
anybody knows the usual ones. Where such a piece comes, the trace is made anew, from a port that the
kernel draws and one packet after the other.
"""

import asyncio
import contextlib
import os
import socket
import struct
import time
from typing import Protocol

from monitoring import udp
from monitoring.errors import CollectorError, MalformedProbe
from monitoring.listeners.addresses import Address
from monitoring.listeners.target import ProbeTarget
from monitoring.stamp import wire
from monitoring.way import icmp_error
from monitoring.way.trace import USUAL_LIMITS, HopAnswer, HopAsk, Says, Trace, Traced, TraceLimits
from runtime.guard import guarded

SOURCE_PORT, ANY_PORT = 48_862, 0
PLAIN_PORT = 33_434
"""Where traceroute(8) sends, and where nobody listens."""
MOST_AT_ONCE = 64
NOT_OURS = -1
"""The number of no packet: what came back is of something else."""
_PLAIN_BYTES = 40
_HEADER_BYTES = {socket.AF_INET: 28, socket.AF_INET6: 48}
# From the kernel's uapi headers; Python's socket module does not name them all.
_IP_TTL, _IP_MTU_DISCOVER, _IP_RECVERR = 2, 10, 11
_IPV6_MTU_DISCOVER, _IPV6_RECVERR, _IPV6_HOPLIMIT = 23, 25, 52
_PMTUDISC_PROBE = 3
_ERRORS = frozenset(((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)))
_ROOM = socket.CMSG_SPACE(64) + udp.STAMP_BYTES
_STAMP_AT, _ANSWERED_AT = slice(16, 24), slice(64, 72)  # monitoring/stamp/wire.py


class Questions(Protocol):
    """What packets hold, so that what comes back says to which of them."""

    def packet(self, number: int) -> bytes:
        """Return the packet of a number."""

    def number_sent_back(self, piece: bytes) -> int | None:
        """Return of which packet a router sent a piece back, NOT_OURS if it says that it is of
        none; None: it is too short.
        """

    def number_answered(self, datagram: bytes) -> int | None:
        """Return which packet is answered; None: none."""


class StampQuestions:
    """What the centre's reflector answers, beside the point's own session."""

    def __init__(self, target: ProbeTarget) -> None:
        self._target = target
        self._numbers: dict[bytes, int] = {}
        self._last_ns = 0

    def packet(self, number: int) -> bytes:
        """Return the packet of a number: each is told by when it was sent."""
        self._last_ns = max(time.time_ns(), self._last_ns + 1000)
        question = wire.StampQuestion(wire.ASIDE_SEQ, self._last_ns, self._target.probe_id)
        packet = wire.encode_question(question, self._target.key)
        self._numbers[packet[_STAMP_AT]] = number
        return packet

    def number_sent_back(self, piece: bytes) -> int | None:
        """Return of which packet a router sent a piece back."""
        if len(piece) < _STAMP_AT.stop:
            return None
        return self._numbers.get(piece[_STAMP_AT], NOT_OURS)

    def number_answered(self, datagram: bytes) -> int | None:
        """Return which packet the reflector answered."""
        try:
            wire.decode_answer(datagram, self._target.key)
        except MalformedProbe:
            return None
        return self._numbers.get(datagram[_ANSWERED_AT])


class PlainQuestions:
    """Packets for a machine that has nothing to do with us; any answer is one."""

    def __init__(self) -> None:
        self._mark = os.urandom(6)
        self._last = 0

    def packet(self, number: int) -> bytes:
        """Return the packet of a number."""
        self._last = number
        return (self._mark + number.to_bytes(2, "big")).ljust(_PLAIN_BYTES, b"\0")

    def number_sent_back(self, piece: bytes) -> int | None:
        """Return of which packet a router sent a piece back."""
        if len(piece) < 8:
            return None
        return int.from_bytes(piece[6:8], "big") if piece.startswith(self._mark) else NOT_OURS

    def number_answered(self, datagram: bytes) -> int | None:
        """Return which packet is answered: the last one that went there, if it does not say."""
        number = self.number_sent_back(datagram)
        return self._last if number in (None, NOT_OURS) else number


async def trace(
    address: Address, questions: Questions, limits: TraceLimits = USUAL_LIMITS
) -> Traced:
    """Trace the way once, within its limits.

    Raises:
        CollectorError: there is no socket to trace from.
    """
    usual = Trace(limits, now_s=time.monotonic())
    await _make(usual, address, questions, SOURCE_PORT)
    if not usual.is_told_too_little:
        return usual.traced()
    anew = usual.one_by_one(time.monotonic())
    await _make(anew, address, questions, ANY_PORT)
    return max(anew.traced(), usual.traced(), key=_known_hops)


def no_way() -> Traced:
    """Return what is said where the machine has no way out at all."""
    nothing = Trace(now_s=0.0)
    nothing.next(0.0)
    nothing.could_not_send()
    return nothing.traced()


async def _make(trace: Trace, address: Address, questions: Questions, port: int) -> None:
    try:
        channel = _opened(address, port)
    except OSError as exc:
        raise CollectorError(f"the way cannot be traced: {exc.strerror or exc}") from exc
    with channel:
        await _Tracing(channel, questions, trace).run()


def _known_hops(traced: Traced) -> int:
    return sum(bool(hop.address) for hop in traced.hops)


def _opened(address: Address, port: int) -> socket.socket:
    family, place = address
    channel = socket.socket(family, socket.SOCK_DGRAM)
    try:
        channel.setblocking(False)
        udp.stamp_arrivals(channel)
        if family == socket.AF_INET6:
            channel.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            channel.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PMTUDISC_PROBE)
        else:
            channel.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            channel.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PMTUDISC_PROBE)
        with contextlib.suppress(OSError):  # somebody else has it: then any
            channel.bind(("", port))
        channel.connect(place)
    except OSError:
        channel.close()
        raise
    return channel


class _Tracing:
    """Moves packets between a socket and a trace; decides nothing."""

    def __init__(self, channel: socket.socket, questions: Questions, trace: Trace) -> None:
        self._channel = channel
        self._questions = questions
        self._trace = trace
        self._to = str(channel.getpeername()[0])
        self._heard = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._channel, self._hear)
        try:
            while (step := self._trace.next(time.monotonic())) is not None:
                if isinstance(step, HopAsk):
                    self._send(step)
                else:
                    await self._wait(step)
        finally:
            loop.remove_reader(self._channel)

    async def _wait(self, wait_s: float) -> None:
        self._heard.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._heard.wait()

    def _send(self, ask: HopAsk) -> None:
        is_v6 = self._channel.family == socket.AF_INET6
        packet = self._questions.packet(ask.number)
        if ask.size is not None:
            packet = packet.ljust(ask.size - _HEADER_BYTES[self._channel.family], b"\0")
        kind = (socket.IPPROTO_IPV6, _IPV6_HOPLIMIT) if is_v6 else (socket.IPPROTO_IP, _IP_TTL)
        lives = [(*kind, struct.pack("@i", ask.ttl))]
        for _ in range(2):
            self._hear()  # what came back of others is said to whoever sends next
            try:
                self._channel.sendmsg([packet], lives)
            except OSError:
                continue
            return
        self._trace.could_not_send()

    def _hear(self) -> None:
        self._heard.set()
        with guarded("way"):
            self._take_errors()
            self._take_answers()

    def _take_errors(self) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                piece, ancillary, _, _ = self._channel.recvmsg(512, _ROOM, socket.MSG_ERRQUEUE)
            except OSError:
                return
            for level, kind, data in ancillary:
                error = icmp_error.read(data, to=self._to) if (level, kind) in _ERRORS else None
                if error is not None:
                    number = self._questions.number_sent_back(piece)
                    self._take(number, error.address, error.says, ancillary, error.mtu_bytes)

    def _take_answers(self) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, ancillary, _, _ = self._channel.recvmsg(2048, _ROOM)
            except BlockingIOError:
                return
            except OSError:
                continue  # what came back of a packet, said once more
            number = self._questions.number_answered(datagram)
            if number is not None:
                self._take(number, self._to, Says.THERE, ancillary)

    def _take(
        self,
        number: int | None,
        address: str,
        says: Says,
        ancillary: udp.Ancillary,
        mtu_bytes: int | None = None,
    ) -> None:
        at_s, arrived_ns = time.monotonic(), udp.arrived_ns(ancillary)
        if arrived_ns is not None:  # our own delay is no hop's
            late_s = (time.time_ns() - arrived_ns) / 1e9
            at_s -= late_s if 0 <= late_s < 1 else 0.0
        self._trace.answered(HopAnswer(number, address, says, at_s, mtu_bytes))
