"""Which reports the centre holds, by its rows."""

from sqlmodel import Session, col, select

from contracts.ids import PointId
from contracts.ranges import RangeSet
from controller.ingest.tables import HeldRange, KnownOutbox


def held(session: Session, point_id: PointId, outbox_id: str) -> RangeSet:
    """Return what is held of one outbox; empty where it is not known."""
    query = (
        select(HeldRange.first_seq, HeldRange.last_seq)
        .join(KnownOutbox, col(KnownOutbox.outbox_key) == col(HeldRange.outbox_key))
        .where(KnownOutbox.point_id == point_id, KnownOutbox.outbox_id == outbox_id)
    )
    return RangeSet.union((first, last) for first, last in session.exec(query))
