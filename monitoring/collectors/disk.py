"""How full the file systems are, in bytes and in files: machine's, data folder's, and all others.

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

from contracts.machine import FileSystemUse
from contracts.reports import DiskSection
from monitoring.collectors import file_systems
from monitoring.collectors.file_systems import Mounted
from monitoring.collectors.host import read_text
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
    """Says the fuller of the paths' file systems; `bytes_total` is the first one's size.

    Besides, all file systems on disks of the machine; one that does not answer is left out.
    """

    name = "disk"
    timeout_s = 5.0
    interval_s = ASK_EVERY_S

    def __init__(
        self, paths: Sequence[Path], *, proc: Path | None = None, statvfs: StatVfs = os.statvfs
    ) -> None:
        self._own = [FileSystem(path, statvfs=statvfs) for path in dict.fromkeys(paths)]
        self._others: dict[str, FileSystem] = {}
        self._proc = proc
        self._statvfs = statvfs
        self.bytes_total = 0

    async def collect(self) -> DiskSection:
        """Return the file systems' part.

        Raises:
            CollectorError: one of the paths does not answer.
        """
        patience_s = self.timeout_s * 0.8
        own, all_found = await asyncio.gather(
            asyncio.gather(*(system.ask(timeout_s=patience_s) for system in self._own)),
            self._all(patience_s),
        )
        self.bytes_total = own[0].f_blocks * own[0].f_frsize
        return DiskSection(
            disk_ratio=max(
                (r for stat in own if (r := bytes_ratio(stat)) is not None), default=None
            ),
            inode_ratio=max(
                (r for stat in own if (r := inode_ratio(stat)) is not None), default=None
            ),
            file_systems=all_found,
        )

    async def _all(self, patience_s: float) -> tuple[FileSystemUse, ...]:
        mounted = self._mounted()
        before, self._others = self._others, {}
        for one in mounted:
            new = FileSystem(Path(one.path), statvfs=self._statvfs)
            self._others[one.path] = before.get(one.path, new)
        found = await asyncio.gather(*(self._use(one, patience_s) for one in mounted))
        return tuple(one for one in found if one is not None)

    def _mounted(self) -> list[Mounted]:
        try:
            path = self._proc / "self/mountinfo" if self._proc else None
            return file_systems.local(read_text(path)) if path else []
        except CollectorError:
            return []

    async def _use(self, one: Mounted, patience_s: float) -> FileSystemUse | None:
        try:
            stat = await self._others[one.path].ask(timeout_s=patience_s)
        except CollectorError:
            return None
        return FileSystemUse(
            path=one.path,
            kind=one.kind,
            bytes_total=stat.f_blocks * stat.f_frsize,
            disk_ratio=bytes_ratio(stat),
            inode_ratio=inode_ratio(stat),
            is_read_only=one.is_read_only,
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
