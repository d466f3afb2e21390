"""One look at the segments of this machine: who lends addresses, who else has ours.

A question to all DHCP servers and a few of ARP on each interface, a few seconds of hearing, twice.
"""

import secrets
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog

from agent.segment.arp_message import ETHERTYPE, holder_of, probe
from agent.segment.dhcp_message import discover, offer_of
from contracts.lan import MAX_DHCP_SERVERS, MAX_DOUBLED, DhcpServer, DoubledAddress
from monitoring.collectors.segment_look import SegmentLook

_log = structlog.get_logger()

HEAR_S = 4.0
"""After each question. Many a server pings for three seconds before it offers an address."""
TIMES_ASKED = 2
MOST_HEARD = 1000
"""Of each kind after a question: who floods the segment with one hides none of the other."""
MAX_HOLDERS = 4
_SERVER_PORT, _CLIENT_PORT = 67, 68
_FRAME_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Card:
    """One interface to look from: its own addresses, and all of which it is asked who has them."""

    name: str
    mac: bytes
    own: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """What was heard so far."""

    servers: dict[tuple[str, str], DhcpServer] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SegmentEar:
    """One socket: what is asked by it, and what is done with each that it hears."""

    card: Card
    channel: socket.socket
    ask: Callable[[], None]
    take: Callable[[bytes], None]
    hears_servers: bool = False


def look(
    cards: list[Card], *, ours: frozenset[str] = frozenset(), hear_s: float = HEAR_S
) -> SegmentLook:
    """Look once, for so many seconds; each question is asked twice, since one may be lost.

    Args:
        ours: the hardware addresses of all our cards. Of two on one segment each answers for the
            other's address (ip-sysctl, arp_ignore), and none of them is a stranger.
    """
    seen = _Seen()
    is_whole = bool(cards)
    with ExitStack() as stack:
        ears: list[SegmentEar] = []
        for card in cards:
            for ear in (_arp_ear, _dhcp_ear):
                try:
                    ears.append(ear(card, seen, stack))
                except OSError as exc:
                    is_whole = False
                    _log.warning("segment_not_heard", interface=card.name, error=str(exc))
        for _ in range(TIMES_ASKED):
            is_whole = all([_asked(ear) for ear in ears]) and is_whole
            is_whole = hear(ears, hear_s) and is_whole
    return SegmentLook(
        at_s=time.monotonic(),
        servers=tuple(seen.servers.values())[:MAX_DHCP_SERVERS] if is_whole else None,
        doubled=tuple(_doubled(cards, seen, ours))[:MAX_DOUBLED],
    )


def _asked(ear: SegmentEar) -> bool:
    try:
        ear.ask()
    except OSError as exc:  # the cable was pulled meanwhile
        _log.warning("segment_not_asked", interface=ear.card.name, error=str(exc))
        return False
    return True


def _arp_ear(card: Card, seen: _Seen, stack: ExitStack) -> SegmentEar:
    channel = stack.enter_context(_frames(card))

    def ask() -> None:
        for address in card.addresses:
            channel.send(probe(card.mac, address))

    def take(frame: bytes) -> None:
        for address in card.addresses:
            holder = holder_of(frame, address)
            if holder is not None:
                seen.holders.setdefault(address, set()).add(holder)

    return SegmentEar(card, channel, ask, take)


def _dhcp_ear(card: Card, seen: _Seen, stack: ExitStack) -> SegmentEar:
    channel = stack.enter_context(_datagrams(card))
    identifier = secrets.randbits(32)

    def ask() -> None:
        channel.sendto(discover(identifier, card.mac), ("255.255.255.255", _SERVER_PORT))

    def take(packet: bytes) -> None:
        offer = offer_of(packet, identifier)
        if offer is not None:
            server = DhcpServer(interface=card.name, address=offer.server, router=offer.router)
            seen.servers[card.name, offer.server] = server

    return SegmentEar(card, channel, ask, take, hears_servers=True)


def _frames(card: Card) -> socket.socket:
    kind = socket.htons(ETHERTYPE)
    channel = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, kind)
    try:
        channel.bind((card.name, ETHERTYPE))
    except OSError:
        channel.close()
        raise
    return channel


def _datagrams(card: Card) -> socket.socket:
    """Return a socket on the port of DHCP's clients, beside the machine's own."""
    channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        channel.setsockopt(
            socket.SOL_SOCKET, socket.SO_BINDTODEVICE, struct.pack("16s", card.name.encode())
        )
        channel.bind(("", _CLIENT_PORT))
    except OSError:
        channel.close()
        raise
    return channel


def hear(ears: Sequence[SegmentEar], hear_s: float) -> bool:
    """Hear for so long; return False where more came than is heard of what DHCP servers say."""
    until_s, is_whole = time.monotonic() + hear_s, True
    left = {ear.channel: MOST_HEARD for ear in ears}
    hearing = {ear.channel: ear for ear in ears}
    while left and (left_s := until_s - time.monotonic()) > 0:
        for one in select.select(list(left), [], [], left_s)[0]:
            hearing[one].take(one.recv(_FRAME_BYTES))
            left[one] -= 1
            if not left[one]:
                del left[one]
                is_whole = is_whole and not hearing[one].hears_servers
    return is_whole


def _doubled(cards: list[Card], seen: _Seen, ours: frozenset[str]) -> Iterator[DoubledAddress]:
    """Give our own addresses that others have, and others' that more than one has."""
    for card in cards:
        for address in card.addresses:
            is_own = address in card.own
            holders = sorted(seen.holders.get(address, set()) - ours - {card.mac.hex(":")})
            if len(holders) > (0 if is_own else 1):
                yield DoubledAddress(
                    address=address, macs=tuple(holders[:MAX_HOLDERS]), is_own=is_own
                )
