"""The shared port: reads the socket, answers checks, and hands every datagram to its peer."""

import time
from collections.abc import Callable

from media.errors import MalformedPacket
from media.native.library import library
from media.transport.address import Address
from media.transport.demultiplexing import demultiplexed
from media.transport.dtls import DtlsCertificate, PacketBuffer
from media.transport.hearing import Hearing
from media.transport.ice_lite import MAX_CANDIDATES
from media.transport.near_first import NearFirst
from media.transport.peer import Peer
from media.transport.port_counters import PortCounters
from media.transport.udp import UdpEndpoint
from media.wire import stun
from media.wire.ice_credentials import Credentials
from runtime.limits import BoundedMap

KEPT_CREDENTIALS = 2
MAX_CLAIMS = 256
ALERT = 21  # RFC 6347, section 4.1: whoever has an address may be said goodbye to there


class MediaPort:
    """The shared socket: answers checks and gives every datagram to its peer."""

    def __init__(
        self,
        endpoint: UdpEndpoint,
        buffer: PacketBuffer,
        now_s: Callable[[], float] = time.monotonic,
        *,
        is_native: bool = True,
    ) -> None:
        """Take an endpoint whose receive buffer is `buffer.view`."""
        self.endpoint = endpoint
        self.now_s = now_s
        self.certificate = DtlsCertificate()
        self.counters = PortCounters()
        self.near_first: NearFirst | None = None
        # Handles one datagram in the receive buffer.
        self.received = demultiplexed(
            stun=self._stun, dtls=self._dtls, media=self._media, other=self._other
        )
        native = library() if is_native else None
        self.hearing = endpoint.hearing = (
            Hearing(native, endpoint.fileno, buffer, now_s) if native is not None else None
        )
        self._buffer = buffer
        self._by_ufrag: dict[str, tuple[Peer, Credentials]] = {}
        self._by_address: dict[Address, Peer] = {}
        self._claims: BoundedMap[Address, Peer] = BoundedMap(MAX_CLAIMS)
        # What of the two belongs to whom, the oldest first: nothing below looks at all peers.
        self._ufrags: dict[Peer, list[str]] = {}
        self._addresses: dict[Peer, list[Address]] = {}

    def register(self, peer: Peer) -> None:
        """Answer checks for the peer's current credentials and those before them."""
        own = self._ufrags.setdefault(peer, [])
        for ufrag in own[: 1 - KEPT_CREDENTIALS]:
            del self._by_ufrag[ufrag]
            own.remove(ufrag)
        own.append(peer.local.ufrag)
        self._by_ufrag[peer.local.ufrag] = (peer, peer.local)

    def lead_to(self, address: Address, peer: Peer) -> None:
        """Give what comes from an address to a peer of ours that calls there."""
        self._give(address, peer)

    def forget(self, peer: Peer) -> None:
        """Answer and receive nothing more for a peer."""
        for ufrag in self._ufrags.pop(peer, ()):
            del self._by_ufrag[ufrag]
        for address in self._addresses.pop(peer, ()):
            del self._by_address[address]
            self.endpoint.forget(address)
        self._stop_hearing(peer)
        for address in [a for a, claimant in self._claims.items() if claimant is peer]:
            del self._claims[address]

    def _other(self, _buffer: memoryview, size: int, _address: Address) -> None:
        if size < 2:
            self.counters.malformed_total += 1
        else:
            self.counters.unknown_total += 1

    def _dtls(self, buffer: memoryview, size: int, address: Address) -> None:
        """Give a datagram to the peer who is there, or who shakes hands from there.

        A handshake is whose has none yet: the owner's is over.
        """
        peer = self._by_address.get(address)
        if self._claims and buffer[0] != ALERT and peer is not None and peer.srtp is not None:
            peer = self._claims.get(address, peer)
        if peer is None:
            self.counters.unknown_total += 1
        else:
            peer.feed_dtls(bytes(buffer[:size]))

    def _media(self, _buffer: memoryview, size: int, address: Address) -> None:
        peer = self._by_address.get(address)
        if peer is None or size < 12:
            self.counters.unknown_total += 1
            return
        try:
            peer.media.receive(self._buffer, size, address, self.now_s())
        except MalformedPacket as exc:
            if exc.protocol.startswith("SRT"):
                self.counters.undecryptable_total += 1
            else:
                self.counters.malformed_total += 1

    def _route(self, address: Address, peer: Peer) -> bool:
        """Give an address to a peer, or a claim to it where another is; False: neither.

        A check that is replayed under a foreign source address must neither take that
        address from its owner nor fill the table. Whoever can complete a handshake from
        there is there: `connected` gives it the address. Until then the owner has it.
        """
        owner = self._by_address.get(address)
        if owner is peer:
            return True
        if owner is None or not owner.may_send or owner.address != address:
            self._give(address, peer)
            return True
        if peer.srtp is None:
            self._claims[address] = peer
        return peer.srtp is None

    def connected(self, peer: Peer) -> None:
        """Take note that a peer has completed its handshake where it is."""
        address = peer.address
        if address is not None and self._claims.get(address) is peer:
            del self._claims[address]
            self._give(address, peer)

    def _give(self, address: Address, peer: Peer) -> None:
        owner = self._by_address.get(address)
        if owner is not None:
            self._addresses[owner].remove(address)
            self._stop_hearing(owner)
        own = self._addresses.setdefault(peer, [])
        for known in own[: 1 - MAX_CANDIDATES]:
            if known != peer.address:
                del self._by_address[known]
                own.remove(known)
                self.endpoint.forget(known)
        own.append(address)
        self._by_address[address] = peer

    def _stop_hearing(self, peer: Peer) -> None:
        """Take each of a peer's reports here, until it is known again where it is."""
        if self.hearing is not None and peer.media.ear is not None:
            self.hearing.remove(peer.media.ear)

    def _indicated(self, address: Address) -> None:
        peer = self._by_address.get(address)
        if peer is None:
            self.counters.unknown_total += 1
        else:
            peer.path.indicated(address, now=self.now_s())

    def _answered(self, message: stun.StunMessage, address: Address) -> None:
        peer = self._by_address.get(address)
        if peer is None or not peer.answered(message, address, now=self.now_s()):
            self.counters.stun_rejected_total += 1

    def _stun(self, buffer: memoryview, size: int, address: Address) -> None:
        try:
            message = stun.parse(buffer[:size])
        except MalformedPacket:
            self.counters.malformed_total += 1
            return
        if message.message_type == stun.BINDING_INDICATION:
            self._indicated(address)
            return
        if message.message_type == stun.BINDING_RESPONSE:
            self._answered(message, address)
            return
        ufrag, _, _ = message.username.partition(":")
        found = self._by_ufrag.get(ufrag)
        if (
            message.message_type != stun.BINDING_REQUEST
            or found is None
            or not stun.is_signed_by(message, found[1].password)
        ):
            self.counters.stun_rejected_total += 1
            return
        peer, credentials = found
        now_s = self.now_s()
        if not peer.may_check(address, now=now_s):
            self.counters.checks_refused_total += 1
            return
        if self.near_first is not None and self.near_first.passes_over(ufrag, address, now=now_s):
            return
        if not self._route(address, peer):
            self.counters.stun_rejected_total += 1
            return
        self.endpoint.answer_from_here(address)
        peer.checked(address, is_nominating=message.is_nominating, now=now_s)
        self.counters.stun_answered_total += 1
        response = stun.build_response(
            transaction_id=message.transaction_id,
            mapped=(address[0], address[1]),
            password=credentials.password,
        )
        self.endpoint.send(response, address)
