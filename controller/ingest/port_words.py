"""What ports of points' devices counted of damaged frames over the last hour, and their names."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
import sqlalchemy
from sqlalchemy import Connection, func
from sqlmodel import col

from contracts.ids import PointId
from controller.ingest.tables import HAS_ERRORS, LatestReport, Port5Min
from monitoring.judgement.ports import OVER, PortErrors, port_key
from runtime.guard import guarded

MOST_OF_A_POINT = 20


class _NamedPort(msgspec.Struct):
    index: int
    name: str | None = None


class _NamedDevice(msgspec.Struct):
    device_id: str
    name: str | None = None
    interfaces: tuple[_NamedPort, ...] = ()


class _NamedBody(msgspec.Struct):
    devices: tuple[_NamedDevice, ...] = ()


class _NamedReport(msgspec.Struct):
    body: _NamedBody


_reports = msgspec.json.Decoder(_NamedReport)
_Key = tuple[str, int]
Known = Mapping[str, str]
"""Of one point: ports that damaged frames until now, and what they were called."""


def port_name(device: str | None, port: str) -> str:
    """Return how a port of a device is called."""
    return f"{port} ({device})" if device else port


def of_points(
    connection: Connection,
    wanted: Iterable[PointId] | None,
    now: datetime,
    known: Mapping[PointId, Known],
) -> dict[PointId, list[PortErrors]]:
    """Return the ports with errors, those with the most of each point; None: of all points.

    A device that has many tells of others each time, and a silent one of none. So who is known
    is taken first, and keeps its name: it is no other port for that, nor well.
    """
    port = Port5Min
    errors = func.sum(col(port.errors_counted))
    asked = (
        sqlalchemy.select(
            col(port.point_id), col(port.device_id), col(port.if_index), errors, func.count()
        )
        .where(HAS_ERRORS, col(port.begins_at) >= now - OVER)
        .group_by(col(port.point_id), col(port.device_id), col(port.if_index))
        .order_by(errors.desc(), col(port.device_id), col(port.if_index))
    )
    if wanted is not None:
        asked = asked.where(col(port.point_id).in_(list(wanted)))
    sums: dict[str, dict[_Key, tuple[int, int]]] = {}
    rows = sorted(
        connection.execute(asked),
        key=lambda row: port_key(row[1], row[2]) not in known.get(PointId(row[0]), {}),
    )
    for point_id, device_id, index, count, spells in rows:
        own = sums.setdefault(point_id, {})
        if len(own) < MOST_OF_A_POINT:
            own[device_id, index] = int(count or 0), spells
    names = _names(connection, sums)
    found: dict[PointId, list[PortErrors]] = {}
    for point_id, own in sums.items():
        called = known.get(PointId(point_id), {})
        found[PointId(point_id)] = [
            PortErrors(
                port_key(*key),
                called.get(port_key(*key)) or names.get((point_id, *key), f"#{key[1]}"),
                count,
                spells,
            )
            for key, (count, spells) in own.items()
        ]
    return found


def _names(connection: Connection, points: Iterable[str]) -> dict[tuple[str, str, int], str]:
    last = LatestReport
    asked = sqlalchemy.select(col(last.point_id), col(last.report)).where(
        col(last.kind) == "snmp", col(last.point_id).in_(list(points))
    )
    found: dict[tuple[str, str, int], str] = {}
    for point_id, text in connection.execute(asked):
        with guarded("stored_report", point_id=point_id, report_kind="snmp"):
            for one in _reports.decode(text).body.devices:
                for port in one.interfaces:
                    name = port_name(one.name, port.name or f"#{port.index}")
                    found[point_id, one.device_id, port.index] = name
    return found
