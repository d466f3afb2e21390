"""The rows of the audit log: added, read from the newest back, and removed by age alone."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from controller.audit.tables import AuditEntry


def add(session: Session, entry: AuditEntry) -> None:
    """Add one entry."""
    session.add(entry)


def newest(session: Session, *, limit: int, before_id: int | None = None) -> list[AuditEntry]:
    """Return entries from the newest back, or those before one."""
    query = select(AuditEntry).order_by(col(AuditEntry.entry_id).desc()).limit(limit)
    if before_id is not None:
        query = query.where(col(AuditEntry.entry_id) < before_id)
    return list(session.exec(query))


def prune(session: Session, *, before: datetime | None, max_rows: int) -> None:
    """Remove entries older than an instant, and all but the newest `max_rows`."""
    if before is not None:
        session.execute(delete(AuditEntry).where(col(AuditEntry.happened_at) < before))
    boundary = session.exec(
        select(AuditEntry.entry_id)
        .order_by(col(AuditEntry.entry_id).desc())
        .offset(max_rows)
        .limit(1)
    ).first()
    if boundary is not None:
        session.execute(delete(AuditEntry).where(col(AuditEntry.entry_id) <= boundary))
