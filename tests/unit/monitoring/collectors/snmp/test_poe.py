"""Ports that give power: which interface each is, and what of their answers counts."""

import time

import pytest

from monitoring.collectors.snmp.findings import Findings
from monitoring.collectors.snmp.makers import TEMPLATES
from monitoring.collectors.snmp.poe import CLASS, STATUS, read_poe
from monitoring.collectors.snmp.poe_faults import CALM_POLLS, PoeFaults
from monitoring.collectors.snmp.reader import RawValue
from monitoring.collectors.snmp.report import PoePort, PoeState
from tests.unit.monitoring.collectors.snmp.cases import KnownDevice

CISCO = TEMPLATES["1.3.6.1.4.1.9"]


async def told(
    said: dict[str, RawValue], names: dict[int, str | None]
) -> tuple[list[PoePort], str, KnownDevice]:
    """Return the ports, the problems as one text, and the device."""
    device, findings = KnownDevice(said), Findings()
    found = await read_poe(device, findings, names, CISCO)
    return found, "\n".join(findings.sentences()), device


async def test_a_device_without_such_ports_is_asked_one_column() -> None:
    found, problems, device = await told({}, {1: "ge1"})
    assert (found, problems, device.asked) == ([], "", [STATUS])


async def test_state_class_and_power() -> None:
    said: dict[str, RawValue] = {
        f"{STATUS}.1.7": 3, f"{CLASS}.1.7": 4, f"{CISCO.port_power_mw}.1.7": 6400,
        f"{STATUS}.1.8": 2, f"{CLASS}.1.8": 1, f"{CISCO.port_power_mw}.1.8": 0,
        f"{STATUS}.1.9": 4, f"{STATUS}.1.10": 6, f"{STATUS}.1.11": 1,
    }  # fmt: skip
    found, problems, _ = await told(said, {10107: "Gi1/0/7", 10108: "Gi1/0/8", 1: "Vlan1"})
    assert found == [
        PoePort("Gi1/0/7", "delivering", 10107, 3, 6.4), PoePort("Gi1/0/8", "searching", 10108),
        PoePort("1/9", "fault"), PoePort("1/10", "other_fault"), PoePort("1/11", "disabled"),
    ]  # fmt: skip
    assert problems == ""


@pytest.mark.parametrize(
    ("row", "names", "index"),
    [
        ("1.1", {1: "Vlan1", 10101: "Gi1/0/1"}, 10101),
        ("2.1", {1: "Gi1/0/1", 2: "Gi2/0/1"}, 2),
        ("1.3", {3: "gi3", 1000: "Po3"}, 3),
        ("1.3", {49: "port 3", 50: "GigabitEthernet3"}, None),  # either
        ("1.3", {7: "ge-0/0/3"}, None),  # its group is none of the name's numbers
        ("1.3", {7: None}, None),
        ("1.12", {2: "Gi1/0/2"}, None),
    ],
)
async def test_which_interface_a_port_is(
    row: str, names: dict[int, str | None], index: int | None
) -> None:
    [found], _, _ = await told({f"{STATUS}.{row}": 3}, names)
    assert found.index == index
    assert found.port == (names[index] if index else row.replace(".", "/"))


async def test_which_interfaces_a_thousand_ports_are_takes_no_long_while() -> None:
    """The agent does nothing else meanwhile; and names are what the device says."""
    names: dict[int, str | None] = {n: "1" * 247 + f"-{n}/1x" for n in range(1, 4097)}
    names |= {n: f"Gi{n}/1" for n in range(1, 2049)}
    said: dict[str, RawValue] = {f"{STATUS}.{n}.1": 3 for n in range(1, 1025)}
    began_s = time.process_time()
    found, _, _ = await told(said, names)
    assert time.process_time() - began_s < 0.5  # 0.03 s; each port with each interface takes 3 s
    assert [one.index for one in found] == list(range(1, 1025))


async def test_what_cannot_be_is_told_and_not_believed() -> None:
    said: dict[str, RawValue] = {
        f"{STATUS}.1.1": 3, f"{CLASS}.1.1": 9, f"{CISCO.port_power_mw}.1.1": 10**9,
        f"{STATUS}.1.2": b"3", f"{STATUS}.1.3": 7, f"{STATUS}.x": 3, f"{STATUS}.1.2.3": 3,
    }  # fmt: skip
    found, problems, _ = await told(said, {})
    assert found == [PoePort("1/1", "delivering")]
    assert "pethPsePortPowerClassifications" in problems and "wrong type" in problems


def states(faults: PoeFaults, *polls: PoeState) -> list[str]:
    """Return how one port is told of at each of its polls."""
    return [faults.judged([PoePort("ge1", state)])[0].state for state in polls]


def test_a_fault_is_told_at_its_second_poll_and_is_over_after_five_without() -> None:
    faults = PoeFaults()
    assert states(faults, "searching", "fault", "delivering", "other_fault") == [
        "searching", "searching", "delivering", "searching",
    ]  # fmt: skip
    assert states(faults, "fault", "searching", "fault") == ["fault"] * 3
    well: list[PoeState] = ["delivering"] * CALM_POLLS
    calm = states(faults, *well)
    assert calm == ["fault"] * (CALM_POLLS - 1) + ["delivering"]
    assert states(faults, "fault") == ["searching"]


def test_a_port_that_is_gone_is_forgotten() -> None:
    faults = PoeFaults()
    states(faults, "fault")
    faults.judged([])
    assert states(faults, "fault") == ["searching"]
