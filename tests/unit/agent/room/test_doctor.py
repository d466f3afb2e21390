"""What camera, microphone and screen need, looked for in trees of files made here."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.point.room_state import StateFile
from agent.room import doctor
from agent.room.gstreamer import needs
from agent.room.settings import (
    CameraSettings,
    KioskSettings,
    MicrophoneSettings,
    RoomSettings,
    ScreenSettings,
    SourceSettings,
)

ROOT = Path(__file__).parents[4]
SYSTEMD = ROOT / "systemd"
SETTINGS = RoomSettings(data_dir=Path("/none"), source=SourceSettings(kind="browser"))

KIOSK0 = {"kiosk0": ["10.255.77.1"], "eth0": []}
SOUND_CARD = "00-00: USB Audio : USB Audio : playback 1 : capture 1\n"
SCREEN_FILES = [pattern.replace("*", "x86_64-linux-gnu") for pattern, _ in doctor.PACKAGES]


@pytest.fixture
def machine(tmp_path):
    """Make a machine as the installer leaves it."""
    for name in (*SCREEN_FILES, doctor.POLICY, doctor.UNIT, doctor.BUFFER, doctor.SOUND,
                 "dev/video0"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    shutil.copy(SYSTEMD / "diemcau-kiosk.json", tmp_path / doctor.POLICY)
    shutil.copy(SYSTEMD / "diemcau-kiosk.service", tmp_path / doctor.UNIT)
    (tmp_path / doctor.BUFFER).write_text("8388608\n")
    (tmp_path / doctor.SOUND).write_text(SOUND_CARD)
    return tmp_path


def wrong(machine, settings=SETTINGS):
    return [one.what.removeprefix(str(machine)) for one in doctor.examine(settings, machine, KIOSK0)
            if not one.is_well]  # fmt: skip


def test_nothing_is_wrong_where_the_installer_was(machine):
    assert wrong(machine) == []
    assert str(doctor.examine(SETTINGS, machine, KIOSK0)[1]) == "tốt / ok     chromium"


def test_every_package_that_readme_lists_for_the_screen_is_looked_for():
    text = (ROOT / "README.md").read_text("utf-8")
    _, _, listed = text.partition("sudo apt-get install --no-install-recommends cage ")
    listed = "cage " + listed.partition("\nsudo ")[0].replace("\\\n", " ")
    assert sorted(listed.split()) == sorted(package for _, package in doctor.PACKAGES)


@pytest.mark.parametrize("name", [*SCREEN_FILES, doctor.POLICY, doctor.UNIT])
def test_what_is_missing_is_named_with_what_to_do(machine, name):
    (machine / name).unlink()
    (found,) = (one for one in doctor.examine(SETTINGS, machine, KIOSK0) if not one.is_well)
    assert str(found).startswith("SAI / WRONG  ")
    assert "run " in found.fault_en
    assert "chạy " in found.fault_vi


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("VideoCaptureAllowedUrls", ["http://127.0.0.1:8090"]),
        ("AudioCaptureAllowedUrls", ["*"]),
        ("AudioCaptureAllowed", True),
        ("URLBlocklist", []),
        ("URLAllowlist", "http://localhost:8090"),
    ],
)
def test_a_policy_that_grants_less_or_more_is_wrong(machine, key, value):
    path = machine / doctor.POLICY
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    (found,) = (one for one in doctor.examine(SETTINGS, machine, KIOSK0) if not one.is_well)
    assert key in found.fault_en


def test_a_policy_that_is_no_object_is_wrong(machine):
    (machine / doctor.POLICY).write_text("[]")
    assert wrong(machine) == [f"/{doctor.POLICY}"]


def test_another_port_than_the_page_has_is_wrong_in_policy_and_unit(machine):
    elsewhere = RoomSettings(
        data_dir=Path("/none"),
        source=SourceSettings(kind="browser"),
        kiosk=KioskSettings(port=8091),
    )
    assert wrong(machine, elsewhere) == [f"/{doctor.POLICY}", "diemcau-kiosk"]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("dev/video0", None, ["camera"]),
        (doctor.SOUND, None, ["microphone", "loudspeaker"]),
        (doctor.SOUND, "00-03: HDMI 0 : HDMI 0 : playback 1\n", ["microphone"]),
    ],
)
def test_what_is_not_plugged_in_is_told(machine, name, text, found):
    (machine / name).unlink()
    if text is not None:
        (machine / name).write_text(text)
    assert wrong(machine) == found


RTSP = RoomSettings(
    data_dir=Path("/none"),
    source=SourceSettings(kind="gstreamer"),
    camera=CameraSettings(kind="rtsp", address="rtsp://10.1.2.3/main"),
    microphone=MicrophoneSettings(kind="camera"),
)


def gstreamer_machine(folder, *, without=""):
    """Make a machine with every package of docs/cameras.md but one, and without a screen."""
    text = (ROOT / "docs" / "cameras.md").read_text("utf-8")
    (folder / doctor.BUFFER).parent.mkdir(parents=True)
    (folder / doctor.BUFFER).write_text("8388608\n")
    for pattern, package in needs.PACKAGES:
        assert package in text
        if package != without:
            path = folder / pattern.replace("*", "aarch64-linux-gnu")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    return folder


def test_a_room_without_a_browser_needs_none(tmp_path):
    assert wrong(gstreamer_machine(tmp_path), RTSP) == []


@pytest.mark.parametrize(
    "package", ["python3-gi", "gstreamer1.0-libav", "gstreamer1.0-plugins-ugly"]
)
def test_a_package_that_its_recipe_wants_is_named(tmp_path, package):
    assert wrong(gstreamer_machine(tmp_path, without=package), RTSP) == [package]


def test_a_room_of_this_machines_devices_needs_leave_to_use_them(tmp_path):
    machine = gstreamer_machine(tmp_path, without="gstreamer1.0-alsa")
    usb = msgspec.structs.replace(
        RTSP,
        camera=CameraSettings(kind="v4l2", device="/dev/video2"),
        microphone=MicrophoneSettings(kind="alsa"),
        screen=ScreenSettings(kind="kms"),
    )
    assert wrong(machine, usb) == ["gstreamer1.0-alsa", "/dev/video2", "diemcau-room --devices"]
    for name in (needs.DEVICES, "dev/video2"):
        (machine / name).parent.mkdir(parents=True, exist_ok=True)
        (machine / name).write_text("")
    assert wrong(machine, usb) == ["gstreamer1.0-alsa"]


def test_a_recipe_that_is_not_filled_in_is_told(tmp_path):
    machine = gstreamer_machine(tmp_path)
    nothing = msgspec.structs.replace(
        RTSP, camera=CameraSettings(), microphone=MicrophoneSettings()
    )
    assert wrong(machine, nothing) == ["room.toml [camera] kind, [microphone] kind"]
    unsaid = CameraSettings(kind="rtsp", user="diemcau", password_file=tmp_path / "camera.secret")
    assert wrong(machine, msgspec.structs.replace(RTSP, camera=unsaid)) == [
        "room.toml [camera] address",
        "/camera.secret",
    ]


def test_a_password_that_others_may_read_is_told_with_what_to_do(tmp_path):
    machine = gstreamer_machine(tmp_path)
    secret = tmp_path / "camera.secret"
    secret.write_text("mat-khau\n")
    secret.chmod(0o644)
    camera = msgspec.structs.replace(RTSP.camera, password_file=secret)
    settings = msgspec.structs.replace(RTSP, camera=camera)
    (found,) = (one for one in doctor.examine(settings, machine, {}) if not one.is_well)
    assert "chmod 600" in found.fault_vi
    assert "mat-khau" not in str(found)
    secret.chmod(0o600)
    assert wrong(machine, settings) == []


def test_a_policy_that_is_not_there_is_said_in_each_language(machine):
    (machine / doctor.POLICY).unlink()
    (found,) = (one for one in doctor.examine(SETTINGS, machine, KIOSK0) if not one.is_well)
    assert found.fault_vi.startswith("chưa có; chạy ")
    assert found.fault_en.startswith("is not there; run ")


def test_a_drawn_room_and_a_small_buffer_are_told(machine):
    (machine / doctor.BUFFER).write_text("212992\n")
    assert wrong(machine, RoomSettings(data_dir=Path("/none"))) == [
        "room.toml [source] kind",
        "net.core.wmem_max",
    ]


def test_a_point_without_the_permanent_interface_is_told(machine):
    (found,) = (one for one in doctor.examine(SETTINGS, machine, {"eth0": ["10.0.0.5"]})
                if not one.is_well)  # fmt: skip
    assert (found.what, "restart kiosk0" in found.fault_vi) == ("kiosk0", True)


@pytest.mark.parametrize("is_tunnelled", [True, False])
def test_a_line_without_udp_is_told_while_a_meeting_goes_over_tls(machine, is_tunnelled):
    settings = msgspec.structs.replace(SETTINGS, data_dir=machine / "point")
    path = settings.data_dir / doctor.STATE
    path.parent.mkdir(parents=True)
    state = StateFile(written_at=datetime.now(UTC), state="in_meeting", is_tunnelled=is_tunnelled)
    path.write_bytes(msgspec.json.encode(state))
    assert wrong(machine, settings) == (["UDP"] if is_tunnelled else [])
