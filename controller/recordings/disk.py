"""What asks the recordings' disk, and how long anybody waits for it.

A disk may hang for as long as it likes. Whoever asks it does so by a thread that belongs to this
folder alone, and gives up after a moment: the threads that answer pages stay free.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import ParamSpec, TypeVar

from controller.errors import RecordingsBusy

THREADS, WAIT_S = 4, 0.4
# Whoever plays is better late than broken off. Each holds a common thread, of which there are 40.
LONG_WAIT_S, MOST_PATIENT = 3.0, 8
# A piece of a file that is being read holds one of those 40 as well.
MOST_READS = 24
P = ParamSpec("P")
T = TypeVar("T")


class ShelfDisk:
    """Runs acts that the disk may hold up, so many at once, each for so long."""

    def __init__(
        self,
        *,
        wait_s: float = WAIT_S,
        long_wait_s: float = LONG_WAIT_S,
        most_patient: int = MOST_PATIENT,
        most_reads: int = MOST_READS,
    ) -> None:
        self._wait_s = wait_s
        self.long_wait_s = long_wait_s
        self._places = threading.BoundedSemaphore(THREADS)
        self._patient = threading.BoundedSemaphore(most_patient)
        self._hangs = False
        self.reads = asyncio.Semaphore(most_reads)

    def ask(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what an act returns, or raise what it raises.

        Where somebody has waited for a place in vain nobody waits, until an act ends.

        Raises:
            RecordingsBusy: it takes too long, or those before it do.
        """
        wait_s = 0.0 if self._hangs else self._wait_s
        return self._ask(self._wait_s, partial(act, *args, **kwargs), place_s=wait_s)

    def ask_patiently(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the same, but wait for seconds, unless too many do so already.

        Raises:
            RecordingsBusy: it takes too long, or those before it do.
        """
        is_patient = self._patient.acquire(blocking=False)
        try:
            wait_s = self.long_wait_s if is_patient else self._wait_s
            return self._ask(wait_s, partial(act, *args, **kwargs), place_s=wait_s)
        finally:
            if is_patient:
                self._patient.release()

    def _ask(self, wait_s: float, act: Callable[[], T], *, place_s: float) -> T:
        until_s = time.monotonic() + wait_s
        if not self._places.acquire(timeout=place_s):
            self._hangs = True
            raise RecordingsBusy
        done: Future[T] = Future()
        # A daemon: what hangs in the kernel must not hold up the end of the process too.
        threading.Thread(
            target=self._run,
            args=(act, done),
            name="recordings",
            daemon=True,
        ).start()
        try:
            return done.result(max(0.0, until_s - time.monotonic()))
        except TimeoutError:
            raise RecordingsBusy from None

    def _run(self, act: Callable[[], T], done: Future[T]) -> None:
        try:
            done.set_result(act())
        except BaseException as exc:  # noqa: BLE001 - given to the one who asked
            done.set_exception(exc)
        finally:
            self._hangs = False
            self._places.release()
