"""Chromium's H.264, by the relay to Chromium and to GStreamer, beside another room's VP8."""

import pytest

from tests.browser.relay.test_chromium import JOIN, chromium, floor
from tests.fakes.foreign_peer import counted, running
from tests.fakes.gstreamer import GSTREAMER, has_gstreamer
from tests.fakes.relay import B, C, machine_address, meeting, start_relay

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
]


async def test_chromium_and_gstreamer_play_what_chromium_publishes_in_h264(tmp_path):
    async with start_relay(tmp_path) as relay, chromium(relay) as open_page:
        centre = relay.centre
        await centre.declare(meeting(floor=floor(1, B)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        b, c, viewer = [await open_page() for _ in range(3)]
        whip, whep = f"{relay.url}/whip/m1", f"{relay.url}/whep/m1"
        await b.evaluate(JOIN, ["publishColour", "#0000ff", whip, B, "H264"])
        await viewer.evaluate(JOIN, ["play", whep, relay.token("nguoi-xem", "play")])
        await viewer.evaluate("untilColour('speaker', 'blue', 8000)")
        if has_gstreamer():
            async with running(
                GSTREAMER, "play", whep, relay.token("may-gst", "play"), "H264"
            ) as player:
                assert await counted(player, "video", 50) >= 50
        description = await viewer.evaluate("pc.remoteDescription.sdp")
        await c.evaluate(JOIN, ["publishColour", "#ff0000", whip, C, "VP8"])
        for epoch, now, last, colour in ((2, C, B, "red"), (3, B, C, "blue"), (4, C, B, "red")):
            await centre.declare(meeting(floor=floor(epoch, now, last), generation=epoch))
            await viewer.evaluate(f"untilColour('speaker', '{colour}', 5000)")
        assert await viewer.evaluate("pc.remoteDescription.sdp") == description
        sent = await b.evaluate("figures()")
        (video,) = [one for name, one in sent.items() if name.endswith("-video")]
        assert video["encoderImplementation"] != "libvpx"
