"""Slows down guessing of enrolment codes: per address, and over everyone together."""

import threading
from datetime import datetime, timedelta

from controller.errors import TooManyTries
from controller.people.throttle import Throttle

_EVERYONE = "*"


class EnrolmentThrottle:
    """Five wrong codes from one address in 15 minutes, sixty in a minute from everywhere."""

    def __init__(self) -> None:
        self._addresses = Throttle(limit=5, window=timedelta(minutes=15))
        self._everyone = Throttle(limit=60, window=timedelta(minutes=1))
        self._lock = threading.Lock()

    def check(self, address: str, *, now: datetime) -> None:
        """Raise TooManyTries where too many wrong codes came."""
        with self._lock:
            wait_s = max(
                self._addresses.wait_s(address, now=now),
                self._everyone.wait_s(_EVERYONE, now=now),
            )
        if wait_s:
            raise TooManyTries(wait_s)

    def failed(self, address: str, *, now: datetime) -> None:
        """Count a wrong code."""
        with self._lock:
            self._addresses.failed(address, now=now)
            self._everyone.failed(_EVERYONE, now=now)
