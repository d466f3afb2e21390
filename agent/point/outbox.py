"""The outbox file: every report until the centre holds it, and 30 days beyond.

One file for the point, written by the health agent and by the room's process. Rows
are marked when acknowledged, and marked back when the centre, perhaps restored from
a backup, says that it does not hold them. A file that is damaged is set aside and a
new one, with a new outbox_id, takes its place; nothing else stops for it.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import structlog

from agent.errors import OutboxUnavailable
from agent.point import outbox_schema as schema
from agent.point.stamp import Stamp, new_report
from contracts import codec
from contracts.ranges import RangeSet
from contracts.reports import Body, Held, OutboxId
from runtime.command_line import both
from runtime.os_fault import reasons

_log = structlog.get_logger()

MAX_ROW = 2**62
PRUNE_BATCH = 500
# sqlite.org/rescode.html
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_VIETNAMESE = dict.fromkeys(_DAMAGED, "tệp bị hỏng; báo cáo mới được ghi vào một tệp mới") | {
    sqlite3.SQLITE_FULL: "đĩa đã đầy",
    sqlite3.SQLITE_READONLY: "tệp này chỉ đọc được",
    sqlite3.SQLITE_BUSY: "chương trình khác đang dùng tệp này",
    sqlite3.SQLITE_LOCKED: "chương trình khác đang dùng tệp này",
    sqlite3.SQLITE_CANTOPEN: "không mở được tệp này",
    sqlite3.SQLITE_IOERR: "ổ đĩa bị lỗi",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored report, encoded as it is sent. `row` says in which order they were stored."""

    row: int
    outbox_id: OutboxId
    seq: int
    payload: bytes

    @property
    def key(self) -> tuple[OutboxId, int]:
        """What the centre tells reports apart by, within one point."""
        return self.outbox_id, self.seq


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """What lies in the file."""

    total: int
    unacknowledged: int
    last_measured_at_ms: int | None


def new_outbox_id() -> OutboxId:
    """Return a random name for an outbox."""
    return secrets.token_urlsafe(12)


class Outbox:
    """Opens the file when first used, and again where another process replaced it.

    Every method raises OutboxUnavailable where the file cannot be used now. Read only,
    it makes no file and sets none aside: for looking on beside a running agent.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        self._path = path
        self._is_read_only = is_read_only
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._outbox_id: OutboxId = ""

    @property
    def outbox_id(self) -> OutboxId:
        """The name new reports are numbered under."""
        with self._using():
            return self._outbox_id

    def set_aside_at_s(self) -> float | None:
        """Return when a damaged file was set aside last, by the wall clock; None: none is there."""
        try:
            return self._path.with_name(f"{self._path.name}.damaged").stat().st_ctime
        except OSError:
            return None

    def append(self, body: Body, at: Stamp) -> Entry:
        """Store a report under the next number; it is on the disk when this returns."""
        with self._writing() as db:
            self._outbox_id, seq = db.execute(schema.READ_HEAD).fetchone()
            payload = codec.encode(new_report(self._outbox_id, seq, body, at))
            measured_at_ms = _ms(at.measured_at)
            row = db.execute(
                schema.INSERT, (self._outbox_id, seq, measured_at_ms, payload)
            ).lastrowid
            db.execute(schema.NUMBER_TAKEN)
        return Entry(row or 0, self._outbox_id, seq, payload)

    def adopt(self, entries: Sequence[tuple[Entry, int]]) -> None:
        """Store reports of another outbox with when they were measured (ms), as they are."""
        with self._writing() as db:
            db.executemany(
                schema.INSERT, [(e.outbox_id, e.seq, at_ms, e.payload) for e, at_ms in entries]
            )

    def after(self, row: int, limit: int) -> list[Entry]:
        """Return unacknowledged reports stored after a row, oldest first."""
        with self._using() as db:
            return [Entry(*found) for found in db.execute(schema.AFTER, (row, limit))]

    def newest_unacknowledged(self, below_row: int, limit: int) -> list[Entry]:
        """Return unacknowledged reports stored before a row, newest first."""
        with self._using() as db:
            return [
                Entry(*found) for found in db.execute(schema.NEWEST_UNACKED, (below_row, limit))
            ]

    def remove(self, entry: Entry) -> None:
        """Delete one report."""
        with self._writing(schema.FORGETTABLE) as db:
            db.execute(schema.DELETE_ONE, entry.key)

    def last_row(self) -> int:
        """Return the last stored report's row, 0 where there is none."""
        with self._using() as db:
            return int(db.execute(schema.LAST_ROW).fetchone()[0])

    def data_version(self) -> int:
        """Return a number that changes when another process has written."""
        with self._using() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0])

    def counts(self) -> OutboxCounts:
        """Return how many reports there are."""
        with self._using() as db:
            return OutboxCounts(*db.execute(schema.COUNTS).fetchone())

    def apply(self, held: Held) -> int:
        """Mark what the centre holds and take the mark from what it does not.

        Returns how many marks were taken back. What lies below `complete_from` is
        left as it is. A centre that holds numbers never given out shows that this file
        is an old copy of itself: numbering goes on under a new name.
        """
        with self._writing(schema.FORGETTABLE) as db:
            for low, high in held.ranges:
                db.execute(schema.ACKNOWLEDGE, (held.outbox_id, low, high))
            last = int(db.execute(schema.LAST_SEQ, (held.outbox_id,)).fetchone()[0])
            lost = 0
            first = max(1, held.complete_from)
            for low, high in RangeSet.union(held.ranges).missing(first=first, last=last):
                lost += db.execute(schema.UNACKNOWLEDGE, (held.outbox_id, low, high)).rowcount
            self._rotate_if_beyond(db, held)
        return lost

    def _rotate_if_beyond(self, db: sqlite3.Connection, held: Held) -> None:
        outbox_id, next_seq = db.execute(schema.READ_HEAD).fetchone()
        highest = max((high for _, high in held.ranges), default=0)
        if held.outbox_id == outbox_id and highest >= next_seq:
            self._outbox_id = new_outbox_id()
            db.execute(schema.ROTATE_HEAD, (self._outbox_id,))
            _log.warning("outbox_is_an_old_copy", outbox_id=outbox_id, held=highest, next=next_seq)

    def prune(self, *, now: datetime | None, keep: timedelta, max_bytes: int) -> int:
        """Delete at most a batch of what may leave; return how many rows left.

        Acknowledged rows leave by age (where `now` can be trusted) or size, oldest
        first; unacknowledged ones only by size, and last.
        """
        with self._writing(schema.FORGETTABLE) as db:
            deleted = 0
            if now is not None:
                before_ms = _ms(now - keep)
                deleted = db.execute(schema.DELETE_OLD, (before_ms, PRUNE_BATCH)).rowcount
            if not deleted and _used_bytes(db) > max_bytes:
                deleted = db.execute(schema.DELETE_ACKED, (PRUNE_BATCH,)).rowcount
                if not deleted:
                    deleted = db.execute(schema.DELETE_UNACKED, (PRUNE_BATCH,)).rowcount
                    _log.error("outbox_overflowed", unacknowledged_lost=deleted)
        return deleted

    def close(self) -> None:
        """Close the file; it opens again when used."""
        db, self._db = self._db, None
        if db is not None:
            db.close()

    @contextmanager
    def _writing(self, durability: str = schema.LASTING) -> Iterator[sqlite3.Connection]:
        with self._using() as db:
            db.execute(durability)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._current()
        except sqlite3.Error as exc:
            if _is_damage(exc) and not self._is_read_only:
                self._set_aside(str(exc))
            else:
                self.close()
            vietnamese = _VIETNAMESE.get(_code(exc), "không dùng được tệp này")
            raise OutboxUnavailable(self._path, both(vietnamese, str(exc))) from exc
        except OSError as exc:
            raise OutboxUnavailable(self._path, both(*reasons(exc))) from exc

    def _current(self) -> sqlite3.Connection:
        """Return the open file, after seeing that it still is the one at the path."""
        if self._db is not None and self._inode == _inode(self._path):
            return self._db
        self.close()
        try:
            self._db = self._open()
        except sqlite3.Error as exc:
            if self._is_read_only or not _is_damage(exc):
                raise
            self._inode = _inode(self._path)
            self._set_aside(str(exc))
            self._db = self._open()
        self._inode = _inode(self._path)
        return self._db

    def _open(self) -> sqlite3.Connection:
        if self._is_read_only:
            return sqlite3.connect(f"file:{quote(str(self._path))}?mode=ro", uri=True)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, isolation_level=None, cached_statements=32)
        try:
            for pragma in schema.PRAGMAS:
                db.execute(pragma)
            db.executescript(schema.CREATE)
            db.execute(schema.NEW_HEAD, (new_outbox_id(),))
            self._outbox_id = db.execute(schema.READ_HEAD).fetchone()[0]
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _set_aside(self, reason: str) -> None:
        """Move a damaged file out of the way, unless another process has done so."""
        self.close()
        if _inode(self._path) != self._inode:
            return
        for suffix in ("", "-wal", "-shm"):
            damaged = self._path.with_name(self._path.name + suffix)
            if damaged.exists():
                damaged.replace(self._path.with_name(f"{self._path.name}.damaged{suffix}"))
        _log.error("outbox_set_aside", path=f"{self._path}.damaged", reason=reason)


def _is_damage(exc: sqlite3.Error) -> bool:
    return _code(exc) in _DAMAGED


def _code(exc: sqlite3.Error) -> int:
    return int(getattr(exc, "sqlite_errorcode", None) or 0) & 0xFF


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _used_bytes(db: sqlite3.Connection) -> int:
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
