"""A point whose only cable is out: its screen still plays from the relay beside it, by kiosk0."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.floor import FloorState
from tests.browser.kiosk.test_kiosk import open_page
from tests.conftest import CHROMIUM
from tests.fakes.namespace import a_machine, run
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.namespace]

UNIT = Path(__file__).parents[3] / "systemd" / "kiosk0.service"


@contextmanager
def kiosk0(machine):
    """Make the interface there by the unit's own commands, and take it away by its own."""
    text = UNIT.read_text()
    for command in re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE):
        run(*machine.prefix, *command.split())
    yield
    (stop,) = re.findall(r"^ExecStop=(.+)$", text, re.MULTILINE)
    run(*machine.prefix, *stop.split())


async def test_the_screen_plays_its_room_while_the_cable_is_out(tmp_path, monkeypatch):
    browser = tmp_path / "chromium"
    with a_machine() as machine, kiosk0(machine):
        browser.write_text(f'#!/bin/sh\nexec {" ".join(machine.prefix)} {CHROMIUM} "$@"\n')
        browser.chmod(0o755)
        monkeypatch.setattr("tests.browser.kiosk.test_kiosk.CHROMIUM", str(browser))
        monkeypatch.setattr("tests.fakes.relay.machine_address", lambda: machine.host)
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            rooms.b.prefix = machine.prefix
            # As it is installed: the addresses are found, not told.
            settings = re.sub(r"addresses = .*\n", "", rooms.b.config.read_text())
            rooms.b.config.write_text(settings)
            await rooms.start()
            await rooms.declare(meeting(begins_in_s=-1, floor=FloorState(epoch=1, holders=(B,))))
            await until(lambda: rooms.b.shown("stage") == 1, 15, "B is in the meeting")
            machine.cut()
            async with open_page(rooms.b, "?measure=1") as page:

                async def frames():
                    return await page.evaluate("() => window.diemcau?.slots.own?.frames ?? 0")

                async def is_playing():
                    return await frames() > 25

                await until(is_playing, 20, "a page that opens now plays the room's picture")
                machine.mend()
                await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the chair again")
                before = await frames()

                async def goes_on():
                    return await frames() > before + 25

                await until(goes_on, 10, "the local call outlives the cable's return")
