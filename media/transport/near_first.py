"""A browser on this machine is to reach us by the interface that never changes, not by another.

It has a way to us from each of its interfaces, and prefers what it takes for the best of them:
that may be the cable, whose address goes when the cable does, and the browser needs seconds to
find another way. Checks from such a place are passed over where one from the near interface
comes too, or may still come. Who is on another machine is answered at once.
"""

import socket
from collections.abc import Collection

from media.transport.address import Address, plain
from runtime.limits import BoundedMap

WAITED_S = 1.5
KEPT_S = 10.0


class NearFirst:
    """Whose checks are passed over. Sessions are known by our half of the username.

    Args:
        near: this machine's addresses that stay.
    """

    def __init__(self, near: Collection[str]) -> None:
        self._near = frozenset(near)
        self._began_at: BoundedMap[str, float] = BoundedMap()
        self._near_at: BoundedMap[str, float] = BoundedMap()

    def passes_over(self, ufrag: str, sender: Address, *, now: float) -> bool:
        """Return whether an authenticated check from there is not to be answered."""
        if ufrag not in self._began_at:
            self._began_at[ufrag] = now
        endpoint = plain(sender)
        if endpoint is None or endpoint[0] in self._near:
            self._near_at[ufrag] = now
            return False
        near_at = self._near_at.get(ufrag)
        is_awaited = near_at is None and now - self._began_at[ufrag] < WAITED_S
        is_there = near_at is not None and now - near_at < KEPT_S
        return (is_awaited or is_there) and _is_own(endpoint[0])


def _is_own(host: str) -> bool:
    """Return whether this machine has an address: only then can it be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True
