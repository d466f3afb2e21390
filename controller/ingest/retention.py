"""Old rows leave, a few hundred at a time, so that live reports never wait for it.

    reports with their interfaces, as measured        14 days
    health over five minutes                          1 year
    interfaces over five minutes                      30 days
    trains, inventories, what was seen of meetings    1 year
    hourly roll-ups, presence, held ranges            for ever

Held ranges stay when their reports go: a point is not asked for them again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy
from sqlalchemy import Connection, Table

from controller.db.base import SeriesTable

RAW, FIVE_MINUTES, PORTS, REST = (
    timedelta(days=14),
    timedelta(days=365),
    timedelta(days=30),
    timedelta(days=365),
)
STEP_ROWS = 500

Step = Callable[[Connection], int]
"""Removes up to about STEP_ROWS rows; returns how many. Repeat while it removes any."""


def steps(outbox_keys: list[int], now: datetime) -> Iterator[Step]:
    """Return one step per table and outbox."""
    for key in outbox_keys:
        yield partial(_prune_raw, outbox_key=key, before=now - RAW)
    yield partial(_prune_buckets, table=_table("health_5min"), before=now - FIVE_MINUTES)
    yield partial(_prune_buckets, table=_table("interface_5min"), before=now - PORTS)
    for name, children in (("bandwidth", ()), ("inventory", ()), ("media_sample", ("media_slot",))):
        yield partial(_prune_bodies, name=name, children=children, before=now - REST)


def outbox_keys(connection: Connection) -> list[int]:
    """Return every outbox that may have reports."""
    query = sqlalchemy.select(_table("outbox").c.outbox_key)
    return [int(key) for key in connection.execute(query).scalars()]


def _table(name: str) -> Table:
    return SeriesTable.metadata.tables[name]


def _prune_raw(connection: Connection, *, outbox_key: int, before: datetime) -> int:
    """Look at the lowest numbers only: numbers of one outbox rise with time."""
    report = _table("report")
    lowest = (
        sqlalchemy.select(report.c.seq, report.c.at)
        .where(report.c.outbox_key == outbox_key)
        .order_by(report.c.seq)
        .limit(STEP_ROWS)
    )
    old = [seq for seq, at in connection.execute(lowest) if at < before]
    if old:
        for name in ("interface_sample", "report"):
            columns = _table(name).c
            is_old = (columns.outbox_key == outbox_key, columns.seq.in_(old))
            connection.execute(sqlalchemy.delete(_table(name)).where(*is_old))
    return len(old)


def _prune_buckets(connection: Connection, *, table: Table, before: datetime) -> int:
    columns = list(table.primary_key.columns)
    old = (
        sqlalchemy.select(*columns)
        .where(table.c.begins_at < before)
        .order_by(table.c.begins_at)
        .limit(STEP_ROWS)
    )
    keys = [tuple(row) for row in connection.execute(old)]
    return _delete(connection, table, columns, keys)


def _prune_bodies(
    connection: Connection, *, name: str, children: tuple[str, ...], before: datetime
) -> int:
    table = _table(name)
    old = (
        sqlalchemy.select(table.c.outbox_key, table.c.seq)
        .where(table.c.at < before)
        .limit(STEP_ROWS)
    )
    keys = [tuple(row) for row in connection.execute(old)]
    for child in children:
        columns = _table(child).c
        _delete(connection, _table(child), [columns.outbox_key, columns.seq], keys)
    return _delete(connection, table, [table.c.outbox_key, table.c.seq], keys)


def _delete(
    connection: Connection,
    table: Table,
    columns: list[sqlalchemy.Column[object]],
    keys: list[tuple[object, ...]],
) -> int:
    if keys:
        is_one = sqlalchemy.tuple_(*columns).in_(keys)
        connection.execute(sqlalchemy.delete(table).where(is_one))
    return len(keys)
