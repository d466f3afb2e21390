"""Reading which reports the centre holds, and how many."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.ranges import RangeSet
from controller.ingest.tables import HeldRange, Outbox


def held(session: Session, point_id: PointId, outbox_id: str) -> RangeSet:
    """Return what is held of one outbox; empty where it is not known."""
    query = (
        select(HeldRange.first_seq, HeldRange.last_seq)
        .join(Outbox, col(Outbox.outbox_key) == col(HeldRange.outbox_key))
        .where(Outbox.point_id == point_id, Outbox.outbox_id == outbox_id)
    )
    return RangeSet.of((first, last) for first, last in session.exec(query))


def reports_missing(session: Session) -> dict[PointId, int]:
    """Return how many numbers below each point's highest are not held, all outboxes."""
    held_count = func.sum(HeldRange.last_seq - HeldRange.first_seq + 1)
    query = (
        select(Outbox.point_id, func.max(HeldRange.last_seq) - held_count)
        .join(HeldRange, col(Outbox.outbox_key) == col(HeldRange.outbox_key))
        .group_by(col(Outbox.outbox_key), col(Outbox.point_id))
    )
    missing: dict[PointId, int] = {}
    for point_id, count in session.exec(query):
        missing[PointId(point_id)] = missing.get(PointId(point_id), 0) + int(count)
    return missing
