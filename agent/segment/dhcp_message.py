"""A question to every DHCP server of a segment, and what its offer says. RFC 2131, 2132. Pure.

Only the question is ever sent: nobody asks for what is offered, and the offer lapses.
"""

import ipaddress
import struct
from dataclasses import dataclass

_FIXED = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s")
_COOKIE = b"\x63\x82\x53\x63"
_REQUEST, _REPLY, _ETHERNET, _MAC_BYTES = 1, 2, 1, 6
_BROADCAST = 0x8000
_PAD, _ROUTER, _TYPE, _SERVER, _WANTED, _END = 0, 3, 53, 54, 55, 255
_DISCOVER, _OFFER = 1, 2
_NOWHERE = bytes(4)


@dataclass(frozen=True, slots=True)
class Offer:
    """Which server offers an address, and the way out it would give; `router` empty: none."""

    server: str
    router: str = ""


def discover(identifier: int, mac: bytes) -> bytes:
    """Return the question, in the name of a card: answers go to everybody on the segment."""
    head = _FIXED.pack(
        _REQUEST, _ETHERNET, _MAC_BYTES, 0, identifier, 0, _BROADCAST,
        _NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE, mac, b"", b"",
    )  # fmt: skip
    return head + _COOKIE + bytes((_TYPE, 1, _DISCOVER, _WANTED, 1, _ROUTER, _END))


def offer_of(packet: bytes, identifier: int) -> Offer | None:
    """Return what a datagram offers; None: it is no offer to this question."""
    if len(packet) < _FIXED.size + len(_COOKIE):
        return None
    kind, _, _, _, found, *_ = _FIXED.unpack_from(packet)
    said = _options(packet[_FIXED.size :])
    if kind != _REPLY or found != identifier or said.get(_TYPE) != bytes((_OFFER,)):
        return None
    server, router = said.get(_SERVER, b""), said.get(_ROUTER, b"")
    if len(server) != 4:
        return None
    return Offer(_text(server), _text(router[:4]) if len(router) >= 4 else "")


def _options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    if not data.startswith(_COOKIE):
        return found
    place = len(_COOKIE)
    while place < len(data) and data[place] != _END:
        if data[place] == _PAD:
            place += 1
            continue
        if place + 2 > len(data):
            break
        length = data[place + 1]
        found.setdefault(data[place], data[place + 2 : place + 2 + length])
        place += 2 + length
    return found


def _text(packed: bytes) -> str:
    return str(ipaddress.IPv4Address(packed))
