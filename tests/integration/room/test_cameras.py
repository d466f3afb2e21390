"""A room without a browser: a real RTSP camera, through both relays, decoded at another room."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import Room, start_rooms
from tests.fakes.rtsp import camera, has_rtsp
from tests.fakes.sound_server import HAS_SOUND_SERVER, start_sound_server
from tests.waiting import until

pytestmark = pytest.mark.skipif(not has_rtsp(), reason="GStreamer's RTSP is not here")
PASSWORD = "mat-khau-cua-camera"


def is_given(room: Room, camera_lines: str, microphone_lines: str = 'kind = "camera"') -> None:
    with room.config.open("a") as config:
        config.write(f"[camera]\n{camera_lines}\n[microphone]\n{microphone_lines}\n")
    text = room.config.read_text()
    room.config.write_text(text.replace('kind = "synthetic"', 'kind = "gstreamer"'))


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def environment_of(pid: int) -> bytes:
    return b"".join(Path(f"/proc/{pid}/{part}").read_bytes() for part in ("cmdline", "environ"))


def write_secret(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret + "\n")


def says(path: Path, word: str) -> bool:
    return word in path.read_text()


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def device(room: Room, name: str) -> dict[str, str]:
    found: dict[str, str] = room.state().get("devices", {}).get(name, {})
    return found


def heard_frames(room: Room) -> int:
    return int(room.meeting().get("sounds", {}).get("sound-0", {}).get("frames", 0))


async def is_seen(room: Room, codec: str, frames: int = 50) -> None:
    def has_come() -> bool:
        stage = room.video("stage")
        return bool(stage and stage["codec"] == codec and stage["frames"] >= frames)

    await until(has_come, 30, f"{frames} pictures of {codec}")


async def test_a_cameras_own_pictures_and_sound_reach_another_room_and_end_with_the_meeting(
    tmp_path,
):
    with camera(keyframe_every=25, user="xem", password=PASSWORD) as address:
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            secret = rooms.chair.folder / "camera.secret"
            write_secret(secret, "sai")
            is_given(
                rooms.chair,
                f'kind = "rtsp"\naddress = "{address}"\nuser = "xem"\npassword_file = "{secret}"',
            )
            await rooms.start()
            assert not children(rooms.chair.pid), "nothing is open outside meetings"
            document = meeting(begins_in_s=-1)
            await rooms.declare(document)
            await until(lambda: device(rooms.chair, "camera").get("state") == "wrong_password", 20)
            state_file = rooms.chair.folder / "media/state.json"
            await until(lambda: says(state_file, "wrong_password"), 5)
            write_secret(secret, PASSWORD)
            await is_seen(rooms.b, "H264")
            await until(lambda: heard_frames(rooms.b) > 50, 10)
            assert device(rooms.chair, "camera") == {"state": "open", "name": address}
            (child,) = children(rooms.chair.pid)
            assert PASSWORD.encode() not in environment_of(child)
            assert os.getpgid(child) == child
            ended = msgspec.structs.replace(document, generation=2, has_ended=True)
            await relay.centre.declare(ended)
            await until(lambda: not is_running(child), 10, "the camera is closed")
            assert PASSWORD not in rooms.chair.log


async def test_a_camera_with_rare_keyframes_is_encoded_anew_and_goes_with_a_killed_room(tmp_path):
    with camera(keyframe_every=1000) as address:
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            is_given(rooms.chair, f'kind = "rtsp"\naddress = "{address}"')
            await rooms.start()
            await rooms.declare(meeting(begins_in_s=-1))
            await until(lambda: "keyframes" in device(rooms.chair, "camera").get("name", ""), 20)
            before = rooms.b.video("stage").get("frames", 0)
            await is_seen(rooms.b, "H264", before + 50)
            (child,) = children(rooms.chair.pid)
            rooms.chair.kill()
            await until(lambda: not is_running(child), 5, "closed means closed")


@pytest.mark.skipif(not HAS_SOUND_SERVER, reason="PulseAudio is not here")
async def test_a_microphone_does_not_wait_for_a_camera_that_is_missing_and_comes_back(tmp_path):
    async with (
        start_sound_server(tmp_path) as sound,
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        missing = 'kind = "v4l2"\ndevice = "/dev/video99"'
        is_given(rooms.chair, missing, 'kind = "pulse"\ndevice = "mic"')
        rooms.chair.environment = dict(sound.environment)
        await rooms.start()
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: device(rooms.chair, "camera").get("state") == "missing", 20)
        await until(lambda: heard_frames(rooms.b) > 50, 20)
        assert device(rooms.chair, "microphone") == {"state": "open", "name": "pulse mic"}
        sound.stop()
        await until(lambda: device(rooms.chair, "microphone").get("state") != "open", 10)
        async with start_sound_server(tmp_path):
            before = heard_frames(rooms.b)
            await until(lambda: heard_frames(rooms.b) > before + 50, 20, "heard again")
