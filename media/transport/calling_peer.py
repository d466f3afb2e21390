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
KEPT_QUESTIONS = 8


class CallingPeer(Peer):
    """Nominates whichever of the addresses answers first."""

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
        self._asked_at = 0.0
        self.round_trip_s: float | None = None
        port.register(self)
        for address in self._addresses:
            port.lead_to(address, self)

    def ask(self, now: float) -> None:
        """Send the checks that are due."""
        wait_s = CHECK_S if self.srtp is None else CONSENT_CHECK_S
        if self.is_closed or now - self._asked_at < wait_s:
            return
        self._asked_at = now
        for address in (self.address,) if self.address else self._addresses:
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
        for known in list(self._asked)[: -KEPT_QUESTIONS * len(self._addresses)]:
            del self._asked[known]

    def answered(self, message: stun.StunMessage, address: Address, *, now: float) -> bool:
        """Take the answer to one of our checks."""
        asked_at = self._asked.get(message.transaction_id)
        if asked_at is None or not stun.is_signed_by(message, self.remote.password):
            return super().answered(message, address, now=now)
        del self._asked[message.transaction_id]
        self.round_trip_s = now - asked_at
        self.checked(address, is_nominating=True, now=now)
        return True
