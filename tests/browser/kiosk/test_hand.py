"""A room asks for the floor by a remote control's OK, is told its place, and asks no more."""

import os
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from scripts import build_web
from tests.browser.kiosk.test_kiosk import CLIPPED, SIZES, live, open_page
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

SOON_MS = 20_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]


async def test_ok_of_a_remote_control_asks_for_the_floor_and_takes_it_back(tmp_path):
    build_web.build()
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B)) as rooms,
    ):
        rooms.b.write_live(live())
        rooms.chair.write_live(live())
        await rooms.declare(meeting(begins_in_s=-1))
        kinds = relay.centre.kinds
        async with open_page(rooms.b) as page:
            button, said = page.locator("#hand"), page.locator("#hand-text")
            await expect(button).to_contain_text("Xin phát biểu", timeout=SOON_MS)
            await expect(button).to_be_focused(timeout=SOON_MS)
            await page.keyboard.press("Enter")
            await until(lambda: kinds().count("hand_up") == 1, 20)
            rooms.b.write_live(msgspec.structs.replace(live(), queue_place=3))
            await expect(said).to_have_text("Đã xin phát biểu, thứ 3", timeout=SOON_MS)
            await expect(button).to_contain_text("Thôi xin phát biểu", timeout=SOON_MS)
            for width, height in SIZES:
                await page.set_viewport_size({"width": width, "height": height})
                assert await page.evaluate(CLIPPED) == [], width
                if folder := os.environ.get("DIEMCAU_SHOTS"):
                    await page.screenshot(path=Path(folder) / f"hand-{width}.png")
            await page.keyboard.press("ArrowRight")
            await expect(button).to_be_focused()  # the only one that there is
            # A line that comes and goes on a busy machine has nothing to ask by.
            await until(lambda: rooms.b.event()["screen"]["link"] == "good", 30)
            await expect(button).to_contain_text("Thôi xin phát biểu", timeout=SOON_MS)
            await page.keyboard.press("x")
            await until(lambda: "hand_down" in kinds(), 20)
            rooms.b.write_live(live())
            await expect(said).to_have_text("", timeout=SOON_MS)
            rooms.b.write_live(live(speaker=B))
            await expect(button).to_be_hidden(timeout=SOON_MS)
        assert rooms.chair.event()["screen"]["hand"] is None
