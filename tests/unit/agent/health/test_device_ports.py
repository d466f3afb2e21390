"""What a device's ports count and give of power, from poll to report."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import UNSET

from agent.health.device_news import REPORT_S
from contracts.devices import counted
from monitoring.collectors.snmp.report import DeviceReport, PoePort, PoeState, PolledInterface
from monitoring.collectors.snmp.target import DeviceTarget
from monitoring.errors import DeviceSilent
from tests.unit.agent.health.test_device_watch import SWITCH, World, wanted


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def silent(target: DeviceTarget) -> DeviceReport:
    """Answer nothing."""
    raise DeviceSilent(target.address, target.port)


def switch_after(span_s: int, errors: int | None, poe: PoeState = "delivering") -> DeviceReport:
    """Return the switch so long after its first answer; its first port has counted errors."""
    ports = [replace(one, in_errors=errors if one.index == 1 else 5) for one in SWITCH.interfaces]
    power = [PoePort("ge1", poe, 1, 3, 6.4), PoePort("ge2", "searching", 2)]
    return replace(SWITCH, uptime_s=1000 + span_s, interfaces=ports, poe=power)


async def test_errors_add_up_until_they_are_told_and_ports_without_take_no_byte(
    world: World,
) -> None:
    world.want(wanted("sw01"))
    world.answer = lambda _: switch_after(0, 100)
    await world.passes(1)
    assert world.last().counted_s is UNSET
    for passed, errors in ((66, 103), (132, 107), (198, 108), (264, 112)):
        world.answer = lambda _, to=(passed, errors): switch_after(*to)  # type: ignore[misc]
        await world.passes(66)
    assert len(world.told) == 1
    world.watch._report(world.now_s + REPORT_S)
    seen = world.last()
    assert (seen.counted_s, seen.uncounted) == (264, ("drops",))
    assert [one.errors for one in seen.interfaces] == [12, UNSET, UNSET, UNSET, UNSET]
    assert [counted(seen, one, "errors") for one in seen.interfaces] == [12, 0, 0, 0, 0]
    assert [counted(seen, one, "drops") for one in seen.interfaces] == [None] * 5
    # Told once more before it was asked once more: nobody counted.
    world.watch._report(world.now_s + 2 * REPORT_S)
    assert (world.last().counted_s, world.last().interfaces[0].errors) == (UNSET, UNSET)


async def test_what_was_counted_before_a_silence_is_told_after_it(world: World) -> None:
    world.want(wanted("sw01"))
    world.answer = lambda _: switch_after(0, 100)
    await world.passes(1)
    world.answer = lambda _: switch_after(66, 109)
    await world.passes(66)
    world.answer = silent
    await world.passes(66)
    assert world.last().answer == "silent"
    world.answer = lambda _: switch_after(300, 120)
    await world.passes(200)
    assert (world.last().answer, world.last().interfaces[0].errors) == ("answers", 20)


async def test_a_port_without_power_is_told_once_it_is_sure(world: World) -> None:
    world.want(wanted("sw01"))
    for passed, state in ((0, "delivering"), (66, "fault"), (132, "fault")):
        world.answer = lambda _, to=(passed, 1, state): switch_after(*to)  # type: ignore[misc]
        await world.passes(66)
    told = [[(one.port, one.state) for one in body.devices[0].poe] for body in world.told]
    assert told[0] == [("ge1", "delivering"), ("ge2", "searching")]
    assert told[-1] == [("ge1", "fault"), ("ge2", "searching")]
    world.is_metered = True
    world.watch._report(world.now_s + 10 * REPORT_S)
    assert [one.port for one in world.last().poe] == ["ge1"]


async def test_a_port_with_errors_has_room_and_is_no_news_of_a_large_switch(world: World) -> None:
    ports = [PolledInterface(i, f"ge{i}", None, 10**9, True, 0, 0, 64, 5) for i in range(1, 101)]
    switch = replace(SWITCH, interfaces=ports)
    world.want(wanted("sw01"))
    world.answer = lambda _: switch
    await world.passes(1)
    damaged = [*ports[:99], replace(ports[99], in_errors=47)]
    world.answer = lambda _: replace(switch, interfaces=damaged, uptime_s=1230)
    await world.passes(230)
    assert len(world.told) == 1
    world.watch._report(world.now_s + REPORT_S)
    assert len(world.last().interfaces) == 64
    assert [one.errors for one in world.last().interfaces if one.index == 100] == [42]
    world.answer = lambda _: replace(switch, interfaces=damaged, uptime_s=1296)
    await world.passes(REPORT_S - 1)
    assert len(world.told) == 2
