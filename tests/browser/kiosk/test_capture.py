"""A room whose source is its browser: camera and microphone up, as others see and hear them."""

import os
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright, expect

from scripts import build_web
from tests.browser.kiosk.test_kiosk import live
from tests.conftest import CHROMIUM
from tests.fakes.camera_file import write_camera
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]
HAS_LIVE_TRACKS = """() => [...document.querySelectorAll("video")]
  .flatMap((one) => one.srcObject?.getTracks() ?? [])
  .some((track) => track.label !== "" && track.readyState === "live" && !track.remote)"""


@pytest.fixture(scope="module", autouse=True)
def _built():
    build_web.build()


@asynccontextmanager
async def open_room(room, camera_file):
    """Open a room's page with a file as its camera and a beep as its microphone."""
    arguments = [
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-gpu",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_file}",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await page.goto(f"http://localhost:{room.port}/", wait_until="commit")
        yield page
        await browser.close()


async def test_the_browser_s_camera_and_microphone_are_the_room(tmp_path):
    camera_file = tmp_path / "camera.y4m"
    write_camera(camera_file, 1)
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        text = rooms.chair.config.read_text().replace('"synthetic"', '"browser"')
        rooms.chair.config.write_text(text)
        await rooms.start()
        async with open_room(rooms.chair, camera_file) as page:
            rooms.chair.write_live(live())
            await rooms.declare(meeting(begins_in_s=-1))
            await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the camera's picture")
            sounds = lambda: rooms.b.meeting()["sounds"].get("sound-0", {})  # noqa: E731
            await until(lambda: sounds().get("frames", 0) > 100, 20, "B hears the microphone")
            await expect(page.locator("#level")).to_be_visible()
            assert rooms.chair.state()["devices"]["camera"]["state"] == "open"
            await page.screenshot(path="/tmp/capture.png")
