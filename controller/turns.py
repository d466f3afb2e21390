"""Work that takes the processor: one at a time, a few wait for it, the rest comes again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from controller.errors import AskedTooOften


class Turns:
    """Many at once would hold up every page. Who waits holds a thread and connections of all."""

    def __init__(self, most_at_once: int, waits_s: float) -> None:
        self.places = threading.BoundedSemaphore(most_at_once)
        self.working = threading.Lock()
        self.waits_s = waits_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have a turn until the block ends.

        Raises:
            AskedTooOften: as many as may wait do, or the one before takes too long.
        """
        if not self.places.acquire(blocking=False):
            raise AskedTooOften(round(self.waits_s))
        try:
            if not self.working.acquire(timeout=self.waits_s):
                raise AskedTooOften(round(self.waits_s))
            try:
                yield
            finally:
                self.working.release()
        finally:
            self.places.release()
