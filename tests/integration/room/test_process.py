"""diemcau-room as a process: configuration, identity, ports."""

import socket
import subprocess
import sys

import pytest

from agent.room.settings import RoomSettings
from runtime import settings
from tests.fakes.relay import CHAIR, ROOT, start_relay
from tests.fakes.rooms import start_rooms


def run(config) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent.room", "run", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_shipped_configuration_holds_the_defaults():
    loaded = settings.load(RoomSettings, ROOT / "configs/room.toml")
    assert loaded == RoomSettings(data_dir=loaded.data_dir)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('data_dir = "."\n[kiosk]\nprot = 1\n', "kiosk.prot"),
        ('data_dir = "."\n[kiosk]\nhost = "0.0.0.0"\n', "kiosk.host"),
        ('data_dir = "."\n[source]\nkind = "camera"\n', "source.kind"),
        ("", "data_dir"),
        ("data_dir = ", "TOML"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_explained(tmp_path, text, said):
    config = tmp_path / "room.toml"
    config.write_text(text)
    ended = run(config)
    assert ended.returncode == 2
    assert said in ended.stderr and str(config) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_point_that_is_not_enrolled_is_told_how(tmp_path):
    config = tmp_path / "room.toml"
    config.write_text('data_dir = "."\n')
    ended = run(config)
    assert ended.returncode == 1
    assert "diemcau-agent enrol" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_port_in_use_is_said(tmp_path):
    async with (
        start_relay(tmp_path, is_started=False) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR,), is_started=False) as rooms,
    ):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", rooms.chair.port))
            taken.listen()
            ended = run(rooms.chair.config)
    assert ended.returncode == 1
    assert f"port {rooms.chair.port}" in ended.stderr
    assert "Traceback" not in ended.stderr
