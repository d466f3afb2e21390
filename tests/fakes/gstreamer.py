"""GStreamer's webrtcbin, in processes of their own: tests/fakes/gst_peer.py."""

import asyncio
import base64
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
PEER = Path(__file__).parent / "gst_peer.py"


def has_gstreamer() -> bool:
    """Return whether the system's Python can make a webrtcbin."""
    probe = (
        "import gi; gi.require_version('GstWebRTC', '1.0'); gi.require_version('Gst', '1.0');"
        "from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find('webrtcbin')"
    )
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode == 0


@asynccontextmanager
async def peer(direction, url, authorization, codec):
    process = await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON,
        str(PEER),
        direction,
        url,
        authorization,
        codec,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def publisher(relay, point, codec):
    """Publish as a point: its proof is made here, over the offer made there."""
    path = "/whip/m1"
    async with peer("publish", f"{relay.url}{path}", "-", codec) as process:
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
