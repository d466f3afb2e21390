"""What the series database has of one outage, for monitoring/judgement/outage_cause.py."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, Row, Table
from sqlmodel import Session

from contracts.devices import SnmpBody
from contracts.ids import PointId
from contracts.lan import DnsAnswer
from contracts.reports import SUMMED_UP, CollectorFailure, InventoryBody
from contracts.way import WayBody
from controller.db.base import SeriesTable
from controller.ingest import readings
from controller.ingest.cause_tables import SessionWord
from controller.ingest.rows import ELSEWHERE, NAMES
from controller.ingest.supply_words import TRAP_SAYS
from controller.ingest.told_order import newest_first
from controller.ingest.way_tables import PublicAddress, WayTrace
from monitoring.judgement import way_compared
from monitoring.judgement.availability import Outage
from monitoring.judgement.outage_evidence import (
    BATTERY_LEAD,
    DECIDES,
    LEAD,
    TOGETHER,
    AddressWord,
    BatteryWord,
    Evidence,
    Record,
    Sample,
    WayWord,
    Word,
    WordKind,
)
from monitoring.judgement.outage_record import LAST
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.timing import minus
from monitoring.judgement.twins import SHOWN_FOR
from runtime.guard import guarded

BEFORE_ROWS, AFTER_ROWS, WORDS, WAYS = 40, 100, 40, 5
BEFORE = 5 * LEAD
"""Where volume is charged a report comes every two minutes; what was so shows by several."""
_SAME_INSTANT = timedelta(seconds=1)
SAYS_NO: tuple[DnsAnswer, ...] = ("unknown_name", "refuses")
"""What a name server says itself; one that fails may have nobody to ask."""
_inventories = msgspec.json.Decoder(InventoryBody)
_ways_told = msgspec.json.Decoder(WayBody)
_failures = msgspec.json.Decoder(tuple[CollectorFailure, ...])


def _table(name: str) -> Table:
    return SeriesTable.metadata.tables[name]


def of_outage(
    connection: Connection,
    point_id: PointId,
    outage: Outage,
    *,
    now: datetime,
    blind_until: Collection[datetime],
    unit_of: Mapping[str, str],
) -> Evidence:
    """Return all that is known of one outage.

    Args:
        blind_until: when the point's times of blindness ended.
    """
    others = _others_down(connection, point_id, outage.began_at)
    unit = unit_of.get(point_id)
    return Evidence(
        outage=outage,
        records=_records(connection, point_id, outage),
        words=_words(connection, point_id, outage, now),
        battery=_battery(connection, point_id, outage),
        ways=_ways(connection, point_id, outage),
        addresses=_addresses(connection, point_id, outage),
        others_down=len(others),
        points=_points(connection, outage.began_at),
        unit_down=sum(unit is not None and unit_of.get(one) == unit for one in others),
        has_twins=_has_twins(connection, point_id, outage, now),
        follows_blindness=any(abs(outage.began_at - at) <= _SAME_INSTANT for at in blind_until),
    )


def _records(connection: Connection, point_id: PointId, outage: Outage) -> tuple[Record, ...]:
    report = _table("report").c
    edge = outage.began_at + _SAME_INSTANT
    of_point = sqlalchemy.select(_table("report")).where(report.point_id == point_id)
    before = (
        of_point.where(report.at <= edge, report.at >= outage.began_at - BEFORE)
        .order_by(report.at.desc())
        .limit(BEFORE_ROWS)
    )
    after = of_point.where(report.at > edge).order_by(report.at).limit(AFTER_ROWS)
    rows = [*reversed(connection.execute(before).all()), *connection.execute(after).all()]
    lost = _carriers_lost(connection, point_id, rows, edge)
    earlier = [row for row in rows if row.kind == "health" and row.at <= edge]
    always_says = bool(earlier) and all(row.gateway_address for row in earlier[-LAST:])
    return tuple(_record(row, lost, always_says=always_says) for row in rows)


def _record(row: Row[Any], lost: Mapping[tuple[int, int], str], *, always_says: bool) -> Record:
    """Return one report; `always_says`: each before named a gateway, so that none means none."""
    sample: Sample | None = None
    if row.kind == "health":
        is_unsaid = row.gateway_address is None
        failed = _failed(row.failures)
        is_gone = is_unsaid and always_says and "gateway" not in failed
        gateway = "" if is_gone else row.gateway_address
        sample = Sample(
            gateway=gateway,
            gateway_answers=None if is_unsaid else row.gateway_rtt_ms is not None,
            probes_sent=row.probes_sent or 0,
            probes_received=row.probes_received or 0,
            carrier_lost=lost.get((row.outbox_key, row.seq), ""),
            is_nameless=NAMES in failed,
            is_unprobed="line" in failed,
            is_unknown_name=any(one in failed.get(NAMES, "") for one in SAYS_NO),
            false_name=_false_name(failed.get(NAMES, "")),
        )
    booted_at = minus(row.at, row.monotonic_ms)
    return Record(row.outbox_key, row.seq, row.boot_key, row.at, booted_at, sample)


def _failed(stored: str | None) -> dict[str, str]:
    """Return what failed in a report, and why, by its collectors' names."""
    return {one.collector: one.error for one in _failures.decode(stored)} if stored else {}


def _false_name(said: str) -> str:
    """Return where name servers said that the centre is, where it is not; empty: none did."""
    return said.partition(f" {ELSEWHERE} ")[2].partition(",")[0]


def _carriers_lost(
    connection: Connection, point_id: PointId, rows: Iterable[Row[Any]], edge: datetime
) -> dict[tuple[int, int], str]:
    """Return in which reports the way out has no signal that had one before."""
    table = _table("interface_sample")
    keys = [(row.outbox_key, row.seq) for row in rows if row.kind == "health"]
    is_before = {(row.outbox_key, row.seq) for row in rows if row.at <= edge}
    if not keys:
        return {}
    query = sqlalchemy.select(table.c.outbox_key, table.c.seq, table.c.name, table.c.has_carrier)
    found = connection.execute(
        query.where(sqlalchemy.tuple_(table.c.outbox_key, table.c.seq).in_(keys))
    ).all()
    had = {
        one.name
        for one in found
        if one.has_carrier and one.name != SUMMED_UP and (one.outbox_key, one.seq) in is_before
    }
    uplinks = _uplinks(connection, point_id, edge)
    watched = had & uplinks if uplinks else had if len(had) == 1 else set()
    return {
        (one.outbox_key, one.seq): one.name
        for one in found
        if one.name in watched and not one.has_carrier
    }


def _uplinks(connection: Connection, point_id: PointId, edge: datetime) -> set[str]:
    """Return which interface led out when the outage began; empty: nobody said."""
    table = _table("inventory").c
    query = (
        sqlalchemy.select(table.body)
        .where(table.point_id == point_id, table.at <= edge)
        .order_by(table.at.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar_one_or_none()
    found: set[str] = set()
    if body is None:
        return found
    with guarded("stored_inventory", point_id=point_id):
        inventory = _inventories.decode(body)
        found = {one.name for one in inventory.interfaces if one.is_uplink}
    return found


def _words(
    connection: Connection, point_id: PointId, outage: Outage, now: datetime
) -> tuple[Word, ...]:
    table = SessionWord.metadata.tables["session_word"].c
    of_point = sqlalchemy.select(table.kind, table.at, table.run_id).where(
        table.point_id == point_id
    )
    before = of_point.where(table.at <= outage.began_at).order_by(table.at.desc()).limit(WORDS)
    until = (outage.ended_at or now) + LEAD
    after = of_point.where(table.at > outage.began_at, table.at <= until).order_by(table.at)
    rows = [*connection.execute(before), *connection.execute(after.limit(WORDS))]
    return tuple(Word(WordKind(kind), at, run_id) for kind, at, run_id in rows)


def _battery(connection: Connection, point_id: PointId, outage: Outage) -> tuple[BatteryWord, ...]:
    trap = _table("device_trap").c
    query = sqlalchemy.select(trap.at, trap.kind).where(
        trap.point_id == point_id,
        trap.at >= outage.began_at - BATTERY_LEAD,
        trap.at <= outage.began_at + DECIDES,
        trap.kind.in_(list(TRAP_SAYS)),
    )
    said = [BatteryWord(at, TRAP_SAYS[kind]) for at, kind in connection.execute(query)]
    with Session(connection, join_transaction_mode="rollback_only") as session:
        last = readings.latest(session, [point_id], ("snmp",)).get(point_id, {}).get("snmp")
    body = readings.body_of(last, SnmpBody)
    for device in body.devices if body else ():
        if device.answer != "answers" or not device.ups or device.ups.on_battery is None:
            continue
        if abs(device.asked_at - outage.began_at) <= DECIDES:
            said.append(BatteryWord(device.asked_at, device.ups.on_battery))
    return tuple(said)


def _ways(connection: Connection, point_id: PointId, outage: Outage) -> tuple[WayWord, ...]:
    way = WayTrace.metadata.tables["way_trace"].c
    of_point = sqlalchemy.select(way.at, way.body).where(way.point_id == point_id)
    until = outage.began_at + DECIDES
    during = of_point.where(way.at >= outage.began_at, way.at <= until).order_by(way.at)
    before = of_point.where(
        way.at < outage.began_at,
        way.reason == "usual",
        way.ending.in_(sorted(way_compared.WHOLE)),
    ).order_by(*newest_first(way))
    told: list[WayWord] = []
    with guarded("stored_way", point_id=point_id):
        row = connection.execute(before.limit(1)).one_or_none()
        usual = _ways_told.decode(row.body) if row else None
        for at, body in connection.execute(during.limit(WAYS)):
            told.append(_way_word(at, _ways_told.decode(body), usual))
    return tuple(told)


def _way_word(at: datetime, body: WayBody, usual: WayBody | None) -> WayWord:
    last = way_compared.last_answering(body)
    if last is None:
        return WayWord(at, body.ending)
    following = way_compared.usually_next(body, usual)
    left = usual.hops[-1].ttl - last.ttl if usual and usual.hops and following else None
    return WayWord(at, body.ending, last.ttl, last.address, following, left)


def _addresses(
    connection: Connection, point_id: PointId, outage: Outage
) -> tuple[AddressWord, ...]:
    known = PublicAddress.metadata.tables["public_address"].c
    until = (outage.ended_at or outage.began_at + DECIDES) + LEAD
    query = (
        sqlalchemy.select(known.began_at, known.address)
        .where(known.point_id == point_id, known.began_at <= until)
        .order_by(known.address_id.desc())  # whatever the clock said meanwhile
        .limit(2)
    )
    rows = connection.execute(query).all()
    if len(rows) < 2 or rows[0].began_at < outage.began_at:
        return ()
    return (AddressWord(rows[0].began_at, rows[1].address, rows[0].address),)


def _others_down(connection: Connection, point_id: PointId, began_at: datetime) -> list[str]:
    """Return which others went then; found by when they came back, which has an index."""
    interval = _table("presence_interval").c
    since = began_at - TOGETHER
    query = sqlalchemy.select(interval.point_id).where(
        interval.state == PresenceState.DOWN.value,
        interval.began_at >= since,
        interval.began_at <= began_at + TOGETHER,
        sqlalchemy.or_(interval.ended_at.is_(None), interval.ended_at >= since),
        interval.point_id != point_id,
    )
    return sorted({str(one) for one in connection.execute(query).scalars()})


def _points(connection: Connection, began_at: datetime) -> int:
    """Return how many points are heard; those that were down long before are none of them."""
    interval = _table("presence_interval").c
    was_gone = (interval.state == PresenceState.DOWN.value) & (
        interval.began_at < began_at - TOGETHER
    )
    query = sqlalchemy.select(sqlalchemy.func.count()).where(interval.ended_at.is_(None), ~was_gone)
    return int(connection.execute(query).scalar_one())


def _has_twins(connection: Connection, point_id: PointId, outage: Outage, now: datetime) -> bool:
    twins = _table("point_twins").c
    query = sqlalchemy.select(twins.began_at, twins.seen_at).where(twins.point_id == point_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return False
    return bool(
        row.began_at <= (outage.ended_at or now) and row.seen_at + SHOWN_FOR >= outage.began_at
    )
