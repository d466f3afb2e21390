"""Certificates of points: which were given, which are accepted, which have been ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from contracts.desired import DIGEST_CHARS, CertificateDigest
from contracts.ids import PointId
from controller.enrolment.tables import PointCertificate

MAX_ACCEPTED = 4


def add(
    session: Session,
    point_id: str,
    *,
    serial: str,
    sha256: str,
    issued_at: datetime,
    expires_at: datetime,
    public_key: str = "",
) -> None:
    """Note a certificate that was given to a point's machine."""
    session.add(
        PointCertificate(
            serial=serial,
            point_id=point_id,
            sha256=sha256,
            issued_at=issued_at,
            expires_at=expires_at,
            public_key=public_key,
        )
    )


def end_all(
    session: Session, point_id: str, *, why: str, now: datetime, except_sha256: str = ""
) -> int:
    """End every certificate of a point but one; return how many stood."""
    ended = session.execute(
        update(PointCertificate)
        .where(
            col(PointCertificate.point_id) == point_id,
            col(PointCertificate.ended_at).is_(None),
            col(PointCertificate.sha256) != except_sha256,
        )
        .values(ended_at=now, why_ended=why)
    )
    return int(getattr(ended, "rowcount", 0))


def by_digest(session: Session, sha256: str) -> PointCertificate | None:
    """Return a certificate by its SHA-256, whatever has become of it."""
    return session.exec(select(PointCertificate).where(PointCertificate.sha256 == sha256)).first()


def begins_with(session: Session, digest: str) -> bool:
    """Return whether a certificate with this beginning of its SHA-256 was ever given."""
    found = select(PointCertificate.serial).where(col(PointCertificate.sha256).startswith(digest))
    return session.exec(found).first() is not None


def end_superseded(session: Session, *, issued_before: datetime, why: str, now: datetime) -> int:
    """End what stands beside a newer certificate that was given before an instant."""
    newer = aliased(PointCertificate)
    is_superseded = (
        select(newer.serial)
        .where(
            col(newer.point_id) == col(PointCertificate.point_id),
            col(newer.issued_at) > col(PointCertificate.issued_at),
            col(newer.issued_at) < issued_before,
            col(newer.ended_at).is_(None),
        )
        .exists()
    )
    ended = session.execute(
        update(PointCertificate)
        .where(col(PointCertificate.ended_at).is_(None), is_superseded)
        .values(ended_at=now, why_ended=why)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(ended, "rowcount", 0))


def ended(session: Session) -> list[PointCertificate]:
    """Return what was ended before its date, until it is forgotten: no clock shortens the list."""
    return list(
        session.exec(select(PointCertificate).where(col(PointCertificate.ended_at).is_not(None)))
    )


def ended_since(session: Session, since: datetime) -> list[tuple[PointId, str]]:
    """Return the points whose certificates were ended from an instant on, and why."""
    rows = session.exec(
        select(PointCertificate.point_id, PointCertificate.why_ended)
        .where(col(PointCertificate.ended_at) >= since)
        .distinct()
    )
    return [(PointId(point_id), why) for point_id, why in rows]


def revocations(session: Session, why: str) -> list[tuple[PointId, datetime, datetime | None]]:
    """Return points, when a certificate was ended for this reason, and when another was given."""
    newer = aliased(PointCertificate)
    again_at = (
        select(func.min(newer.issued_at))
        .where(
            col(newer.point_id) == col(PointCertificate.point_id),
            col(newer.issued_at) >= col(PointCertificate.ended_at),
        )
        .correlate(PointCertificate)
        .scalar_subquery()
    )
    rows = session.exec(
        select(PointCertificate.point_id, PointCertificate.ended_at, again_at).where(
            PointCertificate.why_ended == why, col(PointCertificate.ended_at).is_not(None)
        )
    )
    return [(PointId(point_id), ended_at, at) for point_id, ended_at, at in rows if ended_at]


def whys_ended(session: Session, point_id: str) -> set[str]:
    """Return why certificates of a point were ended before their date."""
    rows = session.exec(
        select(PointCertificate.why_ended).where(
            col(PointCertificate.point_id) == point_id, col(PointCertificate.ended_at).is_not(None)
        )
    )
    return set(rows)


def forget_expired(session: Session, before: datetime) -> int:
    """Remove what expired long ago, no list needs it any more; return how many."""
    gone = session.execute(
        delete(PointCertificate).where(col(PointCertificate.expires_at) < before)
    )
    return int(getattr(gone, "rowcount", 0))


def of_points(session: Session, points: Iterable[PointId]) -> list[PointCertificate]:
    """Return every certificate these points were given, the newest first."""
    return list(
        session.exec(
            select(PointCertificate)
            .where(col(PointCertificate.point_id).in_(list(points)))
            .order_by(col(PointCertificate.issued_at).desc())
        )
    )


def digests(
    point: PointId, rows: Sequence[PointCertificate], named: str | None
) -> tuple[CertificateDigest, ...]:
    """Return the digests of a point's certificates that stand; `named` may be an unlisted one."""
    own = [row for row in rows if row.point_id == point]
    standing = [row.sha256 for row in own if row.ended_at is None]
    if named and named not in {row.sha256 for row in own}:
        standing.append(named)
    return tuple(sha[:DIGEST_CHARS] for sha in standing[:MAX_ACCEPTED])
