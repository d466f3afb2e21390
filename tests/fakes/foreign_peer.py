"""Foreign clients in processes of their own: they offer, prove themselves and count what comes.

All say the same: "offer BASE64" where their Authorization is to be made over it and read from
their input, then lines of a word and a number.
"""

import asyncio
import base64
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from media.client.codecs import VideoEncoder
from tests.fakes.relay import RelayProcess

IVF_HEADER = b"DKIF\0\0\x20\0VP80" + bytes(20)


@asynccontextmanager
async def running(
    command: Sequence[str | Path], direction: str, url: str, authorization: str, *more: str | Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a client until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *command,
        direction,
        url,
        authorization,
        *more,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # what is called "node" may be a wrapper of it
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def publishing(
    command: Sequence[str | Path], relay: RelayProcess, point: str, *more: str | Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Publish as a point: its proof is made here, over the offer made there."""
    path = "/whip/m1"
    async with running(command, "publish", f"{relay.url}{path}", "-", *more) as process:
        assert process.stdin and process.stdout
        word, offer = (await process.stdout.readline()).decode().split()
        assert word == "offer"
        async with relay.client() as client:
            header = await relay.point_header(client, point, path, base64.b64decode(offer))
        process.stdin.write(f"{header}\n".encode())
        yield process


async def counted(
    process: asyncio.subprocess.Process, kind: str, count: int, timeout_s: float = 15.0
) -> int:
    """Wait until a client has said that so many of a kind came; 0: it ended before."""
    assert process.stdout
    async with asyncio.timeout(timeout_s):
        while line := await process.stdout.readline():
            word, number = line.decode().split()
            if word == kind and int(number) >= count:
                return int(number)
    return 0


def write_pictures(path: Path, *, shade: int, count: int = 50) -> None:
    """Write an IVF file of VP8: a keyframe and what follows."""
    encoder = VideoEncoder(320, 180, rate_hz=25, bitrate_bps=300_000, gop=1000)
    encoder.planes[1][:] = encoder.planes[2][:] = 128
    frames = []
    for index in range(count):
        encoder.planes[0][:] = shade
        encoder.planes[0][:, index * 5 % 300] = 255 - shade
        picture = encoder.encode(is_keyframe=index == 0)
        if picture is not None:
            frames.append(len(picture.data).to_bytes(4, "little") + bytes(8) + picture.data)
    path.write_bytes(IVF_HEADER + b"".join(frames))
