"""A rehearsal at a room's screen: announced, refused by a key, heard by its own microphone."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from scripts import build_web
from tests.browser.kiosk.test_capture import open_room
from tests.browser.kiosk.test_kiosk import check_sizes
from tests.fakes.relay import CHAIR, machine_address, start_relay
from tests.fakes.rooms import start_rooms
from tests.fakes.sound_server import HAS_SOUND_SERVER, start_sound_server
from tests.integration.room.test_rehearsal import answer, echo, give, rehearsal
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
    pytest.mark.skipif(not HAS_SOUND_SERVER, reason="not checked: PulseAudio is not installed"),
]
LONG = "Hội nghị trực tuyến toàn tỉnh triển khai nhiệm vụ quý IV năm 2026"


@pytest.fixture(scope="module", autouse=True)
def _built():
    build_web.build()


async def shot(page, name):
    """Keep a picture of the page, where somebody wants to look at it."""
    if folder := os.environ.get("DIEMCAU_SHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_room_hears_its_own_loudspeaker_and_puts_the_next_off_by_a_key(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR,), is_started=False) as rooms,
        start_sound_server(tmp_path) as server,
    ):
        room = rooms.chair
        room.config.write_text(room.config.read_text().replace('"synthetic"', '"browser"'))
        await rooms.start()
        await relay.centre.declare(echo())
        async with open_room(room, environment=server.environment) as page:
            await expect(page.locator("#next-title")).to_be_visible()
            said = page.locator("#rehearsal")
            give(room, rehearsal(relay, begins_in_s=8, announce_s=8, title=LONG))
            await expect(said).to_be_visible()
            await expect(said).to_contain_text("không ai xem hay ghi lại")
            await expect(page.locator("#rehearsal-left")).to_contain_text("Bắt đầu sau")
            for width, height in ((390, 844), (1366, 768), (1920, 1080)):
                await page.set_viewport_size({"width": width, "height": height})
                await shot(page, f"announced-{width}")
            await check_sizes(page)
            await expect(page.locator("#rehearsal-title")).to_have_text(
                "Đang tự chạy thử", timeout=30_000
            )
            await shot(page, "on")
            found = {one.what: one for one in (await answer(room)).checks}
            assert (found["loudspeaker"].found, found["microphone"].found) == ("passed", "passed")
            assert (found["camera"].found, found["camera"].cause) == ("failed", "no_camera")
            await expect(said).to_be_hidden()
            await until(lambda: room.event()["capture"] == "closed")

            other = rehearsal(relay, begins_in_s=20, announce_s=20, rehearsal_id="0" * 16)
            give(room, other)
            await expect(said).to_be_visible()
            # The key of a remote control: the button has the focus.
            await page.keyboard.press("Enter")
            await expect(said).to_be_hidden()
            assert room.event()["capture"] == "closed"
