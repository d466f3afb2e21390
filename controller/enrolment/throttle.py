"""Slows down who enrols or renews without the right to it, and nobody else.

What is right is never refused here: a code and a renewal are judged first, and only what proves
nothing is counted, by its address. A whole province may stand behind one address, beside whoever
guesses; and no limit of all together is there for strangers to use up: a code's secret has 60 bits.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from contracts.hosts import network_of
from contracts.ids import PointId
from controller.enrolment.signing import DeskClosed
from controller.errors import TooManyTries
from runtime.limits import KeyedBuckets

WRONG_CODES_AT_ONCE, WRONG_CODE_EVERY_S = 5, 180
# Each renewal is a certificate more on the broker's list, until that would have ended.
RENEWALS_AT_ONCE, RENEWAL_EVERY_S = 6, 3_600
UNPROVED_AT_ONCE, UNPROVED_PER_S = 200, 20.0
# Whoever waits for the desk keeps a thread of the forty that all pages share.
PLACES, PATIENCE_S = 16, 0.2


class DeskPlaces:
    """So many wait for the enrolment process at once: one that hangs must not stop the pages."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(PLACES)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have a place in the block.

        Raises:
            DeskClosed: none becomes free.
        """
        if not self._free.acquire(timeout=PATIENCE_S):
            raise DeskClosed
        try:
            yield
        finally:
            self._free.release()


class EnrolmentThrottle:
    """Of an address (IPv6: its /64) five wrong codes, then one in three minutes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._addresses: KeyedBuckets[str] = KeyedBuckets(
            per_s=1 / WRONG_CODE_EVERY_S, burst=WRONG_CODES_AT_ONCE
        )
        self._lock = threading.Lock()

    def wrong_code(self, address: str) -> None:
        """Count a wrong code.

        Raises:
            TooManyTries: too many came, and no more is said of this one.
        """
        with self._lock:
            is_taken = self._addresses.take(network_of(address), now_s=self.monotonic())
        if not is_taken:
            raise TooManyTries(WRONG_CODE_EVERY_S)


class RenewalThrottle:
    """Of an address what proves nothing, for a while."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._addresses: KeyedBuckets[str] = KeyedBuckets(
            per_s=UNPROVED_PER_S, burst=UNPROVED_AT_ONCE
        )
        self._lock = threading.Lock()

    def not_proved(self, address: str) -> None:
        """Count what proved nothing.

        Raises:
            TooManyTries: an address keeps bringing it.
        """
        with self._lock:
            is_taken = self._addresses.take(network_of(address), now_s=self.monotonic())
        if not is_taken:
            raise TooManyTries(1)


class PointThrottle:
    """Of a point six renewals, then one an hour."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._points: KeyedBuckets[PointId] = KeyedBuckets(
            per_s=1 / RENEWAL_EVERY_S, burst=RENEWALS_AT_ONCE
        )
        self._lock = threading.Lock()

    def proved(self, point_id: PointId) -> None:
        """Charge a point that has proved itself, whatever its renewal comes to.

        Raises:
            TooManyTries: it asks again and again.
        """
        with self._lock:
            is_taken = self._points.take(point_id, now_s=self.monotonic())
        if not is_taken:
            raise TooManyTries(RENEWAL_EVERY_S)
