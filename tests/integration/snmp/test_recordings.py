"""Devices that others recorded, served by snmpsim: what is known of each, and its traps.

The recordings are not part of the project (their licence is another); where they are not beside
it, only ours are asked.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.pysnmp_session import PysnmpReader
from monitoring.collectors.snmp.report import (
    DeviceReport,
    Neighbour,
    PolledInterface,
    UpsState,
)
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from tests.fakes.snmpsim import running_snmpsim

ROOT = Path(__file__).parents[3]
OURS = ROOT / "tests" / "data" / "snmp"
SHARED = ROOT.parent / "shared" / "snmprec"
LIMITS = AskingLimits(request_s=10, whole_s=100)
MAX_U32 = 2**32 - 1
LARGEST = "ios_6500"


@cache
def facts() -> dict[str, Any]:
    """Return what is known of the recordings beside the project; empty where they are not."""
    listed = SHARED / "facts.json"
    found = json.loads(listed.read_text())["facts"] if listed.is_file() else {}
    return {name: one for name, one in found.items() if (SHARED / one["file"]).is_file()}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    recordings = [SHARED / one["file"] for one in facts().values()]
    folder = tmp_path_factory.mktemp("snmpsim")
    with running_snmpsim(folder, [*recordings, *OURS.glob("*.snmprec")]) as port:
        yield port


Asking = Callable[[int, str], Awaitable[DeviceReport]]


async def asked_by_gufo(port: int, name: str) -> DeviceReport:
    """Return what is made of a recording."""
    return await poll(GufoReader(DeviceTarget("127.0.0.1", Community(name), port), LIMITS))


async def asked_by_pysnmp(port: int, name: str) -> DeviceReport:
    """Return what is made of it by the other library."""
    target = DeviceTarget("127.0.0.1", Community(name), port)
    async with PysnmpReader(target, LIMITS) as reader:
        return await poll(reader)


@pytest.fixture(params=[asked_by_gufo, asked_by_pysnmp], ids=["gufo", "pysnmp"])
def asked(request: pytest.FixtureRequest) -> Asking:
    asking: Asking = request.param
    return asking


async def test_every_fact_of_every_recording(port: int, asked: Asking) -> None:
    """One after the other: snmpsim is one process, and starts slowly."""
    if not facts():
        pytest.skip(f"no recordings in {SHARED}")
    for name, fact in facts().items():
        if name == LARGEST and asked is asked_by_pysnmp:
            continue  # passes as well, in half a minute
        report = await asked(port, name)
        _check_system(report, fact)
        _check_interfaces(report, fact)
        _check_ups(report, fact)
        names = [one.sys_name for one in report.neighbours]
        assert sorted(filter(None, names)) == fact["lldp_remote_sysnames"], name
        assert len(names) == fact["lldp_remote_neighbours"], name
        _check_sensors(report, fact)
        if name in TRAPS:
            TRAPS[name](report)


def _check_system(report: DeviceReport, fact: dict[str, Any]) -> None:
    assert report.sys_descr == fact["sysDescr"]
    assert report.sys_object_id == fact["sysObjectID"]
    assert report.sys_name == fact["sysName"]
    host, own = fact["hrSystemUptime_ticks"] or 0, fact["sysUpTime_ticks"]
    assert report.uptime_s == (
        None if own is None else max(own, host if host > 2 * own else 0) // 100
    )


def _check_interfaces(report: DeviceReport, fact: dict[str, Any]) -> None:
    rows = report.interfaces
    assert len(rows) == fact["if_rows"]
    assert sum(row.is_up is True for row in rows) == fact["if_rows_with_oper_up"]
    indices = [row.index for row in rows]
    assert indices == sorted(set(indices))
    if fact["ifNumber_object"] not in (None, len(rows)):
        assert any("ifNumber" in problem for problem in report.problems)
    without = fact["if_rows_without_64bit_octets"]
    if without is not None:
        assert sum(row.counter_bits != 64 for row in rows) == without
    above = sum(max(row.in_octets or 0, row.out_octets or 0) > MAX_U32 for row in rows)
    if fact["counter_width"] == "64-bit":
        assert above >= fact["ifs_whose_64bit_counter_exceeds_2^32"] > 0 or above == 0
    known = fact.get("interface")
    if known is None:
        return
    row = next(row for row in rows if row.index == known["ifIndex"])
    assert row.name == (known["ifName"] or known["ifDescr"])
    assert row.alias == known["ifAlias"]
    assert row.is_up is (known["ifOperStatus"] == 1)
    speed = known["effective_bps"]
    assert row.speed_bps == (None if speed == MAX_U32 else speed)
    wide = known["ifHCInOctets"] is not None
    assert row.counter_bits == (64 if wide else 32)
    assert row.in_octets == known["ifHCInOctets" if wide else "ifInOctets_32"]
    assert row.out_octets == known["ifHCOutOctets" if wide else "ifOutOctets_32"]


def _check_ups(report: DeviceReport, fact: dict[str, Any]) -> None:
    standard, apc = fact.get("ups_rfc1628"), fact.get("ups_apc_powernet")
    if standard is None and apc is None:
        assert report.ups is None
        return
    assert report.ups is not None
    assert report.ups.on_battery is False
    if standard is not None:
        minutes = standard["upsEstimatedMinutesRemaining"]
        assert report.ups.runtime_s == (None if minutes == MAX_U32 else minutes * 60)
        assert report.ups.charge_percent == standard["upsEstimatedChargeRemaining"]
        assert report.ups.load_percent == max(standard["output_load_percent"].values())
    if apc is not None:
        assert report.ups.charge_percent == apc["upsHighPrecBatteryCapacity_0.1pct"] / 10
        assert report.ups.load_percent == apc["upsHighPrecOutputLoad_0.1pct"] / 10
        assert report.ups.runtime_s == apc["upsAdvBatteryRunTimeRemaining_ticks"] // 100


def _check_sensors(report: DeviceReport, fact: dict[str, Any]) -> None:
    loads = [one.value for one in report.sensors if one.kind == "load"]
    assert loads == fact.get("hrProcessorLoad", [])
    for title, kind in (
        ("pethMainPsePower_W", "power budget"),
        ("pethMainPseConsumptionPower_W", "power"),
    ):
        told = [one.value for one in report.sensors if one.kind == kind and "PoE" in one.name]
        assert told == list(fact.get("poe", {}).get(title, {}).values())


def told(report: DeviceReport, *words: str) -> bool:
    """Say whether one problem has all of these words."""
    return any(all(word in problem for word in words) for problem in report.problems)


def values(report: DeviceReport, kind: str) -> list[float | None]:
    """Return what the sensors of one kind say."""
    return [one.value for one in report.sensors if one.kind == kind]


def _routeros(report: DeviceReport) -> None:
    zero = [row for row in report.interfaces if row.is_up and row.speed_bps is None]
    assert len(zero) == 9
    assert told(report, "ifHighSpeed", "0")
    assert values(report, "temperature") == [38.0]
    assert values(report, "voltage") == [24.3]


def _zte(report: DeviceReport) -> None:
    assert sum(row.speed_bps is None for row in report.interfaces if row.is_up) >= 2
    assert told(report, "ifSpeed", "4294967295", "saturated")
    assert told(report, "ifInOctets", "no rate can be told")


def _huawei_ups(report: DeviceReport) -> None:
    assert told(report, "1.3.6.1.2.1.33.1.2.3.0", "4294967295", "unknown")
    assert values(report, "temperature") == [21.0]


def _apc(report: DeviceReport) -> None:
    assert 23.4 in values(report, "temperature")


def _draytek(report: DeviceReport) -> None:
    assert max(row.index for row in report.interfaces) > 11
    assert told(report, "ifInOctets", "no rate can be told")


def _rutos(report: DeviceReport) -> None:
    assert told(report, "sysUpTime", "hrSystemUptime")
    assert 41.0 in values(report, "temperature")


def _tplink(report: DeviceReport) -> None:
    assert told(report, "sysUpTime", "1.3.6.1.2.1.1.3.0")


def _cisco(report: DeviceReport) -> None:
    assert sorted(one for one in values(report, "temperature") if one)[-3:] == [43.0, 43.0, 44.0]
    assert -5.0 in values(report, "optical power")


TRAPS = {
    "routeros_rb750gr3": _routeros,
    "zxr10_5928": _zte,
    "huaweiups_ups2000": _huawei_ups,
    "apc_smt750x-nmc2": _apc,
    "draytek_vdsl": _draytek,
    "rutos-rutx_rut955": _rutos,
    "tplink_sg2008": _tplink,
    "ios_2960x": _cisco,
}


async def test_what_is_absurd_is_unknown_and_told(port: int, asked: Asking) -> None:
    report = await asked(port, "absurd")
    assert report.sys_name == "sw-kho"
    assert report.sys_descr == "May chủ \ufffd[31mđiện"
    by_index = {row.index: row for row in report.interfaces}
    assert sorted(by_index) == [1, 2, 3, 4, 5]
    assert by_index[1].name == "Công"
    assert [by_index[i].speed_bps for i in (1, 2, 3, 4)] == [None, 100_000_000, 1_000_000, None]
    assert [by_index[i].is_up for i in (1, 2, 3)] == [True, None, None]
    octets = [(by_index[i].in_octets, by_index[i].out_octets) for i in (1, 2, 3, 4, 5)]
    assert octets == [(None, 5), (None, None), (None, None), (None, None), (77, 78)]
    assert report.ups is not None
    assert report.ups.charge_percent == 88
    assert report.ups.runtime_s is None
    assert report.ups.load_percent == 40
    assert [one.value for one in report.sensors] == [41.5, 3.3, None, None, None]
    for oid, came in (
        ("1.3.6.1.2.1.31.1.1.1.6", "18446744073709551615"),
        ("1.3.6.1.2.1.31.1.1.1.6", "12345"),
        ("1.3.6.1.2.1.31.1.1.1.10", "-7"),
        ("1.3.6.1.2.1.2.2.1.8", "up"),
        ("1.3.6.1.2.1.2.2.1.10", "4294967295"),
        ("1.3.6.1.2.1.33.1.2.4.0", "255"),
        ("1.3.6.1.2.1.99.1.1.1.4", "1000000000"),
    ):
        assert told(report, oid, came), (oid, came)


async def test_a_good_switch_is_believed_whole(port: int, asked: Asking) -> None:
    """Its counters have passed 2^32, and the older table's have begun anew: 64 bits count."""
    report = await asked(port, "switch")
    assert report.problems == []
    assert (report.sys_name, report.uptime_s) == ("sw-phong-hop", 8_640_000)
    assert [row.index for row in report.interfaces if row.is_up] == [1, 2, 3, 9]
    uplink = report.interfaces[8]
    assert uplink == PolledInterface(
        9,
        "Gi1/0/9",
        "đường lên",
        10**10,
        True,
        2**33 + 9000,
        2**32 + 63,
        64,
        in_errors=0,
        out_errors=0,
    )
    neighbour = Neighbour("duong len", "router-xa", "ether2", "LAN", "02:00:5e:10:00:01", "Router")
    assert report.neighbours == [neighbour]
    assert report.ups is None
    assert values(report, "temperature") == [47.0]
    assert (values(report, "power budget"), values(report, "power")) == ([120.0], [31.0])


async def test_a_good_ups_is_believed_whole(port: int, asked: Asking) -> None:
    report = await asked(port, "ups")
    assert report.problems == []
    assert report.ups == UpsState(97.0, 42 * 60, 23.0, on_battery=False)
    assert values(report, "temperature") == [27.0]
    assert report.interfaces == []
