"""How often an address may show a link that is none, and a right link may ask for something."""

import threading
import time
from collections.abc import Callable

from contracts.hosts import network_of
from controller.errors import AskedTooOften, TooManyTries
from runtime.limits import KeyedBuckets

WRONG_AT_ONCE, WRONG_EVERY_S = 10, 60
ASKED_AT_ONCE, ASKED_EVERY_S = 10, 5


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


class LinkPace:
    """Of a right link ten of each thing that may be asked by it, then one in five seconds.

    Each is written down and told to others, and a link that is right may be in a loop as well.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._links: KeyedBuckets[tuple[str, str]] = KeyedBuckets(
            per_s=1 / ASKED_EVERY_S, burst=ASKED_AT_ONCE
        )
        self._lock = threading.Lock()

    def count(self, holder_id: str, asked: str) -> None:
        """Count what somebody asks for who has proved that the link is theirs.

        Raises:
            AskedTooOften: it was once too often.
        """
        with self._lock:
            if not self._links.take((holder_id, asked), now_s=self._monotonic()):
                raise AskedTooOften(ASKED_EVERY_S)
