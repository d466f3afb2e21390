"""The point's devices: asked each in its own turn, and what is told of them when."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from agent.health import seen_device
from agent.health.device_news import LEAST_S, METERED_LEAST_S, REPORT_S
from agent.health.device_watch import AT_ONCE, LIMITS, LONGEST_INTERVAL_S, DeviceWatch
from agent.point import device_secrets
from contracts import codec
from contracts.devices import (
    MAX_SEEN_DEVICES,
    USB_SUPPLIES,
    DeviceSecrets,
    SeenDevice,
    SeenUps,
    SnmpBody,
    SnmpDevices,
    WantedDevice,
)
from contracts.ids import PointId
from contracts.reports import Report
from monitoring.collectors.snmp.report import (
    DeviceReport,
    Neighbour,
    PoePort,
    PolledInterface,
    SensorReading,
    UpsState,
)
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from monitoring.errors import DeviceSilent
from runtime.clock import Clock
from runtime.guard import beside
from tests.fakes.sealed_device import sealed_device
from tests.waiting import until

POINT = PointId("xa-1")
KEY = ec.generate_private_key(ec.SECP256R1())
NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
HANGS = "192.168.1.99"
UPS = UpsState(97.0, 2520, 23.0, on_battery=False)
SWITCH = DeviceReport(
    "Switch", "1.3.6.1.4.1.99999.2", "sw", 1000,
    [PolledInterface(i, f"ge{i}", None, 10**9, i < 3, 0, 0, 64) for i in range(1, 6)],
    None, [], [], [],
)  # fmt: skip


def wanted(name: str, address: str = "192.168.1.2", asked: int = 0) -> WantedDevice:
    """Return a device whose community is its address."""
    secrets = DeviceSecrets(community=address)
    return sealed_device(KEY, POINT, name, secrets, address=address, asked_total=asked)


async def _opened_here(wanted: WantedDevice, point: PointId, key_file: Path) -> DeviceSecrets:
    return device_secrets.unsealed(wanted, point, key_file)


def without_faults(report: DeviceReport) -> DeviceReport:
    """Return what a device says that is not asked what its ports damaged and dropped."""
    rows = [
        replace(one, in_errors=None, out_errors=None, in_drops=None, out_drops=None)
        for one in report.interfaces
    ]
    return replace(report, interfaces=rows)


class World:
    """Devices, a list of them, and time that stands still until it is told to go on."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 1000.0
        self.is_metered, self.is_connected = False, True
        self.devices: SnmpDevices | None = None
        self.told: list[SnmpBody] = []
        self.asked: list[DeviceTarget] = []
        self.answer: Callable[[DeviceTarget], DeviceReport] = lambda _: SWITCH
        self.beside: list[SeenDevice] = []
        self.hung = asyncio.Event()
        self.being_asked: Counter[str] = Counter()
        key_file = folder / "point.key"
        key_file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.watch = DeviceWatch(
            POINT, key_file, Clock(folder / "clock.json"), lambda: self.devices,
            lambda: self.is_metered, lambda: self.is_connected,
            self.told.append, self._ask, lambda: self.now_s, lambda: self.beside, _opened_here,
        )  # fmt: skip

    async def _ask(self, target: DeviceTarget, limits: AskingLimits) -> DeviceReport:
        assert replace(limits, counts_faults=True) == LIMITS
        self.asked.append(target)
        self.being_asked[target.address] += 1
        try:
            if target.address == HANGS:
                await self.hung.wait()
            report = self.answer(target)
            return report if limits.counts_faults else without_faults(report)
        finally:
            self.being_asked[target.address] -= 1

    async def asked_for_the(self, time: int, address: str) -> None:
        """Wait until a device has begun to be asked so often."""
        await until(lambda: sum(one.address == address for one in self.asked) == time)

    def want(self, *devices: WantedDevice) -> None:
        """Put another list in force."""
        self.devices = SnmpDevices(leader_epoch=1, generation=1, issued_at=NOW, devices=devices)

    async def passes(self, span_s: float) -> None:
        """Let time pass, and everything that is due happen."""
        self.now_s += span_s
        async with asyncio.TaskGroup() as tasks:
            self.watch.look(tasks)
        async with asyncio.TaskGroup() as tasks:
            self.watch._report(self.now_s)

    def last(self) -> SeenDevice:
        """Return what was told last, of one device."""
        [device] = self.told[-1].devices
        return device


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_without_a_list_nothing_is_asked_or_told(world: World) -> None:
    await world.passes(1)
    await world.passes(REPORT_S)
    assert (world.asked, world.told) == ([], [])


async def test_a_device_is_asked_with_what_was_sealed_and_told_at_once(world: World) -> None:
    world.want(wanted("sw01"))
    await world.passes(1)
    assert world.asked == [DeviceTarget("192.168.1.2", Community("192.168.1.2"))]
    assert (world.last().answer, world.last().interfaces_total) == ("answers", 5)
    assert world.last().interfaces_up == 2


async def test_whoever_is_asked_anew_waits_for_none_that_stand_before_it(world: World) -> None:
    many = [wanted(f"sw{n:02}", address=f"192.168.1.{n}") for n in range(1, 17)]
    world.want(*many)
    await world.passes(1)
    await world.passes(20)
    assert len(world.asked) == 16
    world.want(*many[:15], wanted("sw16", address="192.168.1.16", asked=9))
    await world.passes(0)
    assert [one.address for one in world.asked].count("192.168.1.16") == 2


async def test_rates_are_between_two_polls_and_told_every_five_minutes(world: World) -> None:
    world.want(wanted("sw01"))
    await world.passes(1)
    ports = [replace(one, in_octets=66 * 125_000) for one in SWITCH.interfaces]
    world.answer = lambda _: replace(SWITCH, interfaces=ports, uptime_s=1066)
    await world.passes(66)
    assert len(world.told) == 1
    world.watch._report(world.now_s + REPORT_S)
    assert world.last().interfaces[0].in_bps == 1_000_000
    world.answer = lambda _: replace(SWITCH, interfaces=ports, uptime_s=3)  # begun anew
    await world.passes(66)
    world.watch._report(world.now_s + 2 * REPORT_S)
    assert world.last().interfaces[0].in_bps is None


async def test_what_changes_is_told_at_once(world: World) -> None:
    world.want(wanted("ups1"))
    world.answer = lambda _: replace(SWITCH, ups=UPS)
    await world.passes(1)
    world.answer = lambda _: replace(SWITCH, ups=replace(UPS, on_battery=True))
    await world.passes(66)
    assert [one.devices[0].ups.on_battery for one in world.told if one.devices[0].ups] == [
        False, True,
    ]  # fmt: skip


def on_usb(*, on_battery: bool) -> SeenDevice:
    """Return a power supply on USB, which somebody else asks."""
    ups = SeenUps(on_battery=on_battery)
    return SeenDevice(device_id=USB_SUPPLIES[0], asked_at=NOW, answer="answers", ups=ups)


async def test_who_is_asked_by_somebody_else_is_told_alone_and_beside_the_list(
    world: World,
) -> None:
    await world.passes(1)
    world.beside = [on_usb(on_battery=False)]
    await world.passes(1)
    world.beside = [on_usb(on_battery=True)]
    await world.passes(1)
    world.want(wanted("sw01"))
    await world.passes(LEAST_S)
    assert [[(one.device_id, one.ups and one.ups.on_battery) for one in body.devices]
            for body in world.told] == [
        [("usbups", False)], [("usbups", True)], [("sw01", None), ("usbups", True)],
    ]  # fmt: skip


def at_will(world: World) -> Callable[[DeviceTarget], DeviceReport]:
    """Return a switch whose third port is up at every second poll."""

    def answer(_: DeviceTarget) -> DeviceReport:
        is_up = len(world.asked) % 2 == 0
        return replace(SWITCH, interfaces=[replace(one, is_up=is_up) for one in SWITCH.interfaces])

    return answer


@pytest.mark.parametrize(
    ("is_metered", "pause_s"), [(False, LEAST_S), (True, METERED_LEAST_S)], ids=["line", "metered"]
)
async def test_a_port_that_flaps_is_told_once_in_a_pause(
    world: World, is_metered: bool, pause_s: float
) -> None:
    world.is_metered, world.answer = is_metered, at_will(world)
    world.want(*(wanted(f"sw{number:02}") for number in range(16)))
    for _ in range(720):
        await world.passes(5)
    assert len(world.asked) > 16 * 45
    assert 3600 / max(pause_s, 66) - 3 <= len(world.told) <= 3600 / pause_s + 2


async def test_one_that_answers_every_second_time_is_told_at_once_and_then_in_pauses(
    world: World,
) -> None:
    world.is_metered = True

    def every_second(target: DeviceTarget) -> DeviceReport:
        if len(world.asked) % 2:
            raise DeviceSilent(target.address, target.port)
        return SWITCH

    world.answer = every_second
    world.want(wanted("sw01"))
    for polls in range(1, 6):
        await world.passes(2 * LONGEST_INTERVAL_S)
        assert len(world.told) == polls
    world.want(*(wanted(f"sw{number:02}") for number in range(16)))
    before = len(world.told)
    for _ in range(720):
        await world.passes(5)
    assert len(world.told) - before <= 2 * 3600 / METERED_LEAST_S + 8


async def test_without_a_session_nothing_is_kept_and_then_the_newest_told(world: World) -> None:
    world.is_connected = False
    world.want(wanted("ups1"))
    world.answer = lambda _: replace(SWITCH, ups=UPS)
    for _ in range(10):
        await world.passes(REPORT_S)
    assert world.told == []
    world.answer = lambda _: replace(SWITCH, ups=replace(UPS, on_battery=True))
    await world.passes(REPORT_S)
    world.is_connected = True
    await world.passes(1)
    assert [one.devices[0].ups and one.devices[0].ups.on_battery for one in world.told] == [True]


async def test_silence_is_told_with_what_was_known_and_asked_less_often(world: World) -> None:
    world.want(wanted("sw01"))
    await world.passes(1)

    def silent(target: DeviceTarget) -> DeviceReport:
        raise DeviceSilent(target.address, target.port)

    world.answer = silent
    for _ in range(6):
        await world.passes(2 * LONGEST_INTERVAL_S)
    assert (world.last().answer, world.last().name) == ("silent", "sw")
    assert world.last().answered_at is not None
    before = len(world.asked)
    await world.passes(LONGEST_INTERVAL_S * 0.8)
    assert len(world.asked) == before


async def test_one_that_hangs_holds_no_other(world: World) -> None:
    world.want(wanted("sw01", HANGS), wanted("sw02"))
    world.now_s += 5
    async with asyncio.TaskGroup() as tasks:
        world.watch.look(tasks)
        world.now_s += 5
        world.watch.look(tasks)
        await until(lambda: world.watch._places["sw02"].seen)
        world.watch._report(world.now_s)
        assert [one.device_id for one in world.told[-1].devices] == ["sw02"]
        world.hung.set()


async def test_a_fourth_waits_until_one_of_three_that_hang_is_done(world: World) -> None:
    names = [f"sw{number:02}" for number in range(AT_ONCE + 2)]
    world.want(*(wanted(name, HANGS) for name in names))
    world.watch._take_list()
    world.now_s += 10
    async with beside(world.watch.run, name="devices"):
        await until(lambda: len(world.asked) >= AT_ONCE)
        places = world.watch._places.values()
        assert [one.is_running for one in places] == [True] * (AT_ONCE + 2)
        assert world.being_asked == {HANGS: AT_ONCE}
        world.hung.set()
        await until(lambda: all(one.seen for one in places))
    assert (len(world.asked), world.being_asked) == (AT_ONCE + 2, {HANGS: 0})


async def test_one_that_hangs_has_one_turn_when_asked_anew_and_none_when_removed(
    world: World,
) -> None:
    async with asyncio.TaskGroup() as tasks:
        for times in range(1, AT_ONCE + 2):
            world.want(wanted("sw01", HANGS, times), wanted("sw02"))
            world.now_s += 1
            world.watch.look(tasks)
            await world.asked_for_the(times, HANGS)
            assert world.being_asked[HANGS] == 1
        await until(lambda: world.watch._places["sw02"].seen)
        world.want(wanted("sw01", "192.168.1.3"))
        world.watch.look(tasks)
        await until(lambda: world.watch._places["sw01"].seen)
        assert world.being_asked[HANGS] == 0
        world.want(wanted("sw03", HANGS))
        world.watch.look(tasks)
        await until(lambda: world.being_asked[HANGS])
        world.want()
        world.watch.look(tasks)  # or the block would not end
    assert world.being_asked[HANGS] == 0


async def test_what_is_sealed_to_another_key_is_told_and_asks_nobody(world: World) -> None:
    other = wanted("sw02")
    world.want(WantedDevice(device_id="sw01", address="192.168.1.2", sealed=other.sealed))
    await world.passes(1)
    assert (world.last().answer, world.asked) == ("no_secret", [])


async def test_asking_at_once_and_removing(world: World) -> None:
    world.want(wanted("sw01"))
    await world.passes(1)
    world.want(wanted("sw01", asked=1))
    await world.passes(1)
    assert (len(world.asked), world.last().asked_total) == (2, 1)
    world.want()
    await world.passes(1)
    assert world.told[-1].devices == ()


@pytest.mark.parametrize("letter", ["ộ", "\U0001f50b", "\x01", '"', "a"])
def test_as_many_large_devices_as_there_may_be_fit_into_one_report(letter: str) -> None:
    """Whatever a letter takes on the wire: three octets, four, or six where it is escaped."""
    text = letter * 200
    large = replace(
        SWITCH,
        sys_name=text,
        sys_descr=text,
        interfaces=[PolledInterface(i, text, text, 10**12, i % 2 == 0) for i in range(500)],
        neighbours=[Neighbour(text, text, text, text, text, text)] * 100,
        sensors=[SensorReading(text, "temperature", "°C", 41.5)] * 100,
        problems=[text] * 100,
        poe=[PoePort(text, "delivering", i, 4, 25.5) for i in range(100)],
    )
    head = SeenDevice(device_id="sw01", asked_at=NOW, answer="silent")
    one = seen_device.seen(head, seen_device.Polled(large, 0), None, answered_at=NOW)
    body = seen_device.body_of([one] * MAX_SEEN_DEVICES, is_metered=False)
    assert len(codec.encode(_report(body))) < Report.max_bytes
    assert len(body.devices) == MAX_SEEN_DEVICES
    assert (one.interfaces_total, one.interfaces_up, one.problems_total) == (500, 250, 100)
    assert all(port.is_up for port in body.devices[0].interfaces)
    assert codec.decode(Report, codec.encode(_report(body))).body == body


def _report(body: SnmpBody) -> Report:
    golden = Path(__file__).parents[3] / "data/golden/report-snmp.json"
    report = codec.decode(Report, golden.read_bytes())
    return Report(
        **{name: getattr(report, name) for name in Report.__struct_fields__ if name != "body"},
        body=body,
    )
