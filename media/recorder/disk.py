"""How much room the disk has: asked from a thread, since a disk that hangs answers nobody."""

import asyncio
import shutil
from pathlib import Path

from contracts.recordings import RecorderTrouble
from media.recorder.disk_threads import DiskThreads
from media.recorder.settings import DiskSettings

LOOK_EVERY_S = 2.0
MB = 1_000_000


def judge(free_bytes: int, limits: DiskSettings) -> RecorderTrouble | None:
    """Return what is wrong with so much room."""
    if free_bytes < limits.stop_free_mb * MB:
        return RecorderTrouble.DISK_FULL
    return RecorderTrouble.DISK_LOW if free_bytes < limits.warn_free_mb * MB else None


class WatchedDisk:
    """The disk of one folder, as it was a moment ago."""

    def __init__(self, folder: Path, limits: DiskSettings) -> None:
        self.free_bytes = shutil.disk_usage(folder).free
        self.trouble = judge(self.free_bytes, limits)
        self._folder = folder
        self._limits = limits
        self._thread = DiskThreads(1)

    def has_room(self) -> bool:
        """Return whether it may be written."""
        return self.trouble is not RecorderTrouble.DISK_FULL

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            usage = await self._thread.run(shutil.disk_usage, self._folder)
            self.free_bytes = usage.free
            self.trouble = judge(usage.free, self._limits)
            await asyncio.sleep(LOOK_EVERY_S)
