"""Where the agent's reports go: the outbox file, or memory while the file cannot be written."""

from datetime import datetime, timedelta

import structlog

from agent.errors import OutboxUnavailable
from agent.point.memory_outbox import MemoryOutbox
from agent.point.outbox import MAX_ROW, Entry, Outbox, OutboxCounts
from agent.point.stamp import Stamp
from contracts.reports import Body, Held, OutboxId

_log = structlog.get_logger()

FRESH_LIMIT = 32


class Journal:
    """Never raises for the disk: what cannot be stored is kept in memory and sent from there."""

    def __init__(self, outbox: Outbox) -> None:
        self._file = outbox
        self._memory = MemoryOutbox()
        self._fresh_row = 0
        self._fresh_memory_row = MAX_ROW
        self._data_version: int | None = None
        self.problem = ""

    @property
    def outbox_id(self) -> OutboxId:
        """The name reports are numbered under now."""
        try:
            return self._file.outbox_id
        except OutboxUnavailable as exc:
            self._note(exc)
            return self._memory.outbox_id

    @property
    def in_memory(self) -> int:
        """How many reports wait in memory for the disk."""
        return len(self._memory)

    def append(self, body: Body, at: Stamp) -> Entry:
        """Keep a report: on the disk, or in memory for now."""
        try:
            self._store_memory()
            entry = self._file.append(body, at)
        except OutboxUnavailable as exc:
            self._note(exc)
            return self._memory.append(body, at)
        if self.problem:
            _log.info("outbox_stores_again")
            self.problem = ""
        # A new file in place of a damaged one begins with the first row again.
        self._fresh_row = min(self._fresh_row, entry.row - 1)
        return entry

    def set_aside_at_s(self) -> float | None:
        """Return when a damaged file was set aside last, by the wall clock; None: none is there."""
        return self._file.set_aside_at_s()

    def fresh(self) -> list[Entry]:
        """Return what was stored since the last call, oldest first, by whichever process."""
        found: list[Entry] = []
        try:
            found = self._file.after(self._fresh_row, FRESH_LIMIT)
            if found:
                self._fresh_row = found[-1].row
        except OutboxUnavailable as exc:
            self._note(exc)
        in_memory = self._memory.after(self._fresh_memory_row, FRESH_LIMIT)
        if in_memory:
            self._fresh_memory_row = in_memory[-1].row
        return found + in_memory

    def start_fresh(self) -> None:
        """Leave everything stored so far to the backlog, but for the newest report."""
        try:
            self._fresh_row = max(0, self._file.last_row() - 1)
        except OutboxUnavailable as exc:
            self._note(exc)
        newest = self._memory.newest(2**63, 1)
        self._fresh_memory_row = newest[0].row - 1 if newest else MAX_ROW

    def backlog(self, below_row: int, limit: int) -> list[Entry]:
        """Return what the centre is not known to hold, newest first; nothing still fresh."""
        found = self._memory.newest(min(below_row, self._fresh_memory_row + 1), limit)
        if len(found) >= limit:
            return found
        below_row = min(below_row, self._fresh_row + 1)
        try:
            return found + self._file.newest_unacknowledged(below_row, limit - len(found))
        except OutboxUnavailable as exc:
            self._note(exc)
            return found

    def apply(self, held: Held) -> int:
        """Take over what the centre says it holds; return how many reports it has lost."""
        self._memory.apply(held)
        try:
            return self._file.apply(held)
        except OutboxUnavailable as exc:
            self._note(exc)  # it says so again, and nothing leaves unmarked
            return 0

    def remove(self, entry: Entry) -> None:
        """Delete a report from the file."""
        try:
            self._file.remove(entry)
        except OutboxUnavailable as exc:
            self._note(exc)

    def has_changed_elsewhere(self) -> bool:
        """Return whether another process has stored something since the last call."""
        try:
            version = self._file.data_version()
        except OutboxUnavailable:
            return False  # told where something is stored; here nothing is lost
        has_changed = version != self._data_version
        self._data_version = version
        return has_changed

    def prune(self, *, now: datetime | None, keep: timedelta, max_bytes: int) -> int:
        """Delete a batch of what may leave."""
        try:
            return self._file.prune(now=now, keep=keep, max_bytes=max_bytes)
        except OutboxUnavailable as exc:
            self._note(exc)
            return 0

    def counts(self) -> OutboxCounts | None:
        """Return what lies in the file; None: it cannot be read now."""
        try:
            return self._file.counts()
        except OutboxUnavailable as exc:
            self._note(exc)
            return None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _store_memory(self) -> None:
        if len(self._memory):
            self._file.adopt(self._memory.all())
            self._fresh_row = self._file.last_row()
            _log.info("outbox_caught_up", reports=len(self._memory), lost=self._memory.lost_total)
            self._memory.clear()

    def _note(self, exc: OutboxUnavailable) -> None:
        if self.problem != exc.reason:
            _log.error("outbox_unavailable", path=str(exc.path), reason=exc.reason)
        self.problem = exc.reason
