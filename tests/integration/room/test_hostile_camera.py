"""What an RTSP camera may do to a room by its answers: nothing but be without a picture."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.room.gstreamer.child import ChildFault, started
from agent.room.gstreamer.pipelines import camera_pipeline
from agent.room.gstreamer.stage_out import stage_pipeline
from agent.room.settings import CameraSettings, StageOutSettings
from tests.fakes.rtsp import has_rtsp

pytestmark = pytest.mark.skipif(not has_rtsp(), reason="no GStreamer of the system's")
Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
ENDLESS = 100_000_000
MOST_MB = 80


@asynccontextmanager
async def camera(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Listen as a camera; yield its address, and what it is asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                asked.append(request)
                await answer(request, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/one", asked
        server.close()


def head(request: bytes, status: str, *lines: str) -> bytes:
    number = next(line for line in request.split(b"\r\n") if line.startswith(b"CSeq"))
    return b"\r\n".join(
        (f"RTSP/1.0 {status}".encode(), number, *(line.encode() for line in lines), b"", b"")
    )


def resident_mb(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0  # it has ended
    return pages * 4096 >> 20


async def watched(address: str) -> tuple[ChildFault, int]:
    """Open a camera as a room does; return how that ended, and the most megabytes it took."""
    settings = CameraSettings(kind="rtsp", address=address, user="phong")
    pipeline = camera_pipeline(
        settings, codec="VP8", is_passed=False, bitrate_bps=500_000, has_sound=False, password="kin"
    )
    most_mb = 0
    async with started(pipeline) as child, asyncio.timeout(20):
        running = asyncio.create_task(child.run(lambda packet: None))
        while not running.done():
            await asyncio.wait((running,), timeout=0.05)
            most_mb = max(most_mb, resident_mb(child._process.pid))
        return running.result(), most_mb


async def send_without_end(writer: asyncio.StreamWriter, data: bytes) -> None:
    for _ in range(ENDLESS // len(data)):
        writer.write(data)
        await writer.drain()


async def rubbish(request: bytes, writer: asyncio.StreamWriter) -> None:
    await send_without_end(writer, os.urandom(65_536))


async def a_body_of_gigabytes(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(head(request, "200 OK", "Content-Length: 2000000000"))
    await send_without_end(writer, b"y" * 65_536)


@pytest.mark.parametrize("answer", [rubbish, a_body_of_gigabytes])
async def test_answers_without_end_cost_no_memory_and_end_the_pipeline(answer: Answer) -> None:
    async with camera(answer) as (address, _):
        fault, most_mb = await watched(address)
    assert fault.kind == "read"
    assert most_mb < MOST_MB


@pytest.mark.parametrize("is_file", [False, True])
async def test_the_password_is_not_taken_to_where_a_camera_sends_us(is_file: bool) -> None:
    async def ask_for_it(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head(request, "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'))

    async with camera(ask_for_it) as (elsewhere, asked_there):
        place = "file:///etc/passwd" if is_file else elsewhere
        times = 0

        async def send_there(request: bytes, writer: asyncio.StreamWriter) -> None:
            nonlocal times
            times += 1
            if times > 6:  # a place that is none is asked for again and again
                writer.close()
            elif request.startswith(b"OPTIONS"):
                writer.write(head(request, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY"))
            else:
                writer.write(head(request, "302 Moved", f"Location: {place}"))

        async with camera(send_there) as (address, asked):
            fault, _ = await watched(address)
    assert any(one.startswith(b"DESCRIBE") for one in asked)
    assert asked_there == []
    assert fault.kind != "redirected" if is_file else fault.kind == "redirected"


@pytest.mark.parametrize("moved", [b"OPTIONS", b"ANNOUNCE", b"SETUP"])
async def test_the_password_of_a_push_is_not_taken_to_where_a_server_sends_us(moved: bytes) -> None:
    async def ask_for_it(request: bytes, writer: asyncio.StreamWriter) -> None:
        is_free = request.startswith(b"OPTIONS")
        answer = "Public: OPTIONS, ANNOUNCE" if is_free else 'WWW-Authenticate: Basic realm="x"'
        writer.write(head(request, "200 OK" if is_free else "401 Unauthorized", answer))

    async with camera(ask_for_it) as (elsewhere, asked_there):

        async def send_there(request: bytes, writer: asyncio.StreamWriter) -> None:
            if moved in request:
                writer.write(head(request, "302 Moved", f"Location: {elsewhere}"))
            elif b"CSeq" in request:
                writer.write(head(request, "200 OK", "Public: OPTIONS, ANNOUNCE, SETUP, RECORD"))

        async with camera(send_there) as (address, _):
            out = StageOutSettings(kind="rtsp", address=address, user="phong")
            async with started(stage_pipeline(out, 4, "kin")) as child:
                running = asyncio.create_task(child.run(lambda packet: None))
                await asyncio.wait((running,), timeout=4)
                running.cancel()
    assert not any(b"Authorization" in one for one in asked_there)
