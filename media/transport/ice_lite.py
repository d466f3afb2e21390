"""Where one peer of an ICE-lite side may be reached, and whether anything may be sent there.

States of a path:

    unknown      no authenticated check yet: nothing is sent
    open         an address was nominated by an authenticated check; it may still move
    secured      DTLS is up: the address moves only once a packet newer than all others,
                 under the peer's own key, has come from the new one (a replayed check
                 moves nothing), and the peer has answered a check of ours there (whose
                 source address is borrowed moves nothing either)
    silent       15 s without consent: nothing is sent (RFC 7675). Consent is renewed by an
                 authenticated check or packet from the address, whichever the peer sends:
                 some stacks send no checks once they are connected
    dead         30 s without any sign of life, STUN indications included
"""

from dataclasses import dataclass, field

from media.transport.address import Address

CONSENT_S = 15.0
DEAD_S = 30.0
MAX_CANDIDATES = 16


@dataclass(slots=True)
class PeerPath:
    """The path to one peer. Times are a monotonic clock's seconds."""

    checked_at: float
    address: Address | None = None
    candidates: list[Address] = field(default_factory=list)
    is_secured: bool = False
    heard_at: float = 0.0
    """When the newest packet under the peer's key came from the address."""
    indicated_at: float = 0.0

    def checked(self, address: Address, *, is_nominating: bool, now: float) -> None:
        """Note an authenticated check from an address."""
        if self.address is None or (not self.is_secured and is_nominating):
            self.address = address
        if address == self.address:
            self.checked_at = now
        else:
            # The oldest goes: replayed checks cannot keep a real one out for long.
            self.candidates = [*(c for c in self.candidates if c != address), address]
            del self.candidates[:-MAX_CANDIDATES]

    def indicated(self, address: Address, *, now: float) -> None:
        """Note a STUN indication: nobody signs it, so it is a sign of life and no consent."""
        if address == self.address:
            self.indicated_at = now

    def secured(self) -> None:
        """Note that DTLS is up."""
        self.is_secured = True

    def received(self, address: Address, *, is_newer: bool) -> bool:
        """Note a decrypted packet from an address that is not the path's.

        True: the peer seems to be there now, and is to be asked.
        """
        return is_newer and address in self.candidates

    def answered(self, address: Address, *, now: float) -> None:
        """Note that the peer has answered a check of ours at an address: the path moves."""
        self.address = address
        self.candidates.clear()
        self.checked_at = self.heard_at = now

    def may_send(self, now: float) -> bool:
        """Return whether there is consent to send."""
        return self.address is not None and now - self._consented_at <= CONSENT_S

    def is_dead(self, now: float) -> bool:
        """Return whether the peer has been away too long to be waited for."""
        return now - max(self._consented_at, self.indicated_at) > DEAD_S

    @property
    def _consented_at(self) -> float:
        return max(self.checked_at, self.heard_at)
