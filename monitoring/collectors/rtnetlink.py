"""What the kernel knows of addresses and neighbours: rtnetlink(7), which needs no right."""

import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from monitoring.collectors.netlink import REQUEST_DUMP, answers, attributes

_ADDRESS = struct.Struct("=BBBBI")  # linux/if_addr.h, ifaddrmsg
_LIFETIME = struct.Struct("=IIII")  # ifa_cacheinfo
_NEIGHBOUR = struct.Struct("=BBHiHBB")  # linux/neighbour.h, ndmsg
_AGES = struct.Struct("=IIII")  # nda_cacheinfo
_GET_ADDRESS, _NEW_ADDRESS, _GET_NEIGHBOUR, _NEW_NEIGHBOUR = 22, 20, 30, 28
_IFA_ADDRESS, _IFA_LOCAL, _IFA_CACHEINFO, _IFA_FLAGS = 1, 2, 6, 8
_IFA_F_DADFAILED = 0x08
_NDA_DST, _NDA_LLADDR, _NDA_CACHEINFO = 1, 2, 3
_IS_KNOWN = 0x02 | 0x04 | 0x08 | 0x10  # reachable, stale, delay, probe
_NTF_ROUTER = 0x80
_FOR_EVER = 0xFFFFFFFF
_TICKS_PER_S = 100  # USER_HZ, and of a lifetime's stamps
_MAC_BYTES = 6


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the machine.

    Attributes:
        left_s: for how long it still holds; None: nobody lent it.
        stamp_s: when that was last said, in seconds of the clock that nobody sets.
        is_doubled: the kernel found it taken by somebody else (IPv6 only, RFC 4862).
    """

    index: int
    address: str
    is_v6: bool
    left_s: int | None = None
    stamp_s: float = 0.0
    is_doubled: bool = False


@dataclass(frozen=True, slots=True)
class HeardNeighbour:
    """A neighbour that answered, or spoke, so many seconds ago."""

    index: int
    address: str
    mac: str
    age_s: float
    is_router: bool


def addresses() -> list[Address]:
    """Return every address of this network namespace.

    Raises:
        CollectorError: the kernel does not say.
    """
    asked = _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
    found = (address_of(part) for part in _dumped(_GET_ADDRESS, _NEW_ADDRESS, asked))
    return [one for one in found if one is not None]


def neighbours() -> list[HeardNeighbour]:
    """Return every neighbour whose hardware address is known.

    Raises:
        CollectorError: the kernel does not say.
    """
    asked = _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0)
    found = (neighbour_of(part) for part in _dumped(_GET_NEIGHBOUR, _NEW_NEIGHBOUR, asked))
    return [one for one in found if one is not None]


def _dumped(kind: int, answer_kind: int, asked: bytes) -> Iterator[bytes]:
    for what, part in answers(socket.NETLINK_ROUTE, kind, asked, flags=REQUEST_DUMP):
        if what == answer_kind:
            yield part


def address_of(part: bytes) -> Address | None:
    """Return one address of the list; None: of another family, or unreadable."""
    if len(part) < _ADDRESS.size:
        return None
    family, _, flags, _, index = _ADDRESS.unpack_from(part)
    said = attributes(part[_ADDRESS.size :])
    # Of a point-to-point link ADDRESS is the other side's.
    address = _text(family, said.get(_IFA_LOCAL) or said.get(_IFA_ADDRESS, b""))
    if address is None:
        return None
    if len(more := said.get(_IFA_FLAGS, b"")) == 4:
        (flags,) = struct.unpack("=I", more)
    left_s, stamp_s = None, 0.0
    if len(lifetime := said.get(_IFA_CACHEINFO, b"")) == _LIFETIME.size:
        _, valid_s, _, stamp = _LIFETIME.unpack(lifetime)
        left_s, stamp_s = None if valid_s == _FOR_EVER else valid_s, stamp / _TICKS_PER_S
    is_doubled = bool(flags & _IFA_F_DADFAILED)
    return Address(index, address, family == socket.AF_INET6, left_s, stamp_s, is_doubled)


def neighbour_of(part: bytes) -> HeardNeighbour | None:
    """Return one neighbour of the list; None: it is none that was heard, or unreadable."""
    if len(part) < _NEIGHBOUR.size:
        return None
    family, _, _, index, state, flags, _ = _NEIGHBOUR.unpack_from(part)
    said = attributes(part[_NEIGHBOUR.size :])
    address = _text(family, said.get(_NDA_DST, b""))
    mac, ages = said.get(_NDA_LLADDR, b""), said.get(_NDA_CACHEINFO, b"")
    if address is None or not state & _IS_KNOWN or len(mac) != _MAC_BYTES or not any(mac):
        return None
    confirmed, _, updated, _ = _AGES.unpack(ages) if len(ages) == _AGES.size else (0, 0, 0, 0)
    age_s = min(confirmed, updated) / _TICKS_PER_S
    return HeardNeighbour(index, address, mac.hex(":"), age_s, bool(flags & _NTF_ROUTER))


def _text(family: int, packed: bytes) -> str | None:
    if family == socket.AF_INET and len(packed) == 4:
        return str(ipaddress.IPv4Address(packed))
    if family == socket.AF_INET6 and len(packed) == 16:
        return str(ipaddress.IPv6Address(packed))
    return None
