"""GStreamer's webrtcbin publishes by WHIP and plays by WHEP through a real relay process.

With its defaults: packets of 1,400 bytes, and no checks of consent after the first. An hour of it:

    DIEMCAU_FOREIGN_S=3600 .venv/bin/python -m pytest tests/integration/relay/foreign -k whole_time
"""

import os

import pytest

from contracts.floor import FloorState
from tests.fakes.foreign_peer import counted, publishing, running
from tests.fakes.gstreamer import GSTREAMER, has_gstreamer
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay

LASTS_S = float(os.environ.get("DIEMCAU_FOREIGN_S", "40"))  # who sends no checks was closed at 30


pytestmark = [
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
    pytest.mark.skipif(not has_gstreamer(), reason="not checked: no GStreamer with webrtcbin"),
]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_gstreamer_publishes_and_plays(tmp_path, codec):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=FloorState(epoch=1, holders=(B,))))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        whep = f"{relay.url}/whep/m1"
        async with (
            publishing(GSTREAMER, relay, CHAIR, codec),
            publishing(GSTREAMER, relay, B, codec),
            running(GSTREAMER, "play", whep, relay.token("viewer", "play"), codec) as player,
        ):
            await centre.hears(lambda: centre.kinds().count("joined") == 3)
            assert await counted(player, "video", 100) >= 100
            assert await counted(player, "audio", 60) >= 60
        assert await relay.metric("diemcau_relay_oversized_total") == 0.0


@pytest.mark.timeout(LASTS_S + 60)
async def test_gstreamer_stays_for_the_whole_time(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=FloorState(epoch=1, holders=(B,))))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        whep = f"{relay.url}/whep/m1"
        token = relay.token("viewer", "play", valid_s=LASTS_S + 600)
        async with (
            publishing(GSTREAMER, relay, B, "VP8"),
            running(GSTREAMER, "play", whep, token, "VP8") as player,
        ):
            wanted = int(25 * LASTS_S)
            assert await counted(player, "video", wanted, timeout_s=1.1 * LASTS_S + 10) >= wanted
        assert "left" not in centre.kinds()
