"""How often who may ask at the relay's door.

Whoever has proved who he is, or shows the id of a session, is limited by that. An address
is charged for what proves nothing: nonces, refusals, looking around. So a whole province
behind one address comes back at once after an outage, and a stranger there is slowed.
"""

from contracts.hosts import network_of
from runtime.limits import KeyedBuckets

KNOWN_PER_S, KNOWN_BURST = 2.0, 20.0


class RequestBudget:
    """The buckets. Times are monotonic seconds."""

    def __init__(self, *, per_s: float, burst: float) -> None:
        """Take what an address may ask without proof, a second and at once."""
        self._addresses: KeyedBuckets[str] = KeyedBuckets(per_s=per_s, burst=burst)
        self._known: KeyedBuckets[str] = KeyedBuckets(per_s=KNOWN_PER_S, burst=KNOWN_BURST)

    def may_try(self, host: str, *, now_s: float) -> bool:
        """Return whether an address may try to prove something; it costs nothing yet."""
        return self._addresses.left(network_of(host), now_s=now_s) >= 1

    def failed(self, host: str, *, now_s: float) -> None:
        """Charge an address for what proved nothing."""
        self._addresses.spend(network_of(host), now_s=now_s)

    def takes_unproved(self, host: str, *, now_s: float) -> bool:
        """Return whether an address may ask for what needs no proof, and charge it if so."""
        return self._addresses.take(network_of(host), now_s=now_s)

    def takes_known(self, who: str, *, now_s: float) -> bool:
        """Return whether a proved identity, or a session, may ask, and charge it if so."""
        return self._known.take(who, now_s=now_s)
