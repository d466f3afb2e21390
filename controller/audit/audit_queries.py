"""The rows of the audit log: added, read from the newest back, and removed by age alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_
from sqlmodel import Session, col, select

from controller.audit.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are looked for; what is empty leaves nothing out.

    `who` is part of the name of who did it or had it done, `accounts` are called so; the subject
    of an action of `of_meetings` is a meeting and, after a space, whom it was about.
    """

    who: str = ""
    point_ids: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    action: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    of_meetings: tuple[str, ...] = ()


def add(session: Session, entry: AuditEntry) -> None:
    """Add one entry."""
    session.add(entry)


def newest(
    session: Session, *, limit: int, before_id: int | None = None, wanted: EntryFilter
) -> list[AuditEntry]:
    """Return entries from the newest back, or those before one."""
    query = select(AuditEntry).order_by(col(AuditEntry.entry_id).desc()).limit(limit)
    if before_id is not None:
        query = query.where(col(AuditEntry.entry_id) < before_id)
    if wanted.who:
        query = query.where(_concerns(wanted))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.begins_at is not None:
        query = query.where(AuditEntry.happened_at >= wanted.begins_at)
    if wanted.ends_at is not None:
        query = query.where(AuditEntry.happened_at < wanted.ends_at)
    return list(session.exec(query))


def _concerns(wanted: EntryFilter) -> ColumnElement[bool]:
    subject, is_meeting = col(AuditEntry.subject), col(AuditEntry.action).in_(wanted.of_meetings)
    about = [subject.endswith(f" {one}", autoescape=True) for one in wanted.point_ids]
    return or_(
        col(AuditEntry.actor).icontains(wanted.who, autoescape=True),
        col(AuditEntry.actor).in_(wanted.accounts),
        subject.in_(wanted.point_ids),
        and_(~is_meeting, subject.icontains(wanted.who, autoescape=True)),
        and_(is_meeting, or_(subject.endswith(f" {wanted.who}", autoescape=True), *about)),
    )


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
