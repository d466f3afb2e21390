"""A socket that listens for datagrams, with the kernel's own time of arrival.

Answers leave from the address that was asked, also on machines with several.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from runtime import listening

T = TypeVar("T")

# From the kernel's uapi headers; Python's socket module does not name them.
_SO_TIMESTAMPNS = 35
_STAMP = (socket.SOL_SOCKET, _SO_TIMESTAMPNS)
_IP_TTL, _IP_PKTINFO, _IP_RECVTTL = 2, 8, 12
_IPV6_RECVHOPLIMIT, _IPV6_HOPLIMIT = 51, 52
_TIMESPEC = struct.Struct("@ll")
_PKTINFO = struct.Struct("@I4s4s")
_PKTINFO_V6 = struct.Struct("@16sI")  # RFC 3542; IPv4 within IPv6 on a socket of both
_INT = struct.Struct("@i")
STAMP_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)
"""The room that a stamp takes beside a datagram."""
_ANCILLARY_BYTES = sum(socket.CMSG_SPACE(one.size) for one in (_TIMESPEC, _PKTINFO_V6, _INT, _INT))
UNKNOWN_TTL = 255
MOST_HEARD = 64
"""Packets to one question: the loop is not held for who sends whatever else, without end."""

Source = tuple[str, int, str]
"""Address and port of the sender, and which of our addresses was asked."""
Ancillary = list[tuple[int, int, bytes]]

_TTLS = frozenset(
    ((socket.IPPROTO_IP, _IP_TTL), (socket.IPPROTO_IPV6, _IPV6_HOPLIMIT))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram as it came."""

    payload: bytes
    source: Source
    arrived_ns: int
    ttl: int = UNKNOWN_TTL


def stamp_arrivals(udp: socket.socket) -> None:
    """Have the kernel say when each datagram arrives."""
    udp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def arrived_ns(ancillary: Ancillary) -> int | None:
    """Return when a datagram arrived, by the kernel's wall clock; None: it did not say."""
    for level, kind, data in ancillary:
        if (level, kind) == _STAMP and len(data) >= _TIMESPEC.size:
            return _nanoseconds(data)
    return None


def open_socket(host: str, port: int, *, waiting_bytes: int = 1 << 20) -> socket.socket:
    """Return the bound, non-blocking socket, for which the kernel keeps so much, if it may.

    Raises:
        PortInUse: another program has this port.
        OSError: the address is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.setblocking(False)
    stamp_arrivals(udp)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, waiting_bytes)
    if family == socket.AF_INET:
        udp.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        udp.setsockopt(socket.IPPROTO_IP, _IP_RECVTTL, 1)
    else:  # :: is both families, whatever the kernel's default
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        udp.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVHOPLIMIT, 1)
        udp.setsockopt(socket.IPPROTO_IP, _IP_RECVTTL, 1)  # of IPv4 within IPv6
    listening.bind(udp, host, port)
    return udp


def receive(udp: socket.socket, most_bytes: int) -> Datagram | None:
    """Return the next datagram, without what is in it where that is longer; None: there is none."""
    try:
        payload, ancillary, flags, source = udp.recvmsg(most_bytes + 1, _ANCILLARY_BYTES)
    except (BlockingIOError, InterruptedError):
        return None
    except ConnectionError:
        # An answer of before was refused by its receiver; that is not this datagram's fault.
        return Datagram(b"", ("", 0, ""), 0)
    if flags & socket.MSG_TRUNC or len(payload) > most_bytes:
        payload = b""
    at_ns, asked, ttl = _read(ancillary)
    return Datagram(payload, (source[0], source[1], asked), at_ns, ttl)


async def first_taken(
    channel: socket.socket, take: Callable[[bytes], T | None], *, most_bytes: int
) -> T:
    """Return what is made of the first packet of which anything is made; waits without end.

    A packet that is there already holds nobody's turn: a timeout around it would never be seen.

    Raises:
        TimeoutError: there were too many others.
    """
    loop = asyncio.get_running_loop()
    for _ in range(MOST_HEARD):
        taken = take(await loop.sock_recv(channel, most_bytes))
        if taken is not None:
            return taken
    raise TimeoutError("no answer among many packets")


def send(udp: socket.socket, payload: bytes, to: Source) -> bool:
    """Send one answer; False: it could not be sent now and is given up, as UDP may."""
    address, port, asked = to
    try:
        udp.sendmsg([payload], _reply_from(asked), 0, (address, port))
    except OSError:
        return False
    return True


def _read(ancillary: Ancillary) -> tuple[int, str, int]:
    """Return when a datagram arrived, which of our addresses it was sent to, and its TTL."""
    at_ns, asked, ttl = time.time_ns(), "", UNKNOWN_TTL
    for level, kind, data in ancillary:
        if (level, kind) == _STAMP:
            at_ns = _nanoseconds(data)
        elif (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            _, local, _ = _PKTINFO.unpack(data[: _PKTINFO.size])
            asked = socket.inet_ntoa(local)
        elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            asked = socket.inet_ntop(socket.AF_INET6, _PKTINFO_V6.unpack(data)[0])
        elif (level, kind) in _TTLS and len(data) == _INT.size:
            ttl = min(UNKNOWN_TTL, max(0, _INT.unpack(data)[0]))
    return at_ns, asked, ttl


def _nanoseconds(timespec: bytes) -> int:
    seconds, nanoseconds = _TIMESPEC.unpack_from(timespec)
    return int(seconds * 1_000_000_000 + nanoseconds)


def _reply_from(asked: str) -> Ancillary:
    """Return what makes an answer leave from the address asked; the kernel picks the interface."""
    if not asked:
        return []
    if ":" in asked:
        info = _PKTINFO_V6.pack(socket.inet_pton(socket.AF_INET6, asked), 0)
        return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, info)]
    return [(socket.IPPROTO_IP, _IP_PKTINFO, _PKTINFO.pack(0, socket.inet_aton(asked), bytes(4)))]
