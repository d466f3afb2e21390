"""How many may be on their way to the provider at once, and how often an address may fail."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from contracts.hosts import network_of
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused
from controller.people.sign_in_throttle import WINDOW
from controller.people.throttle import Throttle

# Each holds a worker thread for as long as the provider takes.
MAX_AT_ONCE, MAX_FAILURES = 6, 30
_GUESSES = (ProviderRefusal.LOST, ProviderRefusal.NOT_BELIEVED)


@dataclass(frozen=True, slots=True)
class ProviderTries:
    """How many may be on their way to the provider, and fail, so that it costs us nothing else."""

    slots: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MAX_AT_ONCE)
    )
    failures: Throttle = field(default_factory=lambda: Throttle(limit=MAX_FAILURES, window=WINDOW))
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Let one go on its way.

        Raises:
            ProviderRefused: too many are, or too many of this address failed in a quarter of
                an hour.
        """
        key = network_of(address)
        with self.lock:
            wait_s = self.failures.wait_s(key, now_s=time.monotonic())
        if wait_s or not self.slots.acquire(blocking=False):
            raise ProviderRefused(ProviderRefusal.TOO_MANY)
        try:
            yield
        except ProviderRefused as exc:
            if exc.refusal in _GUESSES:
                with self.lock:
                    self.failures.failed(key, now_s=time.monotonic())
            raise
        finally:
            self.slots.release()
