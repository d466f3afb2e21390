"""Threads for what a disk may hold up: a few, and their own.

The process' common threads are those that resolve names: were they taken by a disk that hangs,
no session could be opened either. Beyond what may wait here an act is refused.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from media.errors import DiskBusy

THREADS, MOST_WAITING = 4, 512
P = ParamSpec("P")
T = TypeVar("T")


class DiskThreads:
    """Runs acts that block, so many at once and so many waiting."""

    def __init__(self, threads: int = THREADS, *, most: int = MOST_WAITING) -> None:
        self._most = most
        self._places = threading.BoundedSemaphore(most)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="disk")

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what an act returns.

        Raises:
            DiskBusy: too many wait.
        """
        if not self._places.acquire(blocking=False):
            raise DiskBusy(self._most)
        given_up = threading.Event()
        running = self._threads.submit(self._take, partial(act, *args, **kwargs), given_up)
        try:
            return await asyncio.shield(asyncio.wrap_future(running))
        except asyncio.CancelledError:
            given_up.set()
            raise

    def _take(self, act: Callable[[], T], given_up: threading.Event) -> T:
        """Run an act that waited, or pass it over; until then it had a place."""
        try:
            if given_up.is_set():
                raise DiskBusy(self._most)  # heard by nobody
            return act()
        finally:
            self._places.release()
