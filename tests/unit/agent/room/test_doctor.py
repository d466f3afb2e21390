"""What camera, microphone and screen need, looked for in trees of files made here."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.point.room_state import StateFile
from agent.room import doctor
from agent.room.settings import KioskSettings, RoomSettings, SourceSettings

SYSTEMD = Path(__file__).parents[4] / "systemd"
SETTINGS = RoomSettings(data_dir=Path("/none"), source=SourceSettings(kind="browser"))

KIOSK0 = {"kiosk0": ["10.255.77.1"], "eth0": []}


@pytest.fixture
def machine(tmp_path):
    """Make a machine as the installer leaves it."""
    for name in (*doctor.PROGRAMS, doctor.POLICY, doctor.UNIT, doctor.BUFFER):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    shutil.copy(SYSTEMD / "diemcau-kiosk.json", tmp_path / doctor.POLICY)
    shutil.copy(SYSTEMD / "diemcau-kiosk.service", tmp_path / doctor.UNIT)
    (tmp_path / doctor.BUFFER).write_text("8388608\n")
    return tmp_path


def wrong(machine, settings=SETTINGS):
    return [one.what.removeprefix(str(machine)) for one in doctor.examine(settings, machine, KIOSK0)
            if not one.is_well]  # fmt: skip


def test_nothing_is_wrong_where_the_installer_was(machine):
    assert wrong(machine) == []
    assert str(doctor.examine(SETTINGS, machine, KIOSK0)[0]) == "tốt / ok     chromium"


@pytest.mark.parametrize("name", [*doctor.PROGRAMS, doctor.POLICY, doctor.UNIT])
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
