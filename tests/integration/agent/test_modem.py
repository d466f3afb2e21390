"""The modem's signal over a real dbus-daemon; a service of the test's own is ModemManager there."""

import asyncio
import os
from contextlib import asynccontextmanager

import pytest

from contracts.uplink import ModemSection
from monitoring.collectors.modem import ModemCollector
from monitoring.collectors.registry import run_collector
from tests.fakes.dbus import HAS_DBUS, dbus_daemon, serving
from tests.fakes.modem_manager import MODEM_PATH, SERVICE, ModemService
from tests.waiting import until

COUNTERS = "Inter-| Receive | Transmit\n face |bytes packets\n"
ROW = " {}: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n"
LEAST = -1.7976931348623157e308
needs_dbus = pytest.mark.skipif(not HAS_DBUS, reason="not checked: dbus-daemon is not installed")


def modem(*, rate=5, **lte):
    said = {name: ("d", value) for name, value in lte.items()}
    return {
        MODEM_PATH: {
            f"{SERVICE}.Modem": {
                "AccessTechnologies": ("u", 1 << 14),
                "Ports": ("a(su)", [("cdc-wdm0", 6), ("wwan7", 2)]),
            },
            f"{SERVICE}.Modem.Modem3gpp": {"OperatorName": ("s", "Viettel")},
            f"{SERVICE}.Modem.Signal": {
                "Rate": ("u", rate),
                "Nr5g": ("a{sv}", {"rsrp": ("d", LEAST)}),
                "Lte": ("a{sv}", said),
            },
        }
    }


@pytest.fixture
def proc(tmp_path):
    folder = tmp_path / "proc"
    (folder / "net").mkdir(parents=True)
    (folder / "net/dev").write_text(COUNTERS + ROW.format("eth0") + ROW.format("wwan7"))
    return folder


@pytest.fixture
def bus(tmp_path):
    with dbus_daemon(tmp_path) as found:
        yield found


@needs_dbus
async def test_signal_operator_and_technology_are_told_and_the_signal_looked_at(proc, bus):
    service = ModemService(modem(rate=0, rsrp=-97.25, rsrq=-11.5, snr=8.0))
    async with serving(bus, service):
        found = await ModemCollector(proc, bus=bus).collect()
    assert found == ModemSection(
        interface="wwan7",
        operator="Viettel",
        technology="lte",
        figures={"rsrp_dbm": -97.2, "rsrq_db": -11.5, "snr_db": 8.0},
    )
    assert service.asked == [("GetManagedObjects", ()), ("Setup", (60,))]


@needs_dbus
async def test_a_signal_that_nobody_may_look_at_and_values_that_cannot_be_are_unknown(proc, bus):
    service = ModemService(modem(rate=0, rsrp=LEAST, rsrq=float("nan"), snr=900.0))
    service.refuses = True
    async with serving(bus, service):
        found = await ModemCollector(proc, bus=bus).collect()
    assert found == ModemSection(interface="wwan7", operator="Viettel", technology="lte")


@needs_dbus
async def test_without_modem_manager_nothing_is_said_and_too_much_is_a_failure(proc, bus):
    collector = ModemCollector(proc, bus=bus)
    assert await collector.collect() == ModemSection()
    far_too_much = modem(rsrp=-90.0) | {
        f"{MODEM_PATH}{number}": {f"{SERVICE}.Modem": {"Model": ("s", "x" * 1000)}}
        for number in range(1, 300)
    }
    async with serving(bus, ModemService(far_too_much)):
        outcome = await run_collector(collector)
    assert (outcome.section, outcome.error) == (None, "D-Bus says too much")


def open_files():
    return len(os.listdir("/proc/self/fd"))


@needs_dbus
async def test_a_modem_manager_that_does_not_answer_costs_its_time_and_no_socket(proc, bus):
    collector = ModemCollector(proc, bus=bus)
    collector.timeout_s = 0.3
    service = ModemService(modem())
    service.is_silent = True
    async with serving(bus, service):
        before = open_files()
        outcomes = [await run_collector(collector) for _ in range(3)]
        await until(lambda: open_files() <= before)
    assert {one.error for one in outcomes} == {"no result within 0.3 s"}


@asynccontextmanager
async def saying(path, words):
    """A socket at which somebody says something else than D-Bus."""

    async def answer(reader, writer):
        await reader.read(100)
        writer.write(words)
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        yield


@pytest.mark.parametrize(
    "words",
    [b"", b"HTTP/1.1 400\r\n\r\n", b"OK 1234\r\n", b"OK 1\r\nl" + b"\xff" * 400, b"a" * 3000],
)
async def test_what_is_no_dbus_is_a_failure(proc, tmp_path, words):
    async with saying(tmp_path / "bus", words):
        outcome = await run_collector(ModemCollector(proc, bus=tmp_path / "bus"))
    assert outcome.section is None
    assert outcome.error.startswith("D-Bus")


async def test_without_bus_or_modem_nothing_is_said_and_seldom_asked(proc, tmp_path):
    collector = ModemCollector(proc, bus=tmp_path / "bus")
    assert (await collector.collect(), collector.interval_s) == (ModemSection(), 60.0)
    (proc / "net/dev").write_text(COUNTERS + ROW.format("eth0"))
    assert (await collector.collect(), collector.interval_s) == (ModemSection(), 600.0)
