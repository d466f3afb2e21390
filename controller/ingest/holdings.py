"""Which numbers of which outbox are held: the rows in the database, and a copy in memory.

The copy is what was last committed. A batch works on its own draft of it, which
takes the copy's place only after the commit; a batch that fails leaves no trace.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import Connection

from contracts.ranges import RangeSet
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.bulk import Bulk, Row
from controller.ingest.tables import HeldRange, KnownOutbox

SEEN_STEP = timedelta(hours=1)
"""How coarsely it is kept when an outbox was last heard of."""

MAX_RANGES_KEPT = 1024
"""Of one outbox: where there are more, the holes between the lowest are given up."""

_outbox_table = KnownOutbox.metadata.tables["outbox"]
_range_table = HeldRange.metadata.tables["held_range"]
_outbox, _range = _outbox_table.c, _range_table.c
_write_ranges = Bulk(HeldRange, {"last_seq": "excluded.last_seq"})


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one outbox."""

    outbox_key: int
    held: RangeSet
    seen_at: datetime


@dataclass(slots=True)
class Holdings:
    """Every outbox that was looked at, as last committed."""

    known: dict[OutboxName, Holding] = field(default_factory=dict)

    def load(self, connection: Connection, since: datetime) -> None:
        """Read what is held of every outbox heard of since then."""
        query = sqlalchemy.select(_outbox.point_id, _outbox.outbox_id).where(
            _outbox.last_seen_at >= since
        )
        names = [OutboxName(*row) for row in connection.execute(query)]
        self.known = Draft({}).fetched(connection, names)

    def forget(self, connection: Connection, outbox_key: int) -> None:
        """Remove an outbox and what is held of it."""
        for table in (_range_table, _outbox_table):
            connection.execute(sqlalchemy.delete(table).where(table.c.outbox_key == outbox_key))
        self.known = {n: h for n, h in self.known.items() if h.outbox_key != outbox_key}

    def held_of(self, name: OutboxName) -> RangeSet:
        """Return what is held of an outbox; nothing where it is not known."""
        holding = self.known.get(name)
        return RangeSet() if holding is None else holding.held


@dataclass(slots=True)
class Draft:
    """The holdings as one transaction is about to leave them."""

    known: dict[OutboxName, Holding]
    changed: dict[OutboxName, Holding] = field(default_factory=dict)
    _before: dict[OutboxName, RangeSet] = field(default_factory=dict)

    def hold_new(self, connection: Connection, arrivals: Iterable[Arrival]) -> list[Arrival]:
        """Return the arrivals that are not held yet, and hold them from here on."""
        by_outbox: dict[OutboxName, dict[int, Arrival]] = {}
        for arrival in arrivals:
            by_outbox.setdefault(arrival.name, {}).setdefault(arrival.report.seq, arrival)
        self._find(
            connection,
            {name: max(a.received_at for a in found.values()) for name, found in by_outbox.items()},
        )
        new: list[Arrival] = []
        for name, by_seq in by_outbox.items():
            holding = self.changed[name]
            fresh = {seq: a for seq, a in by_seq.items() if seq not in holding.held}
            self.changed[name] = Holding(
                holding.outbox_key, _held_with(holding, fresh), holding.seen_at
            )
            new.extend(fresh.values())
        self._write(connection)
        return new

    def hold(
        self, connection: Connection, name: OutboxName, numbers: Iterable[int], now: datetime
    ) -> None:
        """Hold numbers of which there is nothing to store."""
        self._find(connection, {name: now})
        holding = self.changed[name]
        self.changed[name] = Holding(
            holding.outbox_key, _held_with(holding, numbers), holding.seen_at
        )
        self._write(connection)

    def key_of(self, name: OutboxName) -> int:
        """Return the number of an outbox of this batch."""
        return self.changed[name].outbox_key

    def fetched(self, connection: Connection, names: list[OutboxName]) -> dict[OutboxName, Holding]:
        """Return what the database says of these outboxes; unknown ones are left out."""
        query = (
            sqlalchemy.select(
                _outbox.point_id,
                _outbox.outbox_id,
                _outbox.outbox_key,
                _outbox.last_seen_at,
                _range.first_seq,
                _range.last_seq,
            )
            .outerjoin_from(_outbox_table, _range_table)
            .where(_outbox.point_id.in_({name.point_id for name in names}))
        )
        found: dict[OutboxName, tuple[int, datetime, list[tuple[int, int]]]] = {}
        for point_id, outbox_id, key, seen_at, first, last in connection.execute(query):
            name = OutboxName(point_id, outbox_id)
            ranges = found.setdefault(name, (key, seen_at, []))[2]
            if first is not None:
                ranges.append((first, last))
        return {
            name: Holding(found[name][0], RangeSet.union(found[name][2]), found[name][1])
            for name in names
            if name in found
        }

    def _find(self, connection: Connection, received: dict[OutboxName, datetime]) -> None:
        wanted = [name for name in received if name not in self.known]
        found = self.fetched(connection, wanted) if wanted else {}
        for name, received_at in received.items():
            holding = self.known.get(name) or found.get(name)
            if holding is None:
                holding = Holding(_created(connection, name, received_at), RangeSet(), received_at)
            elif received_at - holding.seen_at > SEEN_STEP:
                _seen(connection, holding.outbox_key, received_at)
                holding = Holding(holding.outbox_key, holding.held, received_at)
            self.changed[name] = holding
            self._before[name] = holding.held

    def _write(self, connection: Connection) -> None:
        gone: list[tuple[int, int]] = []
        rows: list[Row] = []
        for name, holding in self.changed.items():
            old = dict(self._before[name].ranges)
            new = dict(holding.held.ranges)
            key = holding.outbox_key
            gone.extend((key, first) for first in old.keys() - new.keys())
            rows.extend((key, first, last) for first, last in new.items() - old.items())
        if gone:
            both = sqlalchemy.tuple_(_range.outbox_key, _range.first_seq).in_(gone)
            connection.execute(sqlalchemy.delete(_range_table).where(both))
        _write_ranges.write(connection, rows)


def _held_with(holding: Holding, numbers: Iterable[int]) -> RangeSet:
    return holding.held.with_numbers(numbers).coarsened(MAX_RANGES_KEPT)


def _created(connection: Connection, name: OutboxName, now: datetime) -> int:
    query = (
        sqlalchemy.insert(_outbox_table)
        .values(
            point_id=name.point_id, outbox_id=name.outbox_id, first_seen_at=now, last_seen_at=now
        )
        .returning(_outbox.outbox_key)
    )
    return int(connection.execute(query).scalar_one())


def _seen(connection: Connection, outbox_key: int, now: datetime) -> None:
    connection.execute(
        sqlalchemy.update(_outbox_table)
        .where(_outbox.outbox_key == outbox_key)
        .values(last_seen_at=now)
    )
