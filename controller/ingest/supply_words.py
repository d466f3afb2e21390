"""What supplies of power said of late: of the mains, and of ports that should give it.

As they were last asked, and of the mains also by themselves since. A port that had a fault has it
as long as its device does not answer: silence repairs none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import sqlalchemy
from sqlalchemy import Connection
from sqlmodel import col

from contracts.ids import PointId
from controller.ingest.port_words import port_name
from controller.ingest.tables import DeviceTrap, LatestReport
from monitoring.judgement.mains import HOLDS, SupplyWord
from monitoring.judgement.ports import port_key
from runtime.guard import guarded

TRAP_SAYS = {"on_battery": True, "battery_low": True, "power_restored": False}


class _Ups(msgspec.Struct):
    on_battery: bool | None = None
    replace_battery: bool | None = None


class _Poe(msgspec.Struct):
    port: str
    index: int | None = None
    state: str = ""


class _Device(msgspec.Struct):
    device_id: str
    asked_at: datetime
    answer: str
    name: str | None = None
    ups: _Ups | None = None
    poe: tuple[_Poe, ...] = ()


class _Body(msgspec.Struct):
    devices: tuple[_Device, ...] = ()


class _Report(msgspec.Struct):
    """Of a report of devices that alone: eight switches have 47 kB."""

    measured_at: datetime
    body: _Body


_reports = msgspec.json.Decoder(_Report)


@dataclass(frozen=True, slots=True)
class BatteryState:
    """Whether a power supply asks for another battery, as it was asked last."""

    device_id: str
    at: datetime
    is_asking: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class SupplyWords:
    """Of one point. `without_power`: which ports have a fault instead of giving it,
    and their names."""

    mains: list[SupplyWord] = field(default_factory=list)
    batteries: list[BatteryState] = field(default_factory=list)
    without_power: dict[str, str] = field(default_factory=dict)


def of_points(
    connection: Connection, wanted: Iterable[PointId] | None, now: datetime
) -> dict[PointId, SupplyWords]:
    """Return the words that count of each point that has any; None: of all points."""
    points = None if wanted is None else list(wanted)
    found: dict[PointId, SupplyWords] = {}
    last = LatestReport
    asked = sqlalchemy.select(col(last.point_id), col(last.at), col(last.report)).where(
        col(last.kind) == "snmp", col(last.at) >= now - HOLDS
    )
    trap = DeviceTrap
    told = sqlalchemy.select(
        col(trap.point_id), col(trap.at), col(trap.device_id), col(trap.kind)
    ).where(col(trap.at) >= now - HOLDS, col(trap.kind).in_(list(TRAP_SAYS)))
    if points is not None:
        asked = asked.where(col(last.point_id).in_(points))
        told = told.where(col(trap.point_id).in_(points))
    for point_id, at, text in connection.execute(asked):
        with guarded("stored_report", point_id=point_id, report_kind="snmp"):
            report = _reports.decode(text)
            # By the point's own clock, which may be a year off, only how long ago is known.
            off = at - report.measured_at
            for one in report.body.devices:
                asked_at = min(at, one.asked_at + off)
                if asked_at < now - HOLDS:
                    continue
                words = found.setdefault(PointId(point_id), SupplyWords())
                words.without_power.update(
                    (
                        port_key(one.device_id, port.index or port.port),
                        port_name(one.name, port.port),
                    )
                    for port in one.poe
                    if port.state == "fault"
                )
                if one.ups is not None and one.answer == "answers":
                    _add(words, one, one.ups, asked_at)
    for point_id, at, device_id, kind in connection.execute(told):
        word = SupplyWord(device_id, at, TRAP_SAYS[kind])
        found.setdefault(PointId(point_id), SupplyWords()).mains.append(word)
    return found


def _add(words: SupplyWords, device: _Device, ups: _Ups, at: datetime) -> None:
    name = device.name or ""
    if ups.on_battery is not None:
        words.mains.append(SupplyWord(device.device_id, at, ups.on_battery, name))
    if ups.replace_battery is not None:
        words.batteries.append(BatteryState(device.device_id, at, ups.replace_battery, name))
