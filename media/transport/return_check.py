"""Whether a peer is at an address that it seems to have moved to: asked by a check of ours.

Whoever knows a session's keys can borrow a source address, but does not receive what is sent
there: 96 random bits come back from a peer alone that is there (RFC 5389, section 6).
"""

import secrets

from media.transport.address import Address
from media.transport.ice_lite import MAX_CANDIDATES
from media.wire import stun
from media.wire.ice_credentials import Credentials
from runtime.limits import BoundedMap

ASK_EVERY_S = 0.1


class ReturnCheck:
    """The questions to one peer, each address its own."""

    def __init__(self) -> None:
        self._asked: BoundedMap[Address, tuple[bytes, float]] = BoundedMap(MAX_CANDIDATES)
        self._tie_breaker = secrets.randbits(64)

    def question(
        self, address: Address, *, local: Credentials, remote: Credentials, now: float
    ) -> bytes | None:
        """Return the check to send there; None: the last one is on its way."""
        transaction_id, asked_at = self._asked.get(address, (b"", float("-inf")))
        if now - asked_at < ASK_EVERY_S:
            return None
        # The same question again, so that an answer to either counts.
        transaction_id = transaction_id or secrets.token_bytes(12)
        self._asked[address] = (transaction_id, now)
        return stun.build_request(
            transaction_id=transaction_id,
            own=local,
            other=remote,
            priority=1,
            tie_breaker=self._tie_breaker,
            is_controlling=False,
        )

    def is_answer(self, message: stun.StunMessage, address: Address, remote: Credentials) -> bool:
        """Return whether a message answers the question that was sent to its source."""
        asked = self._asked.get(address)
        if asked is None or message.transaction_id != asked[0]:
            return False
        if not stun.is_signed_by(message, remote.password):
            return False
        del self._asked[address]
        return True
