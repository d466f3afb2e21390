"""An SDP file of a foreign conference: taken, or refused with the reason, before anything comes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.room.gstreamer.child import ChildFault
from agent.room.gstreamer.pipelines import camera_pipeline
from agent.room.gstreamer.session_file import (
    MAX_BYTES,
    SessionUnusable,
    judge,
    read_session,
)
from agent.room.gstreamer.troubles import camera_name, state_of
from agent.room.settings import CameraSettings

HEAD = "v=0\r\no=- 0 0 IN IP4 10.1.2.3\r\ns=Hop bon cap\r\nc=IN IP4 10.9.9.9\r\nt=0 0\r\n"
PICTURE = "m=video 5004 RTP/AVP 96 97\r\na=rtpmap:96 H264/90000\r\na=rtpmap:97 AV1/90000\r\n"
SOUND = "m=audio 5006 RTP/AVP 8\r\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "foreign.sdp"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_session_is_a_property_and_no_part_of_the_description(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + PICTURE + SOUND)
    settings = CameraSettings(kind="rtp", session_file=path)
    made = camera_pipeline(
        settings, codec="H264", is_passed=True, bitrate_bps=600_000, has_sound=True
    )
    assert made.properties == {"camera": {"sdp": HEAD + PICTURE + SOUND}}
    assert "sdpsrc name=camera" in made.description and "10.9.9.9" not in made.description


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is no SDP, its first line has to be v=0"),
        ("SDP:\nv=0\n", "is no SDP, its first line has to be v=0"),
        (b"v=0\n\xff\n", "cannot be read (is not UTF-8 text)"),
        ("v=0\n" + "a=x\n" * MAX_BYTES, f"more than {MAX_BYTES} bytes, no SDP"),
        (HEAD, "describes no picture (m=video)"),
        (HEAD + SOUND, "describes no picture (m=video)"),
        (HEAD + PICTURE, "describes no sound (m=audio)"),
        (HEAD + PICTURE.replace("5004", "0") + SOUND, "describes no picture (m=video)"),
        (HEAD + PICTURE.replace("H264", "AV1") + SOUND,
         "its picture is AV1, which is not decoded here"),
        (HEAD + PICTURE + SOUND.replace(" 8", " 99"),
         "its sound is ?, which is not decoded here"),
        (HEAD + PICTURE.replace("RTP/AVP", "RTP/SAVP") + SOUND,
         "its picture is RTP/SAVP, only plain RTP/AVP is received"),
        (HEAD + "a=control:rtsp://10.1.2.3/x\r\n" + PICTURE,
         'names an RTSP server; use kind = "rtsp" and its address'),
    ],
)  # fmt: skip
def test_what_cannot_be_received_is_refused_with_its_reason(
    tmp_path: Path, text: str | bytes, fault: str
) -> None:
    with pytest.raises(SessionUnusable) as told:
        read_session(written(tmp_path, text), has_sound=True)
    assert told.value.fault_en == fault
    assert told.value.fault_vi and "foreign.sdp" in str(told.value)


def test_sound_that_is_not_wanted_may_be_anything(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + PICTURE)
    assert read_session(path, has_sound=False) == HEAD + PICTURE
    with pytest.raises(SessionUnusable):
        read_session(tmp_path / "none.sdp", has_sound=False)


LINES = st.sampled_from([*HEAD.split("\r\n"), *PICTURE.split("\r\n"), "m=", "m=video 9 x y"])


@given(st.lists(LINES | st.text(max_size=80)).map("\n".join))
def test_any_text_is_a_session_or_our_own_error(text: str) -> None:
    try:
        judge(Path("x.sdp"), text, has_sound=True)
    except SessionUnusable as exc:
        assert exc.fault_en


def test_what_is_wrong_with_a_foreign_stream_is_said_by_its_files_name() -> None:
    camera = CameraSettings(kind="rtp", session_file=Path("/etc/diemcau/foreign.sdp"))
    name = camera_name(camera, "")
    assert name == "rtp foreign.sdp"
    assert state_of(name, ChildFault("silent")).state == "unreachable"
    told = state_of(name, ChildFault("session", "describes no picture (m=video)"))
    assert (told.state, told.name) == ("failed", "rtp foreign.sdp (describes no picture (m=video))")
    told = state_of(name, ChildFault("no-picture"))
    assert told.name == "rtp foreign.sdp (its sound comes, and no picture)"
    assert len(state_of(name, ChildFault("session", "x" * 500)).name) == 200
