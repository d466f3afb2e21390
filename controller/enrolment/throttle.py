"""Slows down who enrols or renews without the right to it, and nobody else.

Neither limit may be used up by others: who guesses codes is counted by the address, a renewal
that is proved by its point, since a whole province may stand behind one address.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from contracts.hosts import network_of
from contracts.ids import PointId
from controller.errors import TooManyTries
from controller.people.throttle import Throttle
from runtime.limits import KeyedBuckets

_EVERYONE = "*"
# A code's secret has 60 bits: the limit of all together is for the database's sake.
ADDRESS_LIMIT, EVERYONE_LIMIT = 5, 6_000
# Each renewal is a certificate more on the broker's list, until that would have ended.
RENEWALS_AT_ONCE, RENEWAL_EVERY_S = 6, 3_600
UNPROVED_AT_ONCE, UNPROVED_PER_S = 200, 20.0


class EnrolmentThrottle:
    """Five wrong codes from one address (IPv6: its /64) in 15 minutes."""

    def __init__(self) -> None:
        self._addresses = Throttle(limit=ADDRESS_LIMIT, window=timedelta(minutes=15))
        self._everyone = Throttle(limit=EVERYONE_LIMIT, window=timedelta(minutes=1))
        self._lock = threading.Lock()

    def check(self, address: str, *, now: datetime) -> None:
        """Raise TooManyTries where too many wrong codes came."""
        with self._lock:
            wait_s = max(
                self._addresses.wait_s(network_of(address), now=now),
                self._everyone.wait_s(_EVERYONE, now=now),
            )
        if wait_s:
            raise TooManyTries(wait_s)

    def failed(self, address: str, *, now: datetime) -> None:
        """Count a wrong code."""
        with self._lock:
            self._addresses.failed(network_of(address), now=now)
            self._everyone.failed(_EVERYONE, now=now)


class RenewalThrottle:
    """Of a point six renewals, then one an hour; of an address what proves nothing."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._points: KeyedBuckets[PointId] = KeyedBuckets(
            per_s=1 / RENEWAL_EVERY_S, burst=RENEWALS_AT_ONCE
        )
        self._addresses: KeyedBuckets[str] = KeyedBuckets(
            per_s=UNPROVED_PER_S, burst=UNPROVED_AT_ONCE
        )
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raise TooManyTries where an address keeps bringing what proves nothing."""
        with self._lock:
            left = self._addresses.left(network_of(address), now_s=self._monotonic())
        if left < 1:
            raise TooManyTries(1)

    def not_proved(self, address: str) -> None:
        """Charge an address for what proved nothing."""
        with self._lock:
            self._addresses.spend(network_of(address), now_s=self._monotonic())

    def proved(self, point_id: PointId) -> None:
        """Charge a point that has proved itself, whatever its renewal comes to.

        Raises:
            TooManyTries: it asks again and again.
        """
        with self._lock:
            is_taken = self._points.take(point_id, now_s=self._monotonic())
        if not is_taken:
            raise TooManyTries(RENEWAL_EVERY_S)
