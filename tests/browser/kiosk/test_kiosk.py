"""The room's page in a real Chromium: pictures, words, and nothing clipped."""

import os
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from playwright.async_api import async_playwright, expect

from contracts.desired import Live
from contracts.floor import FloorState
from scripts import build_web
from tests.conftest import CHROMIUM
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]

SIZES = ((1920, 1080), (1366, 768), (390, 844))
# The page tells what it plays each 10 s.
# The page tells at whole tens of seconds: it waits for 5 to 15.
SOONER = """const after = window.setTimeout;
window.setTimeout = (act, ms) => after(act, ms >= 5000 && ms <= 15000 ? 2500 : ms);"""
B_SPEAKS = FloorState(epoch=1, holders=(B,))
CLIPPED = """() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth)
  .filter((e) => getComputedStyle(e).textOverflow !== "ellipsis")
  .map((e) => `${e.tagName} ${e.id} ${e.scrollWidth} > ${e.clientWidth}`)"""


@pytest.fixture(scope="module", autouse=True)
def _built():
    build_web.build()


@asynccontextmanager
async def open_page(room, query="", script=""):
    """Open a room's page; whatever its console complains about fails the test."""
    arguments = [
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-gpu",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        if script:
            await page.add_init_script(script)
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        try:
            await page.goto(f"http://localhost:{room.port}/{query}", wait_until="commit")
            yield page
            assert complaints == []
        finally:
            await browser.close()


async def check_sizes(page):
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate(CLIPPED) == [], f"at {width} x {height}"


def live(speaker=None):
    return Live(
        leader_epoch=1,
        generation=1,
        issued_at=datetime.now(UTC),
        meeting_id="m1",
        speaker=speaker,
        speaker_name="UBND xã Tân Dĩnh" if speaker else "",
    )


async def test_stage_and_speaker_play_from_the_local_relay(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        rooms.c.write_live(live(B))
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        async with open_page(rooms.c, "?measure=1", SOONER) as page:

            async def numbers():
                slots = await page.evaluate("() => window.diemcau?.slots ?? {}")
                return {slot: found["number"] for slot, found in slots.items()}

            async def has_all():
                return await numbers() == {"stage": 1, "speaker": 2, "content": None, "own": 3}

            await until(has_all, 20, "all three numbers are seen in Chromium")
            await until(lambda: page.evaluate("() => window.diemcau.slots.stage.frames > 60"), 10)
            await expect(page.locator("#mic-text")).to_have_text("Micro đang tắt")
            await expect(page.locator("#caption-speaker")).to_have_text("UBND xã Tân Dĩnh")
            assert await page.evaluate("() => !document.querySelector('#video-stage').paused")
            await check_sizes(page)

            def told():
                newest = {one.slot: one for one in rooms.c.reports()[-1].body.slots}
                return newest if newest["stage"].height_px else None

            reported = await until(told, 15, "the page says what is seen and heard")
            stage, speaker, sound = (reported[one] for one in ("stage", "speaker", "sound-0"))
            assert stage.frozen_ratio is not None and speaker.height_px
            assert sound.concealed_ratio is not None and sound.buffer_ms > 0 and sound.mos > 1


async def test_the_page_follows_the_room_from_idle_to_the_floor(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B)) as rooms,
        open_page(rooms.b, "?measure=1") as page,
    ):
        await expect(page.locator("#next-title")).to_have_text(re.compile("Chưa có cuộc họp"))
        await check_sizes(page)
        await rooms.declare(meeting(begins_in_s=3600))
        await expect(page.locator("#next-when")).to_have_text(re.compile("Cuộc họp kế tiếp"))
        await expect(page.locator("#countdown-unit")).to_have_text("phút")
        await check_sizes(page)
        await rooms.declare(meeting(begins_in_s=4, generation=2, floor=B_SPEAKS))
        await expect(page.locator("body")).to_have_attribute("data-kind", "waiting")
        await expect(page.locator("#mic-meaning")).to_have_text(
            "Nơi khác không nghe thấy phòng này"
        )
        await check_sizes(page)
        await expect(page.locator("body")).to_have_attribute("data-kind", "meeting", timeout=10_000)
        rooms.b.write_live(live(B))
        await expect(page.locator("#mic-text")).to_have_text("Mời phát biểu, micro đang mở")
        await expect(page.locator("body")).to_have_attribute("data-floor", "")
        await check_sizes(page)
        relay.kill()
        await expect(page.locator("#trouble-fault")).to_have_text(
            re.compile("Mất kết nối với trung tâm lúc"), timeout=10_000
        )
        await expect(page.locator("#trouble-guide")).to_have_text(
            re.compile("Việc cần làm: rút dây mạng"), timeout=20_000
        )
        await check_sizes(page)
        seen = await page.evaluate("() => window.diemcau.slots.stage.frames")
        await relay.start()
        await expect(page.locator("#trouble")).to_be_hidden(timeout=15_000)
        await until(
            lambda: page.evaluate(f"() => window.diemcau.slots.stage.frames > {seen + 25}"),
            10,
            "pictures go on in the same page",
        )
        assert await page.evaluate("() => window.diemcau.slots.stage.number") == 1
