"""Collectors on a machine's files; failures are outcomes."""

import asyncio
import shutil
from pathlib import Path

import pytest

from contracts.reports import InterfaceRate
from contracts.section import Section
from monitoring.collectors.host import HostCollector, processor_times, temperature_c
from monitoring.collectors.inventory import take_inventory
from monitoring.collectors.lan import LanCollector
from monitoring.collectors.registry import Collector, run_collector
from monitoring.collectors.roots import Roots
from monitoring.collectors.rounds import Rounds
from monitoring.collectors.routes import DefaultRoute, default_route
from monitoring.errors import CollectorError

MACHINE = Path(__file__).parents[3] / "data/machine"


@pytest.fixture
def machine(tmp_path):
    return shutil.copytree(MACHINE, tmp_path / "machine")


async def test_host(machine):
    host = HostCollector(machine / "proc", machine / "sys")
    first = await host.collect()
    stat = machine / "proc/stat"
    stat.write_text(stat.read_text().replace("132045", "132245").replace("9811220", "9812020"))
    second = await host.collect()
    assert first.cpu_ratio is None
    assert second.cpu_ratio == 0.2
    assert second.memory_ratio == 0.25
    assert second.uptime_s == 123456
    assert second.temperature_c == 55.5


def test_a_machine_without_sensors_has_no_temperature(tmp_path):
    assert temperature_c(tmp_path) is None


def test_absurd_temperatures_are_left_out(machine):
    zone = machine / "sys/class/thermal/thermal_zone1/temp"
    zone.write_text("-274000\n")
    assert temperature_c(machine / "sys") == 41.0
    zone.write_text("garbage\n")
    assert temperature_c(machine / "sys") == 41.0


async def test_interfaces(machine):
    seconds = iter((100.0, 110.0, 120.0))
    lan = LanCollector(machine / "proc", machine / "sys", monotonic=lambda: next(seconds))
    first = await lan.collect()
    table = machine / "proc/net/dev"
    table.write_text(table.read_text().replace("5000000", "6250000").replace("1000000", "1010000"))
    second = await lan.collect()
    table.write_text(table.read_text().replace("6250000", "     12"))
    third = await lan.collect()
    assert [rate.name for rate in first.rates] == ["enp1s0", "wlan0", "wwan0"]
    assert all(rate.rx_bps is None and rate.tx_bps is None for rate in first.rates)
    assert second.rates[0] == InterfaceRate(
        name="enp1s0", has_carrier=True, rx_bps=1_000_000, tx_bps=8000, errors_total=4,
        drops_total=9, recent_packets=0,
    )  # fmt: skip
    assert second.rates[1] == InterfaceRate(name="wlan0", has_carrier=False, rx_bps=0, tx_bps=0)
    assert third.rates[0].rx_bps is None
    assert third.rates[0].tx_bps == 0


def test_the_route_with_the_lowest_metric_is_the_default(machine):
    assert default_route(machine / "proc") == DefaultRoute("enp1s0", "192.168.1.1")


def test_without_ipv4_the_ipv6_route_is_the_default(machine):
    (machine / "proc/net/route").write_text("Iface\tDestination\n")
    assert default_route(machine / "proc") == DefaultRoute("enp1s0", "fe80::1%enp1s0")


def test_no_route(machine):
    (machine / "proc/net/route").write_text("Iface\tDestination\n")
    (machine / "proc/net/ipv6_route").unlink()
    assert default_route(machine / "proc") is None


def test_inventory(machine):
    found = take_inventory(
        Roots(machine / "proc", machine / "sys"),
        os_release=machine / "os-release", agent_version="9.9", disk_bytes=7,
    )  # fmt: skip
    assert found.hostname == "diemcau-12"
    assert found.system == "Debian GNU/Linux 12 (bookworm), kernel 6.1.0-26-amd64"
    assert (found.processor, found.processor_count) == ("Intel(R) N100", 2)
    assert found.memory_bytes == 3912340 * 1024
    cable = found.interfaces[0]
    assert (cable.name, cable.speed_bps, cable.duplex, cable.is_uplink) == (
        "enp1s0", 1_000_000_000, "full", True,
    )  # fmt: skip
    assert "fe80::211:22ff:fe33:4455" in cable.addresses
    assert [(i.speed_bps, i.duplex) for i in found.interfaces[1:]] == [(None, "unknown")] * 2


@pytest.mark.parametrize("damage", ["", "cpu", "cpu a b c d e", "nothing 1 2 3 4 5"])
def test_damaged_kernel_files_are_an_error(machine, damage):
    (machine / "proc/stat").write_text(damage)
    with pytest.raises(CollectorError):
        processor_times(machine / "proc")


async def test_a_failed_measurement_is_an_outcome_and_the_others_go_on(machine):
    (machine / "proc/net/dev").unlink()
    collectors: list[Collector] = [
        HostCollector(machine / "proc", machine / "sys"),
        LanCollector(machine / "proc", machine / "sys"),
    ]
    async with asyncio.TaskGroup() as tasks:
        body, outcomes = await Rounds(collectors).collect(tasks)
    assert body.host.memory_ratio == 0.25
    assert body.interfaces is None
    assert [failure.collector for failure in body.failures] == ["interfaces"]
    assert "No such file" in body.failures[0].error
    assert [outcome.section is None for outcome in outcomes] == [False, True]


class _Never:
    name = "never"
    timeout_s = 0.05
    interval_s = 0.0

    async def collect(self):
        await asyncio.Event().wait()
        return Section()


async def test_a_collector_that_hangs_is_cut_off_with_its_duration():
    outcome = await run_collector(_Never())
    assert outcome.section is None
    assert outcome.error == "no result within 0.05 s"
    assert outcome.duration_s >= 0.05
