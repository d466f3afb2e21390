"""Asks who has an IPv4 address without claiming it: the ARP probe of RFC 5227, 2.1.1. Pure."""

import ipaddress
import struct

ETHERTYPE = 0x0806
_ETHERNET = struct.Struct("!6s6sH")
_ARP = struct.Struct("!HHBBH6s4s6s4s")
_EVERYBODY = b"\xff" * 6
_HEAD = (1, 0x0800, 6, 4)  # Ethernet, IPv4, and the lengths of their addresses
_REQUEST = 1


def probe(mac: bytes, address: str) -> bytes:
    """Return the frame that asks; it names no sender's address, so that nobody learns one."""
    packed = ipaddress.IPv4Address(address).packed
    return _ETHERNET.pack(_EVERYBODY, mac, ETHERTYPE) + _ARP.pack(
        *_HEAD, _REQUEST, mac, bytes(4), bytes(6), packed
    )


def holder_of(frame: bytes, address: str) -> str | None:
    """Return the hardware address of whoever says that it has this address; None: no such frame."""
    if len(frame) < _ETHERNET.size + _ARP.size:
        return None
    _, _, kind = _ETHERNET.unpack_from(frame)
    *head, _, mac, sender, _, _ = _ARP.unpack_from(frame, _ETHERNET.size)
    if kind != ETHERTYPE or tuple(head) != _HEAD:
        return None
    if sender != ipaddress.IPv4Address(address).packed:
        return None
    return str(mac.hex(":"))
