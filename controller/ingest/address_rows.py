"""From which addresses points come, as rows: the only writer of public_address.

A row is begun where the address is another than the newest one; a point that comes from two by
turns begins one each time, and of each point MAX_ADDRESSES stay.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import Connection

from contracts.ids import PointId
from controller.db.engine import apart
from controller.ingest.way_tables import PublicAddress

MAX_ADDRESSES = 100
WRITTEN_EVERY = timedelta(minutes=5)
"""How often it is written that an address is the same as before."""
_table = PublicAddress.metadata.tables["public_address"]


def write(
    connection: Connection, seen: Mapping[PointId, str], now: datetime
) -> dict[PointId, tuple[str, str]]:
    """Write where points are; return of those that moved from where to where."""
    moved: dict[PointId, tuple[str, str]] = {}
    for point_id, address in seen.items():
        with apart(connection, "address", point_id=point_id):
            before = _write_point(connection, point_id, address, now)
            if before:
                moved[point_id] = (before, address)
    return moved


def _write_point(connection: Connection, point_id: PointId, address: str, now: datetime) -> str:
    """Return the address before, where it was another; empty: it is the same, or the first."""
    of_point = _table.c.point_id == point_id
    last = connection.execute(
        sqlalchemy.select(_table)
        .where(of_point, _table.c.is_now)
        .order_by(_table.c.address_id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and last.address == address:
        if abs(now - last.seen_at) >= WRITTEN_EVERY:  # the clock may have been a year ahead
            is_last = _table.c.address_id == last.address_id
            connection.execute(sqlalchemy.update(_table).where(is_last).values(seen_at=now))
        return ""
    connection.execute(sqlalchemy.update(_table).where(of_point).values(is_now=False))
    connection.execute(
        sqlalchemy.insert(_table).values(
            point_id=point_id, address=address, began_at=now, seen_at=now, is_now=True
        )
    )
    kept = (
        sqlalchemy.select(_table.c.address_id)
        .where(of_point)
        .order_by(_table.c.address_id.desc())
        .offset(MAX_ADDRESSES)
    )
    too_many = list(connection.execute(kept).scalars())
    connection.execute(sqlalchemy.delete(_table).where(_table.c.address_id.in_(too_many)))
    return last.address if last is not None else ""
