"""A power supply on USB, by Debian's own upsd: on mains, on battery, absurd, away and back."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from agent.health.usb_supplies import UsbSupplies
from contracts.devices import SeenDevice, SeenUps, SnmpBody
from contracts.ids import PointId
from monitoring.collectors import nut_client
from monitoring.errors import DeviceSilent, DeviceUnreadable
from tests.fakes import nut as fake
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.nut import ON_MAINS, MadeUpSupply, stranger
from tests.fakes.point import make_point, running_agent, write_config
from tests.fakes.snmp_device import free_port
from tests.integration.agent.test_devices import LIBRARY, has_loaded
from tests.waiting import until

P1 = PointId("p1")
WELL = SeenUps(
    charge_percent=98, runtime_s=1500, load_percent=14.5, on_battery=False, replace_battery=False
)
needs_nut = pytest.mark.skipif(not fake.IS_HERE, reason="not checked: no nut-server here")


@pytest.fixture
def nut(tmp_path: Path) -> Iterator[MadeUpSupply]:
    folder = tmp_path / "nut"
    folder.mkdir(mode=0o700)
    made = MadeUpSupply(folder, description="Tu phong hop")
    try:
        yield made
    finally:
        made.end()


def watched(port: int) -> UsbSupplies:
    return UsbSupplies(port, lambda: datetime.now(UTC))


async def asked(supplies: UsbSupplies) -> SeenDevice:
    """Ask once; return the only one."""
    await supplies.ask()
    [seen] = supplies.seen.values()
    return seen


@needs_nut
async def test_what_it_says_is_told_as_of_one_that_snmp_asks(nut: MadeUpSupply) -> None:
    nut.begin(ON_MAINS)
    seen = await asked(watched(nut.port))
    assert (seen.device_id, seen.answer, seen.ups) == ("usbups", "answers", WELL)
    assert (seen.name, seen.description) == ("EATON Ellipse PRO 850", "Tu phong hop")
    assert (seen.answered_at, seen.problems) == (seen.asked_at, ())


@needs_nut
async def test_what_cannot_be_is_unknown_and_told(nut: MadeUpSupply) -> None:
    nut.begin(
        {"ups.status": "OL OB", "battery.charge": "250", "battery.runtime": "-5", "ups.load": "x"}
    )
    seen = await asked(watched(nut.port))
    assert (seen.answer, seen.ups) == ("answers", SeenUps())
    assert len(seen.problems) == seen.problems_total == 4


@needs_nut
async def test_that_it_asks_for_another_battery_is_told(nut: MadeUpSupply) -> None:
    nut.begin(ON_MAINS | {"ups.status": "OL RB"})
    seen = await asked(watched(nut.port))
    assert seen.ups is not None
    assert (seen.ups.on_battery, seen.ups.replace_battery) == (False, True)


@needs_nut
async def test_what_is_missing_is_unknown(nut: MadeUpSupply) -> None:
    nut.begin({"ups.status": "OB DISCHRG"})
    assert (await asked(watched(nut.port))).ups == SeenUps(on_battery=True, replace_battery=False)


@needs_nut
async def test_an_upsd_or_a_driver_that_dies_is_silent_and_comes_back(nut: MadeUpSupply) -> None:
    nut.begin(ON_MAINS)
    supplies = watched(nut.port)
    await supplies.ask()
    for name, begin in (("upsd", nut.begin_server), ("driver", nut.begin_driver)):
        nut.kill(name)

        async def is_said(answer: str) -> bool:
            return (await asked(supplies)).answer == answer

        await until(lambda: is_said("silent"), 20, nut.log)
        assert supplies.seen["usbups"].ups == WELL  # as it answered last
        begin()
        await until(lambda: is_said("answers"), 30, nut.log)


@needs_nut
async def test_the_agent_tells_at_once_that_the_mains_are_gone_and_back(
    nut: MadeUpSupply, tmp_path: Path
) -> None:
    nut.begin(ON_MAINS)
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)
        config = write_config(folder)
        config.write_text(config.read_text() + f"[ups]\nupsd_port = {nut.port}\n")
        async with running_centre(broker) as centre:

            def last() -> SeenUps | None:
                bodies = [one.body for one in centre.received[P1]]
                told = [one.devices for one in bodies if isinstance(one, SnmpBody)]
                return told[-1][0].ups if told else None

            def is_told(*, on_battery: bool) -> bool:
                said = last()
                return said is not None and said.on_battery is on_battery

            with running_agent(folder, config) as agent:
                await until(lambda: last() == WELL, 20, agent.log)
                for status, on_battery in (("OB DISCHRG", True), ("OL CHRG", False)):
                    nut.say(ON_MAINS | {"ups.status": status})
                    await until(partial(is_told, on_battery=on_battery), 15, agent.log)
                assert not has_loaded(agent.pid, LIBRARY)
                assert not has_loaded(agent.pid, "cryptography")
                assert agent.stop() == 0


async def test_one_that_was_never_there_is_told_as_silent() -> None:
    seen = await asked(watched(free_port()))
    assert (seen.device_id, seen.answer, seen.answered_at) == ("usbups", "silent", None)


LISTED = b'BEGIN LIST UPS\nUPS usb "x"\nEND LIST UPS\n'
VARIABLES = b"BEGIN LIST VAR usb\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"ERR ACCESS-DENIED\n",
        b"x" * 4096,
        b'BEGIN LIST UPS\nUPS a/b "x"\nEND LIST UPS\n',
        b"BEGIN LIST UPS\n" + b'UPS usb "x"\n' * 500,
        LISTED + VARIABLES + b"VAR usb ups.status OB\nEND LIST VAR usb\n",
        LISTED + VARIABLES + b'VAR other ups.status "OB"\nEND LIST VAR usb\n',
        LISTED + VARIABLES + b'VAR usb ups.load "' + b"9" * 4096 + b'"\n',
        LISTED + VARIABLES + b'VAR usb ups.load "9"\n' * 500,
    ],
)
async def test_what_is_no_upsd_is_unreadable(answer: bytes) -> None:
    async with stranger(answer) as port:
        with pytest.raises(DeviceUnreadable):
            await nut_client.supplies(port, most=2)
        assert (await asked(watched(port))).answer == "unreadable"


@pytest.mark.parametrize("answer", [b"", b"BEGIN LI", LISTED[:-3], LISTED + VARIABLES])
async def test_what_breaks_off_is_silent(answer: bytes) -> None:
    async with stranger(answer) as port:
        with pytest.raises(DeviceSilent):
            await nut_client.supplies(port, most=2)


async def test_one_that_drips_costs_no_more_than_its_time() -> None:
    began_s = asyncio.get_running_loop().time()
    async with stranger(LISTED, pause_s=0.05) as port:
        with pytest.raises(DeviceSilent):
            await nut_client.supplies(port, most=2, limit_s=0.4)
    assert asyncio.get_running_loop().time() - began_s < 3


async def test_a_supply_whose_driver_is_away_is_silent_beside_one_that_answers() -> None:
    first = b'BEGIN LIST UPS\nUPS a "x"\nUPS b "x"\nUPS c "x"\nEND LIST UPS\n'
    said = b'ERR DATA-STALE\nBEGIN LIST VAR b\nVAR b ups.status "OB"\nEND LIST VAR b\n'
    async with stranger(first + said) as port:
        supplies = watched(port)
        await supplies.ask()
    assert [(one.device_id, one.answer) for one in supplies.seen.values()] == [
        ("usbups", "silent"), ("usbups2", "answers"),
    ]  # fmt: skip
