"""GStreamer's webrtcbin publishes by WHIP and plays by WHEP through a real relay process."""

import asyncio
import base64
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay

SYSTEM_PYTHON = "/usr/bin/python3"
PEER = Path(__file__).parents[2] / "fakes" / "gst_peer.py"


def has_gstreamer() -> bool:
    """Return whether the system's Python can make a webrtcbin."""
    probe = (
        "import gi; gi.require_version('GstWebRTC', '1.0'); gi.require_version('Gst', '1.0');"
        "from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find('webrtcbin')"
    )
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.skipif(machine_address() is None, reason="not checked: no address but loopback"),
    pytest.mark.skipif(not has_gstreamer(), reason="not checked: no GStreamer with webrtcbin"),
]


@asynccontextmanager
async def peer(direction, url, authorization):
    process = await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON,
        str(PEER),
        direction,
        url,
        authorization,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def publisher(relay, point):
    """Publish as a point: its proof is made here, over the offer made there."""
    path = "/whip/m1"
    async with peer("publish", f"{relay.url}{path}", "-") as process:
        word, offer = (await process.stdout.readline()).decode().split()
        assert word == "offer"
        async with relay.client() as client:
            header = await relay.point_header(client, point, path, base64.b64decode(offer))
        process.stdin.write(f"{header}\n".encode())
        yield process


async def decoded(process, kind, count, timeout_s=15.0):
    """Wait until a player has decoded so many buffers of a kind."""
    async with asyncio.timeout(timeout_s):
        while line := await process.stdout.readline():
            word, number = line.decode().split()
            if word == kind and int(number) >= count:
                return int(number)
    return 0


async def test_gstreamer_publishes_and_plays(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=FloorState(epoch=1, holders=(B,))))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        whep = f"{relay.url}/whep/m1"
        async with (
            publisher(relay, CHAIR),
            publisher(relay, B),
            peer("play", whep, relay.token("viewer", "play")) as player,
        ):
            await centre.hears(lambda: centre.kinds().count("joined") == 3)
            assert await decoded(player, "video", 100) >= 100
            assert await decoded(player, "audio", 60) >= 60
        assert await relay.metric("diemcau_relay_oversized_total") == 0.0
