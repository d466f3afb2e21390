"""Slows guessing of passwords down, and lets nobody lock anybody out.

Refused, for a quarter of an hour from the first failure, are an address (IPv6: its /64)
with too many failures, and a pair of name and address. A name that fails from everywhere
is only slowed. Where a name has signed in before, it is not slowed, and refused late: who
guesses elsewhere does not reach that machine.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from contracts.hosts import network_of
from controller.errors import TooManyTries
from controller.people.throttle import Throttle
from runtime.limits import BoundedMap

WINDOW = timedelta(minutes=15)
PAIR_LIMIT, ADDRESS_LIMIT, NAME_LIMIT, KNOWN_LIMIT = 10, 30, 10, 100
KNOWN_FOR = timedelta(days=30)
SLOWED_S = 2.0
# Each holds a worker thread for that long.
MAX_SLOWED = 8
_MAX_KNOWN = 10_000


class SignInThrottle:
    """One for the process; used by several threads."""

    def __init__(
        self, *, slowed_s: float = SLOWED_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._slowed_s = slowed_s
        self._pairs = Throttle(limit=PAIR_LIMIT, window=WINDOW)
        self._known_pairs = Throttle(limit=KNOWN_LIMIT, window=WINDOW)
        self._addresses = Throttle(limit=ADDRESS_LIMIT, window=WINDOW)
        self._names = Throttle(limit=NAME_LIMIT, window=WINDOW)
        self._known: BoundedMap[str, float] = BoundedMap(_MAX_KNOWN)
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(MAX_SLOWED)

    def check(self, name: str, address: str) -> bool:
        """Return whether this try is to be slowed.

        Raises:
            TooManyTries: it is refused.
        """
        prefix = network_of(address)
        pair = f"{prefix} {name}"
        now_s = self._monotonic()
        with self._lock:
            if self._is_known(pair, now_s):
                wait_s, is_slowed = self._known_pairs.wait_s(pair, now_s=now_s), False
            else:
                wait_s = max(
                    self._pairs.wait_s(pair, now_s=now_s),
                    self._addresses.wait_s(prefix, now_s=now_s),
                )
                is_slowed = self._names.wait_s(name, now_s=now_s) > 0
        if wait_s:
            raise TooManyTries(wait_s)
        return is_slowed

    def admit(self, name: str, address: str) -> None:
        """Return when the try may be made; a slowed one a little later.

        Raises:
            TooManyTries: it is refused, or too many are being slowed already.
        """
        if not self.check(name, address):
            return
        if not self._slots.acquire(blocking=False):
            raise TooManyTries(max(1, round(self._slowed_s)))
        try:
            time.sleep(self._slowed_s)
        finally:
            self._slots.release()

    def failed(self, name: str, address: str) -> None:
        """Count a wrong password."""
        prefix = network_of(address)
        pair = f"{prefix} {name}"
        now_s = self._monotonic()
        with self._lock:
            if self._is_known(pair, now_s):
                self._known_pairs.failed(pair, now_s=now_s)
            else:
                self._pairs.failed(pair, now_s=now_s)
                self._addresses.failed(prefix, now_s=now_s)
                self._names.failed(name, now_s=now_s)

    def succeeded(self, name: str, address: str) -> None:
        """Remember that a name signed in from an address."""
        pair = f"{network_of(address)} {name}"
        now_s = self._monotonic()
        with self._lock:
            self._known[pair] = now_s
            self._pairs.succeeded(pair)
            self._known_pairs.succeeded(pair)

    def _is_known(self, pair: str, now_s: float) -> bool:
        known_at_s = self._known.get(pair)
        return known_at_s is not None and now_s - known_at_s <= KNOWN_FOR.total_seconds()
