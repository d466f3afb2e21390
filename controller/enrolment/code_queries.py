"""Enrolment codes: made, tried, used once."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from controller.enrolment.tables import EnrolmentCode

MAX_TRIES = 5


def add(
    session: Session,
    secret_sha256: str,
    point_id: str,
    *,
    created_by: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Add a code; earlier unused ones of the point end with it."""
    withdraw(session, point_id)
    session.add(
        EnrolmentCode(
            secret_sha256=secret_sha256,
            point_id=point_id,
            created_at=now,
            created_by=created_by,
            expires_at=expires_at,
        )
    )


def withdraw(session: Session, point_id: str) -> None:
    """Remove a point's unused codes."""
    session.exec(
        delete(EnrolmentCode).where(
            col(EnrolmentCode.point_id) == point_id, col(EnrolmentCode.used_at).is_(None)
        )
    )


def find(session: Session, secret_sha256: str) -> EnrolmentCode | None:
    """Return a code, whatever has become of it."""
    return session.get(EnrolmentCode, secret_sha256)


def count_try(session: Session, secret_sha256: str) -> None:
    """Count a failed use of a code that exists."""
    session.exec(
        update(EnrolmentCode)
        .where(col(EnrolmentCode.secret_sha256) == secret_sha256)
        .values(tries=EnrolmentCode.tries + 1)
    )


def forget_before(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some codes that expired before an instant; return how many."""
    old = select(EnrolmentCode.secret_sha256).where(EnrolmentCode.expires_at < limit).limit(count)
    digests = list(session.exec(old))
    session.exec(delete(EnrolmentCode).where(col(EnrolmentCode.secret_sha256).in_(digests)))
    return len(digests)


def claim(session: Session, secret_sha256: str, *, key_sha256: str, now: datetime) -> bool:
    """Use a code up; False: it was used, has expired or is burnt."""
    changed = session.exec(
        update(EnrolmentCode)
        .where(
            col(EnrolmentCode.secret_sha256) == secret_sha256,
            col(EnrolmentCode.used_at).is_(None),
            col(EnrolmentCode.expires_at) > now,
            col(EnrolmentCode.tries) < MAX_TRIES,
        )
        .values(used_at=now, used_by_key_sha256=key_sha256)
    )
    return changed.rowcount == 1
