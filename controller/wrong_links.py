"""How often an address may show a link that is none."""

import threading
import time
from collections.abc import Callable

from contracts.hosts import network_of
from controller.errors import TooManyTries
from runtime.limits import KeyedBuckets

WRONG_AT_ONCE, WRONG_EVERY_S = 10, 60


class WrongLinks:
    """Of an address (IPv6: its /64) ten wrong links, then one a minute.

    What is right is judged first and never refused: many may stand behind one address,
    beside whoever guesses.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._addresses: KeyedBuckets[str] = KeyedBuckets(
            per_s=1 / WRONG_EVERY_S, burst=WRONG_AT_ONCE
        )
        self._lock = threading.Lock()

    def count(self, address: str) -> None:
        """Count a wrong link.

        Raises:
            TooManyTries: it was one too many.
        """
        with self._lock:
            if not self._addresses.take(network_of(address), now_s=self._monotonic()):
                raise TooManyTries(WRONG_EVERY_S)
