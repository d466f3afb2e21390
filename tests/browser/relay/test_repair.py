"""Real Chromium and RTX: what is lost comes again by it, and padding shows what a line carries."""

import time
from contextlib import asynccontextmanager

import pytest

from tests.browser.relay.test_chromium import JOIN, chromium
from tests.fakes.lossy_relay import lossy_relay
from tests.fakes.relay import PAGE_ORIGIN, machine_address
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]


class NoPoint:
    """Nobody publishes from a page here."""

    async def point_proof(self, point, path, offer):
        raise AssertionError


@asynccontextmanager
async def watching(loss_ratio):
    """Yield a relay that loses so much, and a page that plays from it."""
    async with (
        lossy_relay(machine_address(), loss_ratio=loss_ratio) as relay,
        chromium(NoPoint()) as open_page,
    ):
        page = await open_page()

        async def answered(route):
            answer = relay.answer(route.request.post_data)
            await route.fulfill(status=201, body=answer, content_type="application/sdp")

        await page.route(f"{PAGE_ORIGIN}/whep", answered)
        await page.evaluate(JOIN, ["play", f"{PAGE_ORIGIN}/whep", "none"])
        yield relay, page


async def decoded(page, count):
    async def enough():
        now = await page.evaluate("figures()")
        return now if now.get("0-video", {}).get("framesDecoded", 0) >= count else None

    return await until(enough, 30, f"{count} pictures")


async def test_what_is_lost_comes_again_by_rtx_and_no_picture_is_missed():
    async with watching(0.05) as (relay, page):
        found = (await decoded(page, 110))["0-video"]
        # Chromium calls lost what came by the other stream, too.
        assert found["packetsLost"] >= 8
        assert found["retransmittedPacketsReceived"] >= 0.8 * found["packetsLost"], found
        assert found["framesDecoded"] >= 0.98 * found["framesReceived"], found
        assert found["pliCount"] <= 2
        assert relay.engine.fanout.counters.retransmitted_total >= 8


async def padded(relay, aim_bps, packets):
    """Send so many packets of padding; return once Chromium has reported on all, and none is lost.

    How fast they go is not looked at: this process may be late.
    """
    (session,) = relay.sessions
    line, counters = session.line, relay.engine.fanout.counters
    before = counters.padding_total
    line.adapt = lambda *, now: False
    line.padding_due = lambda *, now: line.probe.due(aim_bps, now=now)
    line.probe.aim(aim_bps, now=time.monotonic())
    session.follow_line()
    await until(lambda: counters.padding_total - before >= packets, 10, "padding")
    line.probe.aim(None, now=time.monotonic())
    told = line.estimate.log.next_number - 1
    await until(lambda: line.estimate._arrived._so_far.newest >= told, 10, "reports of padding")
    assert line.estimate.loss.ratio == 0


async def test_chromium_reports_that_padding_came_and_passes_it_over():
    async with watching(0.0) as (relay, page):
        before = (await decoded(page, 25))["0-video"]
        await padded(relay, 3_000_000.0, 20)  # packets of a moment ago
        after = (await decoded(page, before["framesDecoded"] + 40))["0-video"]
        missed = after["framesReceived"] - after["framesDecoded"]
        assert missed <= before["framesReceived"] - before["framesDecoded"] + 1
        assert after["pliCount"] == before["pliCount"]
        assert after["packetsLost"] == 0
        filling = dict(relay.filling)
        relay.filling.clear()
        relay.router.replan()
        await padded(relay, 300_000.0, 150)  # nothing but padding
        relay.filling.update(filling)
        relay.router.replan()
        last = (await decoded(page, after["framesDecoded"] + 25))["0-video"]
        assert last["packetsLost"] == 0


async def concealed(page, relay, *, is_twice):
    """Return how many samples were made up in three seconds of sound."""
    (session,) = relay.sessions
    session.line.is_lossy = is_twice
    session.follow_line()

    async def figures():
        return (await page.evaluate("figures()"))["4-audio"]

    before = await figures()

    async def later():
        now = await figures()
        return now if now["timestamp"] - before["timestamp"] >= 3000 else None

    after = await until(later, 15, "three seconds")
    return after["concealedSamples"] - before["concealedSamples"]


async def test_sound_that_is_sent_twice_is_heard_whole_where_a_tenth_is_lost():
    async with watching(0.1) as (relay, page):
        (session,) = relay.sessions
        session.line.adapt = lambda *, now: False  # a tenth may leave no picture
        await decoded(page, 25)
        once = await concealed(page, relay, is_twice=False)
        session.line.is_lossy = True
        session.follow_line()
        await decoded(page, 120)  # the first moments are of both
        twice = await concealed(page, relay, is_twice=True)
        assert once >= 4000, "0.1 of 144,000 samples are lost"
        assert twice <= 0.4 * once, (once, twice)
