"""How full the file systems are, in bytes and in files: the machine's, and the data folder's.

A file system may hang (a network one whose server is gone, a disk that dies), and then the
kernel does not come back from being asked. So each path is asked in a thread of its own, by
one call at a time; the thread is a daemon, so that it keeps no process from ending.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from contracts.reports import DiskSection
from monitoring.errors import CollectorError

ASK_EVERY_S = 30.0
DECIMALS = 3

StatVfs = Callable[[Path], os.statvfs_result]


class FileSystem:
    """One path's file system. There is never more than one question under way."""

    def __init__(self, path: Path, *, statvfs: StatVfs = os.statvfs) -> None:
        self.path = path
        self._statvfs = statvfs
        self._under_way: asyncio.Future[os.statvfs_result] | None = None
        self._asked_at_s = 0.0

    async def ask(self, *, timeout_s: float) -> os.statvfs_result:
        """Return what the kernel says of it.

        Raises:
            CollectorError: there is no answer (yet; the question remains), or it is an error.
        """
        question = self._under_way or self._begin()
        await asyncio.wait({question}, timeout=timeout_s)
        if not question.done():
            for_s = time.monotonic() - self._asked_at_s
            raise CollectorError(f"{self.path}: the file system has not answered for {for_s:.0f} s")
        self._under_way = None
        try:
            return question.result()
        except OSError as exc:
            raise CollectorError(f"{self.path}: {exc.strerror or exc}") from exc

    def _begin(self) -> asyncio.Future[os.statvfs_result]:
        loop = asyncio.get_running_loop()
        question: asyncio.Future[os.statvfs_result] = loop.create_future()
        self._under_way, self._asked_at_s = question, time.monotonic()

        def settle(answer: os.statvfs_result | None, error: Exception | None) -> None:
            if question.cancelled():
                return
            if answer is not None:
                question.set_result(answer)
            else:
                question.set_exception(error or OSError("no answer"))

        def work() -> None:
            answer: os.statvfs_result | None = None
            error: Exception | None = None
            try:
                answer = self._statvfs(self.path)
            except Exception as exc:  # noqa: BLE001 - given to the one who asked
                error = exc
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, answer, error)

        threading.Thread(target=work, name=f"statvfs {self.path}", daemon=True).start()
        return question


class DiskCollector:
    """Says the fuller of the paths' file systems; `bytes_total` is the first one's size."""

    name = "disk"
    timeout_s = 5.0
    interval_s = ASK_EVERY_S

    def __init__(self, paths: Sequence[Path], *, statvfs: StatVfs = os.statvfs) -> None:
        self._systems = [FileSystem(path, statvfs=statvfs) for path in dict.fromkeys(paths)]
        self.bytes_total = 0

    async def collect(self) -> DiskSection:
        """Return the file systems' part.

        Raises:
            CollectorError: one of them does not answer.
        """
        patience_s = self.timeout_s * 0.8
        found = await asyncio.gather(
            *(system.ask(timeout_s=patience_s) for system in self._systems)
        )
        self.bytes_total = found[0].f_blocks * found[0].f_frsize
        return DiskSection(
            disk_ratio=max(
                (r for stat in found if (r := bytes_ratio(stat)) is not None), default=None
            ),
            inode_ratio=max(
                (r for stat in found if (r := inode_ratio(stat)) is not None), default=None
            ),
        )


def bytes_ratio(stat: os.statvfs_result) -> float | None:
    """Return the part of the space in use, as df(1) counts it."""
    return _used(stat.f_blocks - stat.f_bfree, stat.f_bavail)


def inode_ratio(stat: os.statvfs_result) -> float | None:
    """Return the part of all possible files that exist; None: the file system has no limit."""
    return _used(stat.f_files - stat.f_ffree, stat.f_favail) if stat.f_files else None


def _used(used: int, available: int) -> float | None:
    whole = used + available
    return round(min(1.0, max(0.0, used / whole)), DECIMALS) if whole > 0 else None
