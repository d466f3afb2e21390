"""Thresholds as rows: the last revision, those before it, one more."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from controller.errors import StorageError
from controller.thresholds.scheme import Scheme
from controller.thresholds.tables import ThresholdRevision

MOST_KEPT = 300
NOTHING_SET = Scheme()
_schemes = msgspec.json.Decoder(Scheme)


@dataclass(frozen=True, slots=True)
class KeptScheme:
    """Everything that was set, from when on, by whom and why; revision 0: nothing ever was."""

    revision: int = 0
    scheme: Scheme = NOTHING_SET
    made_at: datetime | None = None
    made_by: str = ""
    reason: str = ""
    restored: int | None = None


def last_revision(session: Session) -> int:
    """Return the number of the last revision; 0: there is none."""
    found = session.exec(select(func.max(ThresholdRevision.revision))).one()
    return found or 0


def newest(session: Session) -> KeptScheme:
    """Return what is set now.

    Raises:
        StorageError: what was written cannot be read.
    """
    found = history(session, limit=1)
    return found[0] if found else KeptScheme()


def kept(session: Session, revision: int) -> KeptScheme | None:
    """Return one revision; None: it is kept no more, or never was. The 0th has nothing set.

    Raises:
        StorageError: what was written cannot be read.
    """
    if not revision:
        return KeptScheme()
    row = session.get(ThresholdRevision, revision)
    return _kept(row) if row is not None else None


def history(session: Session, *, limit: int) -> list[KeptScheme]:
    """Return the newest revisions, the last one first.

    Raises:
        StorageError: what was written cannot be read.
    """
    query = select(ThresholdRevision).order_by(col(ThresholdRevision.revision).desc()).limit(limit)
    return [_kept(row) for row in session.exec(query)]


def add(session: Session, one: KeptScheme, now: datetime) -> KeptScheme:
    """Add a revision and drop the oldest beyond what is kept; return it with its number."""
    row = ThresholdRevision(
        scheme=msgspec.json.encode(one.scheme).decode(),
        made_at=now,
        made_by=one.made_by,
        reason=one.reason,
        restored=one.restored,
    )
    session.add(row)
    session.flush()
    table = ThresholdRevision.metadata.tables["threshold_revision"]
    oldest = (row.revision or 0) - MOST_KEPT
    session.execute(sqlalchemy.delete(table).where(table.c.revision <= oldest))
    return _kept(row)


def made_since(session: Session, since: datetime) -> int:
    """Return how many revisions were made since a time."""
    query = select(func.count()).where(col(ThresholdRevision.made_at) >= since)
    return session.exec(query).one()


def _kept(row: ThresholdRevision) -> KeptScheme:
    try:
        scheme = _schemes.decode(row.scheme)
    except msgspec.DecodeError as exc:
        raise StorageError(f"revision {row.revision} of the thresholds: {exc}") from exc
    return KeptScheme(row.revision or 0, scheme, row.made_at, row.made_by, row.reason, row.restored)
