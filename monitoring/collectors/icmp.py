"""One echo request (RFC 792, RFC 4443) and how long its answer took.

An ICMP datagram socket needs no privilege where net.ipv4.ping_group_range allows
it; a raw one is the fallback.
"""

import asyncio
import os
import secrets
import socket
import struct
import time

from monitoring import udp
from monitoring.errors import CollectorError

_HEADER = struct.Struct("!BBHHH")
_TOKEN_BYTES = 8


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def _request(is_v6: bool, identifier: int, token: bytes) -> bytes:
    kind = 128 if is_v6 else 8
    body = _HEADER.pack(kind, 0, 0, identifier, 1) + token
    # For ICMPv6 the kernel fills in the checksum, which covers the addresses too.
    checksum = 0 if is_v6 else _checksum(body)
    return _HEADER.pack(kind, 0, checksum, identifier, 1) + token


def _open(is_v6: bool) -> tuple[socket.socket, bool]:
    family = socket.AF_INET6 if is_v6 else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if is_v6 else socket.IPPROTO_ICMP
    try:
        return socket.socket(family, socket.SOCK_DGRAM, protocol), False
    except PermissionError:
        pass  # not in net.ipv4.ping_group_range: try the privileged way
    try:
        return socket.socket(family, socket.SOCK_RAW, protocol), True
    except PermissionError as exc:
        raise CollectorError(
            "no permission to send ICMP: set net.ipv4.ping_group_range or grant CAP_NET_RAW"
        ) from exc


async def round_trip_ms(address: str, *, timeout_s: float) -> float | None:
    """Return the round trip to an address; None: no answer in time, or no way to it.

    Raises:
        CollectorError: sending ICMP is not permitted here.
    """
    is_v6 = ":" in address
    channel, is_raw = _open(is_v6)
    token = secrets.token_bytes(_TOKEN_BYTES)
    with channel:
        channel.setblocking(False)
        started_s = time.perf_counter()
        try:
            channel.connect(socket.getaddrinfo(address, 0, flags=socket.AI_NUMERICHOST)[0][4])
            channel.send(_request(is_v6, os.getpid() & 0xFFFF, token))
            async with asyncio.timeout(timeout_s):
                await _answer(channel, token, reply_kind=129 if is_v6 else 0, is_raw=is_raw)
        except (OSError, TimeoutError):
            return None  # unreachable, refused, or silent: the gateway does not answer
    return (time.perf_counter() - started_s) * 1000


async def _answer(channel: socket.socket, token: bytes, *, reply_kind: int, is_raw: bool) -> None:
    has_ip_header = is_raw and channel.family == socket.AF_INET

    def take(packet: bytes) -> bool | None:
        if has_ip_header and packet:
            packet = packet[(packet[0] & 0x0F) * 4 :]
        is_long = len(packet) >= _HEADER.size
        return (is_long and packet[0] == reply_kind and packet.endswith(token)) or None

    await udp.first_taken(channel, take, most_bytes=1500)
