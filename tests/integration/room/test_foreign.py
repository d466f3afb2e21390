"""A foreign conference as a point: its RTP is seen by other rooms, and does nothing worse."""

import asyncio
import os
import socket
from array import array
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from agent.room.gstreamer.child import started
from agent.room.gstreamer.pipelines import camera_pipeline
from agent.room.gstreamer.stage_out import stage_session
from agent.room.settings import CameraSettings, RoomSettings
from runtime import settings
from tests.fakes.foreign import HAS_FFMPEG, free_even_port, recorder, sends_rtp
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import Room, start_rooms
from tests.fakes.rtsp import has_rtsp
from tests.integration.room.test_cameras import (
    children,
    device,
    environment_of,
    heard_frames,
    is_given,
    is_seen,
    write_secret,
)
from tests.integration.room.test_hostile_camera import resident_mb
from tests.integration.room.test_playout import playout
from tests.waiting import until

PASSWORD = "mat-khau-cua-may-chu"
pytestmark = pytest.mark.skipif(
    not (has_rtsp() and HAS_FFMPEG), reason="GStreamer or FFmpeg is not here"
)
MOST_MB = 150
# As FFmpeg writes it.
SESSION = """v=0
o=- 0 0 IN IP4 127.0.0.1
s=-
t=0 0
m=video {port} RTP/AVP 96
c=IN IP4 127.0.0.1
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1
"""


def sends_out(room: Room, lines: str) -> None:
    with room.config.open("a") as config:
        config.write(f"[stage_out]\n{lines}\nwidth = 640\nheight = 360\nframes_per_s = 15\n")


async def test_a_foreign_rtp_stream_is_seen_and_heard_and_comes_back_by_itself(tmp_path):
    port, session = free_even_port(), tmp_path / "foreign.sdp"
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        is_given(rooms.chair, f'kind = "rtp"\nsession_file = "{session}"')
        await rooms.start()
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: device(rooms.chair, "camera").get("state") == "failed", 20)
        assert "cannot be read" in device(rooms.chair, "camera")["name"]
        with sends_rtp(port, session):
            await is_seen(rooms.b, "H264")
            await until(lambda: heard_frames(rooms.b) > 50, 10, "heard")
            assert device(rooms.chair, "camera") == {"state": "open", "name": "rtp foreign.sdp"}
        gone = {"state": "unreachable", "name": "rtp foreign.sdp"}
        await until(lambda: device(rooms.chair, "camera") == gone, 20, "the stream does not answer")
        with sends_rtp(port, session):
            await is_seen(rooms.b, "H264", rooms.b.video("stage").get("frames", 0) + 50)
            sound = heard_frames(rooms.b)
        with sends_rtp(port, session, has_picture=False):
            await until(lambda: "no picture" in device(rooms.chair, "camera")["name"], 40)
            await until(lambda: heard_frames(rooms.b) > sound + 50, 10, "its sound goes on")


async def taken(session: Path) -> tuple[bytes, Sequence[int]]:
    """Return the last picture, gray, and the sound that FFmpeg, as the other side, decodes."""
    picture, sound = session.with_suffix(".gray"), session.with_suffix(".pcm")
    receives = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "fatal", "-nostdin", "-protocol_whitelist", "file,udp,rtp"),
        *("-i", session, "-map", "0:v", "-t", "3", "-vf", "scale=32:18,format=gray"),
        *("-f", "rawvideo", picture, "-map", "0:a", "-t", "3", "-f", "s16le", sound),
    )
    async with asyncio.timeout(60):
        assert await receives.wait() == 0
    frames, heard = picture.read_bytes(), sound.read_bytes()
    assert len(frames) >= 20 * 32 * 18
    return frames[-32 * 18 :], array("h", heard)


async def test_the_stage_is_sent_out_as_rtp_that_ffmpeg_decodes(tmp_path):
    port, session = free_even_port(), tmp_path / "stage.sdp"
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        sends_out(rooms.b, f'kind = "rtp"\naddress = "rtp://127.0.0.1:{port}"')
        session.write_text(stage_session(settings.load(RoomSettings, rooms.b.config).stage_out))
        await rooms.start()
        assert not children(rooms.b.pid), "nothing is sent outside meetings"
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: playout(rooms.b).get("shown") == "stage", 20)
        await until(lambda: playout(rooms.b)["sent"] > 100, 20, "sent")
        picture, sound = await taken(session)
        assert max(picture) - min(picture) > 60, "the chair's picture, and no black one"
        assert max(map(abs, sound)) > 500, "the chair's sound"
        assert playout(rooms.b)["troubles"] == {}


async def test_the_stage_is_pushed_to_an_rtsp_server_with_a_password_that_is_not_told(tmp_path):
    with recorder("gui", PASSWORD) as (address, told):
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            secret = rooms.b.folder / "stage.secret"
            write_secret(secret, "sai")
            sends_out(
                rooms.b,
                f'kind = "rtsp"\naddress = "{address}"\nuser = "gui"\npassword_file = "{secret}"',
            )
            await rooms.start()
            await rooms.declare(meeting(begins_in_s=-1))
            await until(
                lambda: "authorized" in playout(rooms.b).get("troubles", {}).get("outlet", ""), 20
            )
            write_secret(secret, PASSWORD)
            await until(lambda: told("seen") >= 75 and told("heard") >= 75, 40, "taken")
            await until(lambda: not playout(rooms.b)["troubles"], 5)
            (child,) = children(rooms.b.pid)
            assert PASSWORD.encode() not in environment_of(child)
            assert PASSWORD not in rooms.b.log


def packets() -> Iterator[bytes]:
    """Yield RTP packets as nobody honest sends them: see each line."""
    for number in count():
        head = bytes((0x80, 96)) + (number & 0xFFFF).to_bytes(2)
        clock, ssrc = (number * 3600 & 0xFFFFFFFF).to_bytes(4), b"bad!"
        yield os.urandom(1_400)
        yield head + b"\0\0\0\0" + ssrc + bytes((0x67, *os.urandom(40)))  # time stands still
        yield head + clock + os.urandom(4) + bytes((0x7C, 0x85)) + os.urandom(1_200)  # new SSRCs
        yield head + clock + ssrc + bytes((0x7C, 0x05)) + b"\xff" * 60_000  # a frame without end
        yield bytes((0x9F, 96)) + head[2:] + clock + ssrc + b"\xbe\xde\xff\xff"  # longer than it is


async def test_packets_of_any_kind_cost_no_memory_without_end(tmp_path: Path) -> None:
    port, session = free_even_port(), tmp_path / "foreign.sdp"
    session.write_text(SESSION.format(port=port))
    pipeline = camera_pipeline(
        CameraSettings(kind="rtp", session_file=session),
        codec="VP8",
        is_passed=False,
        bitrate_bps=500_000,
        has_sound=False,
    )
    most_mb = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        async with started(pipeline) as child:
            running = asyncio.create_task(child.run(lambda packet: None))
            hostile = packets()
            for _ in range(100):
                for _ in range(40):
                    try:
                        sender.send(next(hostile))
                    except ConnectionRefusedError:
                        continue  # nobody listens yet, or any more
                await asyncio.wait((running,), timeout=0.05)
                most_mb = max(most_mb, resident_mb(child._process.pid))
            running.cancel()
            await asyncio.wait((running,))
    assert 0 < most_mb < MOST_MB
