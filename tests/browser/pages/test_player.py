"""The meeting's page plays from a real relay: pictures, the floor's switches, a dead relay."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from contracts.floor import FloorState
from contracts.ids import PointId, RelayId
from controller.meetings.attendance import Attendance
from controller.roles import Role
from tests.browser.pages.seed import LIVE
from tests.browser.pages.site import PASSWORD, Site, make_installation, running
from tests.conftest import CHROMIUM
from tests.fakes.relay import (
    CHAIR,
    PAGE_ORIGIN,
    B,
    C,
    RelayProcess,
    machine_address,
    meeting,
    start_relay,
)
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=30",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]
PUBLISHER = (Path(__file__).parents[1] / "relay/page.js").read_text()

# Keeps the page's peer connections for the test to look at.
COUNTING = """
  const Native = window.RTCPeerConnection;
  globalThis.__peers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); globalThis.__peers.push(this); }
  };
"""
COLOUR = """(id) => {
  const video = document.getElementById(id);
  if (!video.videoWidth) return null;
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 4, 0, 0, 1, 1);
  const [red, , blue] = pen.getImageData(0, 0, 1, 1).data;
  return red > 150 ? 'red' : blue > 150 ? 'blue' : 'other';
}"""


@dataclass(slots=True)
class Stage:
    """A site, its relay and a browser."""

    site: Site
    relay: RelayProcess
    browser: Browser

    async def publish(self, point: str, colour: str) -> Page:
        """Send a coloured picture and a sound as a point."""
        context = await self.browser.new_context(ignore_https_errors=True)
        await context.grant_permissions(["camera", "microphone"])
        body = f"<!doctype html><title>point</title><body><script>{PUBLISHER}</script>"
        await context.route(
            f"{PAGE_ORIGIN}/**",
            lambda route: route.fulfill(body=body, content_type="text/html"),
        )
        await context.expose_function("pointProof", self.relay.point_proof)
        page = await context.new_page()
        await page.goto(f"{PAGE_ORIGIN}/point")
        url = f"{self.relay.url}/whip/{LIVE}"
        call = "([colour, url, point]) => publishColour(colour, url, point)"
        await page.evaluate(call, [colour, url, point])
        return page

    async def console(self, *, trusts_relay: bool = True, user: Role = Role.OFFICE) -> Page:
        """Open the meeting's page as the office, or another."""
        context = await self.browser.new_context(ignore_https_errors=trusts_relay, locale="vi-VN")
        page = await context.new_page()
        await page.add_init_script(COUNTING)
        await page.goto(f"{self.site.url}/sign-in?next=/meetings/{LIVE}")
        await page.fill("#user_name", user.value)
        await page.fill("#password", PASSWORD)
        await page.click("[data-testid=sign-in]")
        return page

    async def declare(self, epoch: int, holder: str, *, pages: tuple[str, ...] = ()) -> None:
        """Tell the relay who has the floor, and from which pages it may be asked."""
        floor = FloorState(epoch=epoch, holders=(PointId(holder),))
        document = meeting(LIVE, floor=floor, generation=epoch)
        await self.relay.centre.declare(
            msgspec.structs.replace(document, page_origins=pages or (self.site.url,))
        )


@asynccontextmanager
async def staged(folder: Path, *, flags: Sequence[str] = FLAGS) -> AsyncIterator[Stage]:
    """Run all of it; the relay believes the site's tokens and answers its pages."""
    (folder / "relay").mkdir()
    async with (
        start_relay(folder / "relay", is_started=False) as relay,
        async_playwright() as playwright,
    ):
        settings = make_installation(folder / "site", relay_url=relay.url)
        with running(settings) as site:
            public = (settings.pki_dir / "token.pub").read_bytes()
            (relay.folder / "token.pub").write_bytes(public)
            await relay.start()
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(flags), ignore_default_args=["--mute-audio"]
            )
            try:
                yield Stage(site, relay, browser)
            finally:
                await browser.close()


async def shows(page: Page, slot: str, colour: str, timeout_s: float = 10) -> None:
    """Wait until a slot's picture has a colour."""

    async def has_colour() -> bool:
        return bool(await page.evaluate(COLOUR, f"video-{slot}") == colour)

    await until(has_colour, timeout_s, f"{slot} shows {colour}")


async def sound_goes_on(page: Page, site: Site) -> None:
    """A refresh of the page's parts leaves its sound playing."""
    heard = "document.querySelector('#sounds [data-slot=sound-1]').currentTime"
    async with page.expect_response(f"**/parts/meetings/{LIVE}"):
        site.publish("attendance", {"meeting_id": LIVE})
    before = await page.evaluate(heard)

    async def is_later() -> bool:
        return bool(await page.evaluate(heard) > before + 0.5)

    await until(is_later, 10, "the sound plays on")
    assert await page.locator("#sounds audio").count() == 4


async def test_the_page_says_why_the_relay_gives_no_answer(built: None, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.declare(1, B, pages=("https://another.example:8443",))
        page = await stage.console()
        state = page.get_by_test_id("player-state")
        await expect(state).to_have_attribute("data-state", "origin", timeout=15_000)
        await expect(state).to_contain_text(f"trang mở bằng địa chỉ {stage.site.url}")
        await stage.declare(2, B, pages=(stage.site.url,))
        await page.get_by_test_id("retry").click()
        await expect(state).to_have_attribute("data-state", "playing", timeout=15_000)
        held = {"rung": "sound", "slots": ["stage"]}
        allowed = {"Access-Control-Allow-Origin": "*"}
        await page.route("**/played", lambda route: route.fulfill(json=held, headers=allowed))
        said = "Đường truyền của máy này yếu: chỉ có tiếng"
        await expect(state).to_contain_text(said, timeout=15_000)

        wary = await stage.console(trusts_relay=False)
        state = wary.get_by_test_id("player-state")
        await expect(state).to_have_attribute("data-state", "certificate", timeout=15_000)
        await page.close()
        stage.relay.kill()
        stage.site.web.part(Attendance).set_online(RelayId("relay-1"), is_online=False)
        await wary.get_by_test_id("retry").click()
        await expect(state).to_have_attribute("data-state", "stopped", timeout=15_000)
        await expect(state).to_contain_text("không hoạt động")


async def test_one_connection_shows_every_speaker_and_outlives_the_relay(
    built: None, tmp_path: Path
) -> None:
    async with staged(tmp_path) as stage:
        await stage.declare(1, B)
        publishers = [
            await stage.publish(CHAIR, "#808080"),
            await stage.publish(B, "#0000ff"),
            await stage.publish(C, "#ff0000"),
        ]
        page = await stage.console()
        state = page.get_by_test_id("player-state")
        await expect(state).to_have_attribute("data-state", "playing", timeout=15_000)
        await shows(page, "speaker", "blue")
        await shows(page, "stage", "other")
        before = await page.evaluate("__peers.map((one) => one.remoteDescription.sdp)")
        for epoch, holder, colour in ((2, C, "red"), (3, B, "blue"), (4, C, "red")):
            await stage.declare(epoch, holder)
            await shows(page, "speaker", colour)
        assert len(before) == 1
        assert await page.evaluate("__peers.map((one) => one.remoteDescription.sdp)") == before

        sound = page.get_by_test_id("play")
        if await sound.count():
            await sound.click()
        await expect(page.get_by_test_id("sound")).to_be_visible()

        await sound_goes_on(page, stage.site)
        stage.relay.kill()
        await expect(state).to_have_attribute("data-state", "retrying", timeout=30_000)
        await stage.relay.start()
        await expect(state).to_have_attribute("data-state", "playing", timeout=30_000)
        await asyncio.gather(*(one.close() for one in publishers))
