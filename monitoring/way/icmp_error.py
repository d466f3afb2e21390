"""What the kernel says of a packet that a router sent back: ip(7), IP_RECVERR. Pure.

0 errno   4 origin   5 type   6 code   8 info (the size that goes on)   16 who says so
"""

import ipaddress
import struct
from dataclasses import dataclass

from monitoring.way.trace import Says

_ERROR = struct.Struct("@IBBBxII")
_ORIGIN_ICMP, _ORIGIN_ICMP6 = 2, 3  # linux/errqueue.h
_AF_INET, _AF_INET6 = 2, 10
_V4_AT, _V6_AT = slice(4, 8), slice(8, 24)  # in sockaddr_in and sockaddr_in6

# RFC 792 and RFC 1812, section 5.2.7.1; RFC 4443, section 3.1.
_UNREACHABLE, _EXCEEDED = 3, 11
_V4 = {
    **dict.fromkeys((0, 6, 8, 11), Says.NO_NETWORK),
    **dict.fromkeys((1, 5, 7, 12), Says.NO_HOST),
    **dict.fromkeys((9, 10, 13, 14, 15), Says.PROHIBITED),
    **dict.fromkeys((2, 3), Says.NOBODY_LISTENS),
    4: Says.TOO_LARGE,
}
_V6_UNREACHABLE, _V6_TOO_LARGE, _V6_EXCEEDED = 1, 2, 3
_V6 = {
    **dict.fromkeys((0, 2), Says.NO_NETWORK),
    3: Says.NO_HOST,
    **dict.fromkeys((1, 5, 6), Says.PROHIBITED),
    4: Says.NOBODY_LISTENS,
}


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One answer of a router, or of the machine that is traced."""

    address: str
    says: Says
    mtu_bytes: int | None = None


def read(data: bytes, *, to: str) -> IcmpError | None:
    """Return what is said; None: it is nobody's answer, or one that says nothing here.

    Args:
        to: who is traced: of others "nobody listens" is how firewalls refuse.
    """
    if len(data) < _ERROR.size + 2:
        return None
    _, origin, kind, code, info, _ = _ERROR.unpack_from(data)
    address = _address(data[_ERROR.size :])
    says = _says(origin, kind, code)
    if says is None or not address:
        return None
    if says is Says.NOBODY_LISTENS and address != to:
        says = Says.PROHIBITED
    return IcmpError(address, says, info if says is Says.TOO_LARGE and info else None)


def _says(origin: int, kind: int, code: int) -> Says | None:
    if origin == _ORIGIN_ICMP and kind == _EXCEEDED:
        return Says.PASSED
    if origin == _ORIGIN_ICMP and kind == _UNREACHABLE:
        return _V4.get(code)
    if origin == _ORIGIN_ICMP6 and kind == _V6_EXCEEDED:
        return Says.PASSED
    if origin == _ORIGIN_ICMP6 and kind == _V6_TOO_LARGE:
        return Says.TOO_LARGE
    if origin == _ORIGIN_ICMP6 and kind == _V6_UNREACHABLE:
        return _V6.get(code)
    return None


def _address(name: bytes) -> str:
    family = int.from_bytes(name[:2], "little")
    if family == _AF_INET and len(name) >= _V4_AT.stop:
        return str(ipaddress.IPv4Address(name[_V4_AT]))
    if family == _AF_INET6 and len(name) >= _V6_AT.stop:
        return str(ipaddress.IPv6Address(name[_V6_AT]))
    return ""
