"""A camera's password is read from a file of its owner's alone, and named nowhere."""

from pathlib import Path

import msgspec
import pytest

from agent.room.gstreamer.child import ChildFault
from agent.room.gstreamer.pipelines import camera_pipeline
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.gstreamer.troubles import camera_name, state_of
from agent.room.settings import CameraSettings

RTSP = CameraSettings(kind="rtsp", address="rtsp://10.1.2.3/stream1?token=1", user="xem")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "camera.secret"
    path.write_text("bí mật\n")
    path.chmod(0o600)
    assert read_secret(path) == "bí mật"
    path.chmod(mode)
    with pytest.raises(SecretUnusable) as told:
        read_secret(path)
    assert "bí mật" not in str(told.value)


def test_the_password_is_in_no_description_and_no_representation() -> None:
    pipeline = camera_pipeline(
        RTSP, codec="H264", is_passed=True, bitrate_bps=600_000, has_sound=True, password="bí mật"
    )
    assert pipeline.properties["camera"]["user-pw"] == "bí mật"
    assert "bí mật" not in repr(pipeline) and "10.1.2.3" not in pipeline.description


@pytest.mark.parametrize("address", ["rtsp://xem:mk@10.1.2.3/1", "http://10.1.2.3/", "rtsp://a b"])
def test_an_address_with_a_password_is_no_setting(address: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "rtsp", "address": address}, CameraSettings)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("not-authorized", "wrong_password"),
        ("secret", "wrong_password"),
        ("open-read-write", "unreachable"),
        ("ended", "unreachable"),
        ("busy", "busy"),
        ("parse", "failed"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(kind: str, state: str) -> None:
    name = camera_name(RTSP, "")
    assert name == "rtsp://10.1.2.3/stream1"
    assert state_of(name, ChildFault(kind)).state == state
