"""Messages that could not be handled, kept for inspection: the newest, within bounds.

Each is a file of its own: one line of JSON that says what and why, then the payload as
it came. Nothing here is ever read again by a process; people read it.
"""

import json
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import structlog

from runtime.limits import KeyedBuckets

MAX_FILES = 500
MAX_BYTES = 16 * 1024 * 1024
# One sender's flood neither wears the disk nor drives out what came from the others.
PER_SOURCE_S, BURST_PER_SOURCE = 1 / 60, 10

_log = structlog.get_logger()


class SetAside:
    """A folder that belongs to one process; the oldest leave where there are too many."""

    def __init__(
        self, folder: Path, *, max_files: int = MAX_FILES, max_bytes: int = MAX_BYTES
    ) -> None:
        self._folder = folder
        self._max_files = max_files
        self._max_bytes = max_bytes
        self._files: deque[tuple[Path, int]] | None = None
        self._bytes = 0
        self._buckets: KeyedBuckets[str] = KeyedBuckets(per_s=PER_SOURCE_S, burst=BURST_PER_SOURCE)
        self.kept_total = 0
        self.not_kept_total = 0

    def keep(
        self, source: str, payload: bytes, reason: str, *, now: datetime, now_s: float
    ) -> None:
        """Keep one message; counted only where its source floods or the disk takes nothing."""
        if not self._buckets.take(source, now_s=now_s):
            self.not_kept_total += 1
            return
        head = {"at": now.isoformat(), "source": source[:200], "reason": reason[:500]}
        content = json.dumps(head).encode() + b"\n" + payload
        try:
            self._write(content, now)
        except OSError as exc:
            self.not_kept_total += 1
            _log.warning("not_set_aside", source=source[:200], error=str(exc))
            return
        self.kept_total += 1

    def _write(self, content: bytes, now: datetime) -> None:
        files = self._files if self._files is not None else self._found()
        self._files = files
        path = self._folder / f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{self.kept_total:06d}"
        try:
            path.write_bytes(content)
        except OSError:
            path.unlink(missing_ok=True)  # on a full disk: half of it, counted by nobody
            raise
        files.append((path, len(content)))
        self._bytes += len(content)
        while len(files) > self._max_files or (self._bytes > self._max_bytes and len(files) > 1):
            oldest, size = files.popleft()
            oldest.unlink(missing_ok=True)
            self._bytes -= size

    def _found(self) -> deque[tuple[Path, int]]:
        """Return what earlier lives of the process have left, oldest first."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = deque((path, path.stat().st_size) for path in sorted(self._folder.iterdir()))
        self._bytes = sum(size for _, size in found)
        return found
