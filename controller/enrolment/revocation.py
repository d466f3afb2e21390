"""A point's certificates are taken back: in the database, and on the broker's list.

What the web process does about it, for the sessions that are open, is in endings.py.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import PointId
from controller.db.engine import reading, writing
from controller.enrolment import certificate_queries, code_queries, revocation_list
from controller.enrolment.pki import Authority
from controller.errors import Conflict, NotFound
from controller.places import service as places
from monitoring.judgement.periods import Period

REVOKED, REPLACED, RENEWED = "revoked", "replaced", "renewed"


def revoke(engine: Engine, point_id: str, *, now: datetime) -> None:
    """End every certificate of a point, and the codes that would give it another.

    Raises:
        NotFound: there is no such point.
        Conflict: it has none.
    """
    with writing(engine) as session:
        point = places.point(session, point_id, at=now)
        if point is None:
            raise NotFound("điểm cầu", "point")
        had_one = point.certificate_sha256 is not None
        count = certificate_queries.end_all(session, point_id, why=REVOKED, now=now)
        code_queries.withdraw(session, point_id)
        places.clear_certificate(session, point_id)
        if not (had_one or count):
            raise Conflict(
                "not_enrolled",
                "Điểm cầu này không có chứng thư nào đang dùng.",
                "This point has no certificate in use.",
            )


def update_list(engine: Engine, pki_dir: Path, authority: Authority, *, now: datetime) -> bool:
    """Write the broker's list anew from the database; True: it has changed.

    Raises:
        StorageError, OSError: it could not be; the old list stands.
    """
    with reading(engine) as session:
        rows = certificate_queries.ended(session)
    return revocation_list.write(pki_dir, authority, rows, now=now)


def shut_out_now(session: Session) -> frozenset[PointId]:
    """Return the points without a certificate since theirs was revoked, whatever the clock says."""
    revoked = {point_id for point_id, _, _ in certificate_queries.revocations(session, REVOKED)}
    points = places.points_by_id(session, revoked)
    return frozenset(one for one, point in points.items() if point.certificate_sha256 is None)


def shut_out(session: Session, *, now: datetime) -> dict[PointId, list[Period]]:
    """Return when points had no certificate because it was revoked, until they got another."""
    found: dict[PointId, dict[datetime, datetime]] = {}
    for point_id, revoked_at, again_at in certificate_queries.revocations(session, REVOKED):
        ends = found.setdefault(point_id, {})
        until = again_at or now
        ends[until] = min(revoked_at, ends.get(until, revoked_at))
    return {
        point_id: [Period(begins_at, ends_at) for ends_at, begins_at in ends.items()]
        for point_id, ends in found.items()
    }
