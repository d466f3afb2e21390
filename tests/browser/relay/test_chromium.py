"""Real Chromium publishes by WHIP and plays by WHEP through a real relay process."""

import asyncio
import statistics
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from contracts.floor import FloorMode, FloorState
from tests.conftest import CHROMIUM
from tests.fakes.relay import CHAIR, PAGE_ORIGIN, B, C, machine_address, meeting, start_relay
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=30",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
]
SCRIPT = (Path(__file__).parent / "page.js").read_text()
JOIN = "([call, ...given]) => globalThis[call](...given)"


@asynccontextmanager
async def chromium(relay):
    """Run a browser and yield a function that opens a page able to publish and play."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(ignore_https_errors=True)
        body = f"<!doctype html><title>page</title><body><script>{SCRIPT}</script>"
        await context.route(
            f"{PAGE_ORIGIN}/**",
            lambda route: route.fulfill(body=body, content_type="text/html"),
        )

        await context.expose_function("pointProof", relay.point_proof)

        async def open_page():
            page = await context.new_page()
            await page.goto(PAGE_ORIGIN)
            return page

        try:
            yield open_page
        finally:
            await browser.close()


def floor(epoch, holder, previous=None):
    return FloorState(epoch=epoch, holders=(holder,), previous_speaker=previous)


async def frames_per_s(page, seconds=4.0):
    """Return the decoded frames per second of both video slots over a few seconds."""

    async def both_slots():
        now = await page.evaluate("figures()")
        return now if {"0-video", "1-video"} <= now.keys() else None

    before = await until(both_slots)
    began = before["0-video"]["timestamp"]

    async def late_enough():
        now = await page.evaluate("figures()")
        return now if now["0-video"]["timestamp"] - began >= seconds * 1000 else None

    after = await until(late_enough, seconds + 10)
    span_s = (after["0-video"]["timestamp"] - began) / 1000
    return [
        (after[m]["framesDecoded"] - before[m]["framesDecoded"]) / span_s
        for m in ("0-video", "1-video")
    ]


async def test_pictures_and_sound_flow_and_the_speaker_switches_without_renegotiation(tmp_path):
    async with start_relay(tmp_path) as relay, chromium(relay) as open_page:
        centre = relay.centre
        await centre.declare(meeting(floor=floor(1, B)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        chair, b, c, viewer = [await open_page() for _ in range(4)]
        whip = f"{relay.url}/whip/m1"
        await chair.evaluate(JOIN, ["publishCamera", whip, CHAIR])
        await b.evaluate(JOIN, ["publishColour", "#0000ff", whip, B])
        await c.evaluate(JOIN, ["publishColour", "#ff0000", whip, C])
        whep = f"{relay.url}/whep/m1"
        await viewer.evaluate(JOIN, ["play", whep, relay.token("nguoi-xem", "play")])
        await viewer.evaluate("untilColour('speaker', 'blue', 5000)")
        description = await viewer.evaluate("pc.remoteDescription.sdp")

        rates = await frames_per_s(viewer)
        assert min(rates) >= 24, rates
        waits = []
        for epoch in range(2, 10):
            now, last, colour = (C, B, "red") if epoch % 2 == 0 else (B, C, "blue")
            seen = asyncio.create_task(viewer.evaluate(f"untilColour('speaker', '{colour}', 3000)"))
            await centre.declare(meeting(floor=floor(epoch, now, last), generation=epoch))
            waits.append(await seen)
            # A person gives the floor less often than a publisher may be asked for keyframes.
            await viewer.evaluate("new Promise(done => setTimeout(done, 400))")
        assert statistics.quantiles(waits, n=20)[-1] <= 500, waits
        assert await viewer.evaluate("pc.remoteDescription.sdp") == description

        found = await viewer.evaluate("figures()")
        assert found["0-video"]["packetsLost"] == 0
        assert found["4-audio"]["totalAudioEnergy"] > 0  # the chair
        assert found["5-audio"]["totalAudioEnergy"] > 0  # who has the floor
        assert "6-audio" not in found or found["6-audio"]["packetsReceived"] == 0
        sent = await chair.evaluate("figures()")
        assert sent["1-video"]["targetBitrate"] > 1_000_000
        assert sent["0-audio"]["targetBitrate"] <= 24_000


async def test_withdrawn_sound_stops_and_a_page_that_closes_leaves_at_once(tmp_path):
    async with start_relay(tmp_path) as relay, chromium(relay) as open_page:
        centre = relay.centre
        await centre.declare(meeting(floor=floor(1, B)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        b, viewer = await open_page(), await open_page()
        await b.evaluate(JOIN, ["publishColour", "#0000ff", f"{relay.url}/whip/m1", B])
        await viewer.evaluate(JOIN, ["play", f"{relay.url}/whep/m1", relay.token("v", "play")])
        await viewer.evaluate("untilColour('speaker', 'blue', 5000)")

        async def packets():
            return (await viewer.evaluate("figures()"))["5-audio"]["packetsReceived"]

        async def flows():
            before = await packets()
            await viewer.evaluate("new Promise(done => setTimeout(done, 300))")
            return await packets() - before

        assert await until(flows) > 5
        withdrawn = FloorState(epoch=2, previous_speaker=B)
        await centre.declare(meeting(floor=withdrawn, generation=2))
        await centre.hears(lambda: centre.events[-1].floor == withdrawn)
        await viewer.evaluate("new Promise(done => setTimeout(done, 200))")
        assert await flows() == 0
        await b.evaluate("pc.close()")
        await centre.hears(lambda: "left" in centre.kinds(B), timeout_s=3)


async def test_who_speaks_in_a_discussion_is_told_from_the_levels_that_chromium_says(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        chromium(relay) as open_page,
    ):
        talk = FloorState(epoch=1, mode=FloorMode.DISCUSSION)
        await relay.centre.declare(meeting(floor=talk))
        page = await open_page()
        await page.evaluate(JOIN, ["publishCamera", f"{relay.url}/whip/m1", B])
        await relay.centre.hears(lambda: relay.centre.meeting_state().speakers == (B,))
        assert relay.centre.meeting_state().attendees[0].subject == B
