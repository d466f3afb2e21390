"""Maintenance as rows: read into values, and added to."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from controller.maintenance.tables import MaintenanceRow
from monitoring.judgement.maintenance import Maintenance, Scope
from monitoring.judgement.periods import Period


def revisions(session: Session, *, since: datetime | None = None) -> list[Maintenance]:
    """Return every revision, or all of those declarations that ever were to end after a time."""
    query = select(MaintenanceRow).order_by(col(MaintenanceRow.revision))
    if since is not None:
        touched = select(MaintenanceRow.maintenance_id).where(MaintenanceRow.ends_at > since)
        query = query.where(col(MaintenanceRow.maintenance_id).in_(touched))
    return _values(list(session.exec(query)))


def revisions_of(session: Session, maintenance_id: str) -> list[Maintenance]:
    """Return the history of one declaration, as it was made."""
    query = (
        select(MaintenanceRow)
        .where(MaintenanceRow.maintenance_id == maintenance_id)
        .order_by(col(MaintenanceRow.revision))
    )
    return _values(list(session.exec(query)))


def count_since(session: Session, since: datetime) -> int:
    """Return how many revisions were made since a time."""
    query = select(func.count()).where(col(MaintenanceRow.made_at) >= since)
    return int(session.exec(query).one())


def add(session: Session, row: MaintenanceRow) -> None:
    """Add a revision."""
    session.add(row)


def _values(rows: list[MaintenanceRow]) -> list[Maintenance]:
    first: dict[str, datetime] = {}
    for row in rows:
        first.setdefault(row.maintenance_id, row.made_at)
    return [
        Maintenance(
            maintenance_id=row.maintenance_id,
            revision=row.revision or 0,
            scope=Scope(row.scope),
            subject_id=row.subject_id,
            period=Period(row.begins_at, row.ends_at),
            reason=row.reason,
            made_at=row.made_at,
            made_by=row.made_by,
            first_at=first[row.maintenance_id],
            is_withdrawn=row.is_withdrawn,
        )
        for row in rows
    ]
