"""From which of this machine's addresses an answer leaves: from the one that was asked.

One socket listens at every address. The kernel chooses the source of what it sends by the
route, which on a machine with several addresses (two cards, an alias, a virtual address
that moves) need not be the one that the peer asked; the peer then drops the answer.

What was asked is told with each datagram (IP_PKTINFO, RFC 3542 for IPv6), at 0.3 µs a
packet, so it is only asked for where there are several addresses. Where the kernel would
choose the right one by itself nothing is kept, and sending costs nothing more.
"""

import ipaddress
import socket
from collections import Counter
from collections.abc import Sequence

from media.transport.address import Address
from media.transport.interfaces import reachable_addresses

Ancillary = Sequence[tuple[int, int, bytes]]

IP_PKTINFO = 8  # linux/in.h
ANCILLARY_BYTES = 64
LOOK_EVERY_S = 10.0
MAX_PEERS = 16_384
_V6_INFO_BYTES = 20


class AnswerSources:
    """The sources of one socket's answers, by peer. `of` is what sendmsg takes."""

    def __init__(self, socket_: socket.socket) -> None:
        self.of: dict[Address, list[tuple[int, int, bytes]]] = {}
        self.is_needed = False
        self._asked: dict[Address, bytes] = {}
        self._family = socket_.family
        self._is_wildcard = ipaddress.ip_address(socket_.getsockname()[0]).is_unspecified
        if not self._is_wildcard:
            return
        if self._family == socket.AF_INET6:
            socket_.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            socket_.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.look()

    def look(self) -> None:
        """See whether there are several addresses; call it now and then, as they change."""
        self.is_needed = self._is_wildcard and _has_several(self._family)

    def note(self, peer: Address, ancillary: Ancillary) -> bool:
        """Answer a peer from where it asked; call it for a datagram that is known to be its.

        Return whether it may be another way than before.
        """
        asked = next((data for _, _, data in ancillary), b"")
        if not asked or self._asked.get(peer) == asked:
            return False
        self.forget(peer)
        if len(self._asked) >= MAX_PEERS:
            self.forget(next(iter(self._asked)))
        self._asked[peer] = asked
        own = _own_address(asked)
        if own != _by_route(self._family, peer):
            self.of[peer] = [_control(asked)]
        return True

    def forget(self, peer: Address) -> None:
        """Let the kernel choose again."""
        self._asked.pop(peer, None)
        self.of.pop(peer, None)


def _own_address(info: bytes) -> str:
    """Return the address of in6_pktinfo or in_pktinfo, as socket names write it."""
    if len(info) == _V6_INFO_BYTES:
        return socket.inet_ntop(socket.AF_INET6, info[:16])
    return socket.inet_ntop(socket.AF_INET, info[4:8])


def _control(info: bytes) -> tuple[int, int, bytes]:
    """Return what makes the kernel send from there, by whichever interface the route says."""
    if len(info) == _V6_INFO_BYTES:
        is_local_only = ipaddress.IPv6Address(info[:16]).is_link_local
        interface = info[16:] if is_local_only else bytes(4)
        return (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, info[:16] + interface)
    return (socket.IPPROTO_IP, IP_PKTINFO, bytes(4) + info[4:8] + bytes(4))


def _by_route(family: socket.AddressFamily, peer: Address) -> str:
    """Return the source the kernel would choose; nothing is sent for that."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(peer)
        except OSError:
            return ""
        return str(probe.getsockname()[0]).partition("%")[0]


def _has_several(family: socket.AddressFamily) -> bool:
    """Return whether the kernel has a choice within one of the families that are served."""
    versions = Counter(ipaddress.ip_address(own).version for own in reachable_addresses())
    return versions[4] > 1 or (family == socket.AF_INET6 and versions[6] > 1)
