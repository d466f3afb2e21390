"""A peer that begins: it checks the way to a side that only answers (RFC 8445, section 2.5).

Behind a port of its own, since that side tells its peers apart by where they are.
"""

import secrets
from collections.abc import Sequence

from media.transport.address import Address
from media.transport.peer import Peer, PeerHandler
from media.transport.port import MediaPort
from media.wire import stun
from media.wire.ice_credentials import Credentials
from media.wire.sdp import Fingerprint

CHECK_S = 0.05
# Consent lasts 15 s, and a new address of ours is to be known soon.
CONSENT_CHECK_S = 1.0
OTHERS_CHECK_S = 5.0  # where it has come by a way that is to be left for another
KEPT_QUESTIONS = 8


class CallingPeer(Peer):
    """Nominates whichever of the addresses answers first; from a way round it goes back."""

    def __init__(
        self,
        port: MediaPort,
        handler: PeerHandler,
        *,
        own: Credentials,
        remote: Credentials,
        fingerprints: Sequence[Fingerprint],
        addresses: Sequence[Address],
    ) -> None:
        super().__init__(port, handler, remote=remote, fingerprints=fingerprints, role="client")
        self.local = own
        self._addresses = tuple(addresses)
        self._tie_breaker = secrets.randbits(64)
        self._asked: dict[bytes, float] = {}
        self._asked_at = self._others_asked_at = 0.0
        self._way_round: Address | None = None
        self.round_trip_s: float | None = None
        self._lead_to = port.lead_to
        port.register(self)
        for address in self._addresses:
            port.lead_to(address, self)

    @property
    def is_on_way_round(self) -> bool:
        """Whether it has come by the way round."""
        return self._way_round is not None and self.address == self._way_round

    def also_by(self, way_round: Address) -> None:
        """Ask by another way too, which is good as long as no other answers."""
        self._way_round = way_round
        self._lead_to(way_round, self)

    def _due(self, now: float) -> tuple[Address, ...]:
        """Return where to ask now."""
        round_too = (self._way_round,) if self._way_round else ()
        if self.address is None:
            return (*self._addresses, *round_too)
        if self.is_on_way_round and now - self._others_asked_at >= OTHERS_CHECK_S:
            self._others_asked_at = now
            return (self.address, *self._addresses)
        return (self.address,)

    def ask(self, now: float) -> None:
        """Send the checks that are due."""
        wait_s = CHECK_S if self.srtp is None else CONSENT_CHECK_S
        if self.is_closed or now - self._asked_at < wait_s:
            return
        self._asked_at = now
        for address in self._due(now):
            transaction_id = secrets.token_bytes(12)
            self._asked[transaction_id] = now
            question = stun.build_request(
                transaction_id=transaction_id,
                own=self.local,
                other=self.remote,
                priority=1,
                tie_breaker=self._tie_breaker,
                is_controlling=True,
                is_nominating=True,
            )
            self._port.endpoint.send(question, address)
        for known in list(self._asked)[: -KEPT_QUESTIONS * (1 + len(self._addresses))]:
            del self._asked[known]

    def answered(self, message: stun.StunMessage, address: Address, *, now: float) -> bool:
        """Take the answer to one of our checks."""
        asked_at = self._asked.get(message.transaction_id)
        if asked_at is None or not stun.is_signed_by(message, self.remote.password):
            return super().answered(message, address, now=now)
        del self._asked[message.transaction_id]
        self.round_trip_s = now - asked_at
        if self.is_on_way_round and address in self._addresses:
            self._go_back(address, now=now)
        self.checked(address, is_nominating=True, now=now)
        return True

    def _arrived(self, address: Address, is_newer: bool, now: float) -> None:
        """Take note of a sign of life: whoever calls says where, and the other side follows."""
        self.received_at = now
        if is_newer:
            self.path.heard_at = now

    def _go_back(self, address: Address, *, now: float) -> None:
        """Leave the way round: the other side follows what it is sent from there."""
        self.path.answered(address, now=now)
        self._refresh(now)
        self._handler.peer_moved(self)
