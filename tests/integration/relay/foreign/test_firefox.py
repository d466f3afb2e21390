"""Firefox publishes by WHIP and plays by WHEP through a real relay process."""

import pytest

from tests.fakes.firefox import FIREFOX, firefox
from tests.fakes.relay import B, C, machine_address, start_relay
from tests.fakes.webrtc import Player
from tests.integration.relay.foreign.meeting_of_one import began
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
    pytest.mark.skipif(FIREFOX is None, reason="not checked: no Firefox"),
]


async def test_firefox_publishes_and_plays(tmp_path):
    async with start_relay(tmp_path) as relay:
        await began(relay)
        async with firefox(relay, tmp_path / "profile", publisher=B, player=C) as page:
            await until(
                lambda: page.figure("played", "video", "framesDecoded") >= 50,
                40,
                "Firefox decodes what it publishes",
            )
            assert page.figure("played", "audio", "packetsReceived") > 20
            assert page.figure("played", "video", "packetsLost") <= 2
            other = Player()
            await other.join(relay, "p-chair")
            await until(lambda: other.frames("speaker") >= 25, 15, "another client decodes it")
            assert page.figure("sent", "video", "pliCount") >= 1
            await other.close()
