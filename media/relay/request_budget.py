"""How often who may ask at the relay's door.

Whoever has proved who he is, or shows the id of a session, is limited by that. An address
is charged for what proves nothing: refusals, looking around. So a whole province behind
one address comes back at once after an outage, whatever a stranger there does: a nonce is
free, and a proof is looked at in any case, since both cost less than the answer that
would refuse them.
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

    def takes_unproved(self, host: str, *, now_s: float) -> bool:
        """Return whether an address may ask without proof, and charge it if so."""
        return self._addresses.take(network_of(host), now_s=now_s)

    def takes_known(self, who: str, *, now_s: float) -> bool:
        """Return whether a proved identity, or a session, may ask, and charge it if so."""
        return self._known.take(who, now_s=now_s)
