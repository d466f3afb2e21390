"""From which addresses points come, as rows: the only writer of public_address.

A row is begun where the address is another than the present one. A point that comes from two by
turns (a router with two lines, a NAT that changes) keeps a row of each; MAX_ADDRESSES stay.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import ColumnElement, Connection

from contracts.ids import PointId
from controller.db.engine import apart
from controller.ingest.way_tables import PublicAddress

MAX_ADDRESSES, RECENT = 100, 8
WRITTEN_EVERY = timedelta(minutes=5)
"""How often it is written that an address is the same as before."""
BY_TURNS = timedelta(minutes=10)
"""Who is back at an address within this has not moved."""
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
    recent = (
        sqlalchemy.select(_table).where(of_point).order_by(_table.c.address_id.desc()).limit(RECENT)
    )
    rows = connection.execute(recent).all()
    last = next((one for one in rows if one.is_now), None)
    same = next((one for one in rows if one.address == address), None)
    if same is not None and (same.is_now or abs(now - same.seen_at) <= BY_TURNS):
        # The clock may have been a year ahead.
        if not same.is_now or abs(now - same.seen_at) >= WRITTEN_EVERY:
            _set(connection, of_point & _table.c.is_now, is_now=False)
            _set(connection, _table.c.address_id == same.address_id, is_now=True, seen_at=now)
        return ""
    _set(connection, of_point & _table.c.is_now, is_now=False)
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


def _set(connection: Connection, where: ColumnElement[bool], **values: object) -> None:
    connection.execute(sqlalchemy.update(_table).where(where).values(**values))
