"""Reading what points said of their rehearsals."""

from collections.abc import Mapping

import msgspec
from sqlmodel import Session, col, select

from contracts.rehearsal import RehearsalBody
from controller.ingest.rehearsal_table import RehearsalSaid
from controller.ingest.told_order import newest_first
from runtime.guard import guarded


def said_of(series: Session, points: Mapping[str, str]) -> dict[str, RehearsalBody]:
    """Return what came of rehearsals, by id; of what a point said twice the first counts.

    Args:
        points: whose each rehearsal is: what others say of it counts for nothing.
    """
    if not points:
        return {}
    query = select(RehearsalSaid).where(col(RehearsalSaid.rehearsal_id).in_(list(points)))
    found: dict[str, RehearsalBody] = {}
    for one in series.exec(query.order_by(*newest_first(RehearsalSaid))):
        if points[one.rehearsal_id] == one.point_id:
            with guarded("stored_rehearsal", point_id=one.point_id):
                found[one.rehearsal_id] = msgspec.json.decode(one.body, type=RehearsalBody)
    return found
