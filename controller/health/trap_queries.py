"""What a point's devices said unasked."""

from datetime import datetime

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.devices.trap_view import KeptTrap
from controller.ingest.tables import DeviceTrap
from controller.ingest.told_order import newest_first


def traps(session: Session, point_id: PointId, *, since: datetime, most: int) -> list[KeptTrap]:
    """Return the newest, newest first."""
    query = (
        select(DeviceTrap)
        .where(DeviceTrap.point_id == point_id, col(DeviceTrap.at) >= since)
        .order_by(*newest_first(DeviceTrap), col(DeviceTrap.place).desc())
        .limit(most)
    )
    return [
        KeptTrap(
            key=f"{row.outbox_key}-{row.seq}-{row.place}",
            at=row.at,
            device_id=row.device_id,
            kind=row.kind,
            oid=row.oid,
            if_index=row.if_index,
            name=row.name,
            text=row.text,
            count=row.count,
        )
        for row in session.exec(query)
    ]
