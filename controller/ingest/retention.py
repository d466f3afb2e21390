"""Old rows leave, a few hundred at a time, so that live reports never wait for it.

    reports with their interfaces, as measured        14 days
    health and figures over five minutes              90 days
    interfaces and devices' ports over five minutes   30 days
    trains, inventories, what was seen of meetings    1 year
    throughput tests                                  as hourly roll-ups
    what devices said unasked, ways that were traced  1 year
    what came of rehearsals                           1 year
    changes of what is wrong                          1 year
    what points' sessions said                        14 days
    a meeting's lines by the minute                   1 year
    hourly roll-ups, what was heard of meetings       5 years
    presence, causes of outages                       for ever
    an outbox and its held ranges                     1 year after it was last heard of

The first three, the hourly ones and what was heard are settings of the centre.

Held ranges stay when their reports go: a point is not asked for them again. Of whatever
a point decides the number of, so many rows stay as an honest one has in years; further
ones leave, the oldest first, whatever the clock says.

    outboxes of a point                16, and all that were heard of within a day
    boots of a point                   2,000
    changes of presence of a point     20,000
    trains, inventories, meetings      300,000 each of a point, and what its devices said
    changes of what is wrong           5,000 of a point
    what its sessions said             5,000 of a point; what was said of its outages: 20,000
    ways that were traced, rehearsals  10,000 each of a point, and the addresses it came from: 100
    what it heard of meetings          10,000 meetings of a point
    spans of listening                 50,000
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy
from sqlalchemy import Connection, Table

from controller.db.base import SeriesTable
from controller.measured_settings import MeasuredSettings

RAW, REST = timedelta(days=14), timedelta(days=365)
OUTBOX, OUTBOX_IN_USE = timedelta(days=365), timedelta(days=1)
FLIPS = timedelta(days=365)
STEP_ROWS = 500
MAX_OUTBOXES, MAX_BOOTS, MAX_INTERVALS, MAX_BODIES, MAX_SPANS = 16, 2_000, 20_000, 300_000, 50_000
MAX_FLIPS = 5_000
MAX_HEARD = 10_000
MAX_WAYS = 10_000
"""A year of as many as a point may trace in a day (monitoring/way/trace_due.py)."""

_BODIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("bandwidth", ()),
    ("inventory", ()),
    ("media_sample", ("media_slot",)),
    ("device_trap", ()),
)

_HOURLY = ("health_1h", "figure_1h", "interface_1h", "port_1h")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long what is measured is kept, by how fine it is."""

    raw: timedelta = RAW
    five_minutes: timedelta = timedelta(days=90)
    interfaces: timedelta = timedelta(days=30)
    hours: timedelta = timedelta(days=1830)
    heard: timedelta = timedelta(days=1830)


USUAL = Kept()


def kept_by(settings: MeasuredSettings) -> Kept:
    """Return how long what is measured is kept by the settings."""
    return Kept(
        raw=timedelta(days=settings.reports_days),
        five_minutes=timedelta(days=settings.five_minutes_days),
        interfaces=timedelta(days=settings.interfaces_days),
        hours=timedelta(days=settings.hours_days),
        heard=timedelta(days=settings.heard_days),
    )


Step = Callable[[Connection], int]
"""Removes up to about STEP_ROWS rows; returns how many. Repeat while it removes any."""


def steps(outbox_keys: list[int], now: datetime, kept: Kept = USUAL) -> Iterator[Step]:
    """Return one step per table and outbox; hours have steps of their own."""
    for key in outbox_keys:
        yield partial(_prune_raw, outbox_key=key, before=now - kept.raw)
    for name in ("health_5min", "figure_5min"):
        yield partial(_prune_buckets, table=_table(name), before=now - kept.five_minutes)
    for name in ("interface_5min", "port_5min"):
        yield partial(_prune_buckets, table=_table(name), before=now - kept.interfaces)
    yield partial(_prune_buckets, table=_table("call_minute"), before=now - REST)
    yield partial(
        _prune_buckets, table=_table("heard_sound"), by="changed_at", before=now - kept.heard
    )
    for name, children in _BODIES:
        yield partial(_prune_bodies, name=name, children=children, before=now - REST)
    yield partial(_prune_bodies, name="throughput", children=(), before=now - kept.hours)
    yield partial(_prune_bodies, name="way_trace", children=(), before=now - REST)
    yield partial(_prune_bodies, name="rehearsal", children=(), before=now - REST)
    yield partial(_prune_flips, before=now - FLIPS)
    yield partial(_prune_words, before=now - RAW)


def hourly_steps(point_ids: Iterable[str], now: datetime, kept: Kept = USUAL) -> Iterator[Step]:
    """Return one step per point and table of hours: found by its key, without an index by age."""
    for point_id in point_ids:
        for name in _HOURLY:
            yield partial(_prune_buckets, table=_table(name), before=now - kept.hours, of=point_id)


def outbox_keys(connection: Connection) -> list[int]:
    """Return every outbox that may have reports."""
    query = sqlalchemy.select(_table("outbox").c.outbox_key)
    return [int(key) for key in connection.execute(query).scalars()]


def points(connection: Connection) -> list[str]:
    """Return every point that has an outbox."""
    query = sqlalchemy.select(_table("outbox").c.point_id).distinct()
    return [str(point_id) for point_id in connection.execute(query).scalars()]


def forgotten_outboxes(now: datetime) -> Callable[[Connection], list[int]]:
    """Return a reader of outboxes that are not in use any more, or too many of their point."""
    outbox = _table("outbox").c
    place = (
        sqlalchemy.func.row_number()
        .over(partition_by=outbox.point_id, order_by=outbox.last_seen_at.desc())
        .label("place")
    )
    placed = sqlalchemy.select(outbox.outbox_key, outbox.last_seen_at, place).subquery()
    is_old = placed.c.last_seen_at < now - OUTBOX
    is_too_much = (placed.c.place > MAX_OUTBOXES) & (placed.c.last_seen_at < now - OUTBOX_IN_USE)
    query = sqlalchemy.select(placed.c.outbox_key).where(is_old | is_too_much)
    return lambda connection: [int(key) for key in connection.execute(query).scalars()]


def emptying(outbox_key: int) -> Step:
    """Return the step that removes an outbox's reports, whatever their age."""
    return partial(_prune_raw, outbox_key=outbox_key, before=datetime.max.replace(tzinfo=UTC))


def excess_steps(point_ids: Iterable[str]) -> Iterator[Step]:
    """Return one step per point and table of which a point may have too many rows."""
    for point_id in point_ids:
        yield partial(_prune_excess, name="point_boot", by="boot_key", keep=MAX_BOOTS, of=point_id)
        yield partial(
            _prune_excess, name="presence_interval", by="began_at", keep=MAX_INTERVALS, of=point_id
        )
        yield partial(_prune_excess, name="problem_flip", by="flip_id", keep=MAX_FLIPS, of=point_id)
        yield partial(_prune_excess, name="session_word", by="word_id", keep=MAX_FLIPS, of=point_id)
        yield partial(
            _prune_excess, name="outage_verdict", by="verdict_id", keep=MAX_INTERVALS, of=point_id
        )
        yield partial(_prune_excess, name="throughput", by="at", keep=MAX_FLIPS, of=point_id)
        yield partial(_prune_excess, name="way_trace", by="at", keep=MAX_WAYS, of=point_id)
        yield partial(_prune_excess, name="rehearsal", by="at", keep=MAX_WAYS, of=point_id)
        yield partial(
            _prune_excess, name="heard_sound", by="changed_at", keep=MAX_HEARD, of=point_id
        )
        for name, children in _BODIES:
            yield partial(
                _prune_excess, name=name, by="at", keep=MAX_BODIES, of=point_id, children=children
            )
    yield partial(_prune_excess, name="ingest_span", by="began_at", keep=MAX_SPANS)


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


def _prune_buckets(
    connection: Connection,
    *,
    table: Table,
    before: datetime,
    by: str = "begins_at",
    of: str | None = None,
) -> int:
    columns = list(table.primary_key.columns)
    old = (
        sqlalchemy.select(*columns)
        .where(table.c[by] < before)
        .order_by(table.c[by])
        .limit(STEP_ROWS)
    )
    if of is not None:
        old = old.where(table.c.point_id == of)
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


def _prune_flips(connection: Connection, *, before: datetime) -> int:
    flip = _table("problem_flip")
    old = sqlalchemy.select(flip.c.flip_id).where(flip.c.at < before).limit(STEP_ROWS)
    keys = [tuple(row) for row in connection.execute(old)]
    return _delete(connection, flip, [flip.c.flip_id], keys)


def _prune_words(connection: Connection, *, before: datetime) -> int:
    word = _table("session_word")
    old = sqlalchemy.select(word.c.word_id).where(word.c.at < before).limit(STEP_ROWS)
    keys = [tuple(row) for row in connection.execute(old)]
    return _delete(connection, word, [word.c.word_id], keys)


def _prune_excess(
    connection: Connection,
    *,
    name: str,
    by: str,
    keep: int,
    of: str | None = None,
    children: tuple[str, ...] = (),
) -> int:
    table = _table(name)
    key = list(table.primary_key.columns)
    query = sqlalchemy.select(*key).order_by(table.c[by].desc()).offset(keep).limit(STEP_ROWS)
    if of is not None:
        query = query.where(table.c.point_id == of)
    keys = [tuple(row) for row in connection.execute(query)]
    for child in children:
        columns = [_table(child).c[column.name] for column in key]
        _delete(connection, _table(child), columns, keys)
    return _delete(connection, table, key, keys)


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
