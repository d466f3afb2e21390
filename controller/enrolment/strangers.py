"""Points that come with a certificate which the centre has no record of.

So it is after the centre was restored from a backup that is older than their enrolment: the
authority has signed the certificate, broker and ingest take it, and no relay does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts.ids import PointId
from controller.enrolment import certificate_queries
from controller.places.service import Point

TOLD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A relay took a point's certificate for none of its own; `digest` as in contracts/desired."""

    point_id: str
    digest: str
    at: datetime


def is_known(session: Session, digest: str) -> bool:
    """Return whether the centre has given this certificate, whatever has become of it."""
    return certificate_queries.begins_with(session, digest)


def strangers(
    session: Session, points: Iterable[Point], refusals: Iterable[Refusal], heard: Iterable[PointId]
) -> set[str]:
    """Return the points that came with a certificate nobody knows, and have got none since.

    Args:
        heard: the points whose reports arrive.
    """
    known = {point.point_id: point for point in points}
    found = set()
    for one in refusals:
        point = known.get(one.point_id)
        since = point.enrolled_at if point is not None else None
        is_over = since is not None and since > one.at
        if point is not None and not is_over and not is_known(session, one.digest):
            found.add(one.point_id)
    without = [one for one in heard if one in known and known[one].enrolled_at is None]
    given = {row.point_id for row in certificate_queries.of_points(session, without)}
    return found | (set(without) - given)
