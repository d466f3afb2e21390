"""When somebody reads a file: the kernel's own notice (inotify, IN_ACCESS)."""

import ctypes
import os
import select
from pathlib import Path

_IN_ACCESS = 0x1
_IN_NONBLOCK = os.O_NONBLOCK
_NOTICES = 4096
_libc = ctypes.CDLL(None, use_errno=True)


class Reads:
    """Tells that a file has been read since one last asked."""

    def __init__(self, file: Path) -> None:
        """Watch a file that is there.

        Raises:
            OSError: the kernel has no more watches to give.
        """
        self._notices: int = _libc.inotify_init1(_IN_NONBLOCK)
        if self._notices < 0 or _libc.inotify_add_watch(
            self._notices, os.fsencode(file), _IN_ACCESS
        ) < 0:  # fmt: skip
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(file))

    def wait(self, limit_s: float) -> bool:
        """Return whether it was read, as soon as it is, else after the limit."""
        readable, _, _ = select.select([self._notices], [], [], max(0.0, limit_s))
        if not readable:
            return False
        os.read(self._notices, _NOTICES)
        return True

    def close(self) -> None:
        """Watch it no longer."""
        os.close(self._notices)
