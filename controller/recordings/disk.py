"""What asks the recordings' disk, and how long anybody waits for it.

A disk may hang for as long as it likes. Whoever asks it does so by a thread that belongs to this
folder alone, and gives up after a moment: the threads that answer pages stay free.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import ParamSpec, TypeVar

from controller.errors import RecordingsBusy

THREADS, WAIT_S = 4, 0.4
# At once; a file that is being read may hold up a common thread, of which there are 40.
MOST_GIVEN = 24
P = ParamSpec("P")
T = TypeVar("T")


class ShelfDisk:
    """Runs acts that the disk may hold up, so many at once, each for so long."""

    def __init__(self, *, wait_s: float = WAIT_S, given: int = MOST_GIVEN) -> None:
        self._wait_s = wait_s
        self._places = threading.BoundedSemaphore(THREADS)
        self.given = threading.BoundedSemaphore(given)

    def ask(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what an act returns, or raise what it raises.

        Raises:
            RecordingsBusy: it takes too long, or those before it do.
        """
        if not self._places.acquire(timeout=self._wait_s):
            raise RecordingsBusy
        done: Future[T] = Future()
        # A daemon: what hangs in the kernel must not hold up the end of the process too.
        threading.Thread(
            target=self._run,
            args=(partial(act, *args, **kwargs), done),
            name="recordings",
            daemon=True,
        ).start()
        try:
            return done.result(self._wait_s)
        except TimeoutError:
            raise RecordingsBusy from None

    def _run(self, act: Callable[[], T], done: Future[T]) -> None:
        try:
            done.set_result(act())
        except BaseException as exc:  # noqa: BLE001 - given to the one who asked
            done.set_exception(exc)
        finally:
            self._places.release()
