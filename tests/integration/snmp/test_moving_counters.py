"""A switch whose counters move while it is asked: snmpsim's."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring.collectors.snmp.fault_counts import Counted, FaultCounts
from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from tests.fakes.snmpsim import running_snmpsim

RECORDING = Path(__file__).parents[2] / "data/snmp/moving.snmprec"
BAD, FULL = 3, 9
"""The port whose cable is bad, and the one that drops what it cannot send."""
WAITS_S = 20.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_snmpsim(tmp_path_factory.mktemp("snmpsim"), [RECORDING]) as port:
        yield port


async def asked(port: int) -> DeviceReport:
    """Return what the switch says now."""
    target = DeviceTarget("127.0.0.1", Community("moving"), port)
    return await poll(GufoReader(target, AskingLimits(request_s=10, whole_s=100)))


async def test_what_ports_damage_and_drop_is_counted_while_it_moves(port: int) -> None:
    counts, bad, began_s = FaultCounts(), Counted(), time.monotonic()
    while (bad.errors or 0) <= 30:
        assert time.monotonic() - began_s < WAITS_S
        counts.take(await asked(port), time.monotonic())
        bad = counts.counted.get(BAD, Counted())
    assert {index for index, one in counts.counted.items() if one.errors} == {BAD}
    assert {index for index, one in counts.counted.items() if one.drops} == {FULL}
    assert {one.errors for index, one in counts.counted.items() if index != BAD} == {0}
    assert bad.errors is not None and bad.errors < 20 * 1.5 * (counts.span_s + 2)


async def test_power_is_told_of_each_port_by_its_interface(port: int) -> None:
    report = await asked(port)
    assert [(one.port, one.index, one.state, one.power_class) for one in report.poe] == [
        ("Gi1/0/1", 1, "delivering", 2), ("Gi1/0/2", 2, "searching", None),
        ("Gi1/0/3", 3, "delivering", 2), ("Gi1/0/4", 4, "fault", None),
        ("Gi1/0/5", 5, "disabled", None), ("Gi1/0/6", 6, "searching", None),
        ("Gi1/0/7", 7, "searching", None), ("Gi1/0/8", 8, "searching", None),
    ]  # fmt: skip
    budget = {one.kind: one.value for one in report.sensors if one.name.startswith("PoE supply")}
    assert budget == {"power budget": 120, "power": 31}
