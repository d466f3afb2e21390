"""Bytes to the disk from a thread of their own: a disk that hangs holds up nobody else.

What waits has a limit; beyond it whole pieces are dropped and counted, so that what is on the
disk stays whole. A piece that the disk did not take entirely is taken back, and ends it.
"""

import os
import threading
import time
from collections import deque
from pathlib import Path

MAX_WAITING_BYTES = 32 * 1024 * 1024
_OPEN = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class FileWriter:
    """Appends to a few files, in the order in which it was given.

    Used from one task; its thread ends with `close`, or with the process.
    """

    def __init__(self, *, most_bytes: int = MAX_WAITING_BYTES) -> None:
        self.dropped = 0
        self.written_bytes = 0
        self.failure: OSError | None = None
        self._most_bytes = most_bytes
        self._waiting: deque[tuple[Path, bytes]] = deque()
        self._waiting_bytes = 0
        self._busy_since_s: float | None = None
        self._is_closing = False
        self._change = threading.Condition()
        self._files: dict[Path, int] = {}
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def append(self, path: Path, data: bytes) -> bool:
        """Have bytes appended to a file; False: they are dropped."""
        with self._change:
            is_full = self._waiting_bytes + len(data) > self._most_bytes
            if is_full or self.failure is not None or self._is_closing:
                self.dropped += 1
                return False
            self._waiting.append((path, data))
            self._waiting_bytes += len(data)
            self._change.notify()
            return True

    def blocked_s(self) -> float:
        """Return for how long the disk has been busy with one piece."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    @property
    def is_done(self) -> bool:
        """Whether everything is on the disk, or was given up, after `close`."""
        return not self._thread.is_alive()

    def close(self, timeout_s: float) -> bool:
        """Write what waits, and end; False: it takes longer."""
        with self._change:
            self._is_closing = True
            self._change.notify()
        self._thread.join(timeout_s)
        return self.is_done

    def _run(self) -> None:
        try:
            while (piece := self._next()) is not None:
                self._busy_since_s = time.monotonic()
                self._write(*piece)
                self._busy_since_s = None
        except OSError as exc:
            with self._change:
                self.failure = exc
                self._waiting.clear()
            self._busy_since_s = None
        finally:
            for descriptor in self._files.values():
                os.close(descriptor)

    def _next(self) -> tuple[Path, bytes] | None:
        with self._change:
            while not self._waiting and not self._is_closing:
                self._change.wait()
            return self._waiting.popleft() if self._waiting else None

    def _write(self, path: Path, data: bytes) -> None:
        descriptor = self._files.get(path)
        if descriptor is None:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            descriptor = self._files[path] = os.open(path, _OPEN, 0o640)
        before = os.fstat(descriptor).st_size
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fdatasync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
        finally:
            with self._change:
                self._waiting_bytes -= len(data)
        self.written_bytes += len(data)
