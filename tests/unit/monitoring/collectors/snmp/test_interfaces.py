"""Interfaces: which columns are asked for, and what counts of them."""

import pytest

from monitoring.collectors.snmp.findings import MAX_U32, Findings
from monitoring.collectors.snmp.interfaces import ALWAYS, COLUMNS, IF_NUMBER, read_interfaces
from monitoring.collectors.snmp.reader import RawValue
from monitoring.collectors.snmp.report import PolledInterface
from tests.unit.monitoring.collectors.snmp.cases import KnownDevice


def row(index: int, **said: RawValue) -> dict[str, RawValue]:
    """Return what a device says of one interface, by OID."""
    return {f"{COLUMNS[name]}.{index}": raw for name, raw in said.items()}


WHOLE: dict[str, RawValue] = {
    "ifOperStatus": 1, "ifName": b"ge1", "ifHighSpeed": 1000, "ifAlias": b"phong hop",
    "ifHCInOctets": 2**40, "ifHCOutOctets": 2**33,
}  # fmt: skip


async def told(*rows: dict[str, RawValue]) -> tuple[list[PolledInterface], str, KnownDevice]:
    """Return the rows, the problems as one text, and the device."""
    findings, device = (
        Findings(),
        KnownDevice({oid: raw for one in rows for oid, raw in one.items()}),
    )
    found = await read_interfaces(device, findings)
    return found, "\n".join(findings.sentences()), device


async def test_600_whole_rows_need_no_further_columns() -> None:
    found, problems, device = await told(*(row(index, **WHOLE) for index in range(1, 601)))
    assert len(found) == 600
    assert found[599] == PolledInterface(600, "ge1", "phong hop", 10**9, True, 2**40, 2**33, 64)
    assert problems == ""
    assert device.asked == [*(COLUMNS[name] for name in (*ALWAYS, "ifInErrors")), IF_NUMBER]


async def test_what_a_port_damaged_and_dropped_is_read_where_it_is_counted_at_all() -> None:
    counted = {"ifInErrors": 7, "ifOutErrors": 8, "ifInDiscards": 9, "ifOutDiscards": MAX_U32}
    found, problems, _ = await told(
        row(1, **WHOLE, **counted), row(2, **WHOLE, ifInErrors=-1, ifOutErrors=b"8")
    )
    one, two = found
    assert (one.in_errors, one.out_errors, one.in_drops, one.out_drops) == (7, 8, 9, MAX_U32)
    assert (two.in_errors, two.out_errors, two.in_drops, two.out_drops) == (None,) * 4
    assert "ifInErrors" in problems and "ifOutErrors" in problems


async def test_what_is_missing_is_looked_for_in_the_older_table() -> None:
    old = row(7, ifDescr=b"eth7", ifSpeed=10**8, ifOperStatus=2, ifInOctets=5, ifOutOctets=6)
    found, problems, _ = await told(old)
    assert found == [PolledInterface(7, "eth7", None, 10**8, False, 5, 6, 32)]
    assert problems == ""


@pytest.mark.parametrize(
    ("high", "old", "speed_bps", "word"),
    [
        (0, MAX_U32, None, "saturated"), (0, 0, None, "speed of 0"), (10_000, MAX_U32, 10**10, ""),
        (0, 64_000, 64_000, ""), (10**9, 10**9, 10**9, "outside"), (-1, 0, None, "outside"),
    ],
)  # fmt: skip
async def test_speeds(high: int, old: int, speed_bps: int | None, word: str) -> None:
    found, problems, _ = await told(row(1, **{**WHOLE, "ifHighSpeed": high, "ifSpeed": old}))
    assert found[0].speed_bps == speed_bps
    assert word in problems and bool(word) == bool(problems)


@pytest.mark.parametrize(
    ("state", "is_up"), [(1, True), (2, False), (4, None), (7, False), (8, None)]
)
async def test_states(state: int, is_up: bool | None) -> None:
    found, _, _ = await told(row(1, **{**WHOLE, "ifOperStatus": state}))
    assert found[0].is_up is is_up


async def test_a_64_bit_counter_that_stands_still_gives_way() -> None:
    zero = {**WHOLE, "ifHCInOctets": 0, "ifHCOutOctets": 0, "ifInOctets": 9, "ifOutOctets": 8}
    found, problems, _ = await told(row(1, **zero))
    assert (found[0].in_octets, found[0].out_octets, found[0].counter_bits) == (9, 8, 32)
    assert "stands at 0" in problems and "no rate can be told" in problems


@pytest.mark.parametrize("missing", [None, -1, 2**64 - 1])
async def test_a_whole_pair_of_32_bits_comes_before_half_a_pair_of_64(missing: int | None) -> None:
    half = {name: raw for name, raw in WHOLE.items() if name != "ifHCOutOctets"}
    if missing is not None:
        half["ifHCOutOctets"] = missing
    found, _, _ = await told(row(1, **{**half, "ifInOctets": 9, "ifOutOctets": 8}))
    assert (found[0].in_octets, found[0].out_octets, found[0].counter_bits) == (9, 8, 32)
    found, _, _ = await told(row(1, **{**half, "ifOutOctets": 8}))
    assert (found[0].in_octets, found[0].out_octets, found[0].counter_bits) == (2**40, None, 64)


async def test_rows_are_counted_whatever_the_device_says_of_their_number() -> None:
    found, problems, _ = await told(row(900, **WHOLE), {IF_NUMBER: 3})
    assert [one.index for one in found] == [900]
    assert IF_NUMBER in problems
