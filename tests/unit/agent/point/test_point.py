"""The small parts: codes, the room's process' state, the version, what the process imports."""

import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from agent.enrolment.enrol import parse_code
from agent.errors import IdentityUnreadable, MalformedCode, NotEnrolled
from agent.health.settings import AgentSettings
from agent.health.supervisor import room_section, wants_devices
from agent.point.identity import PointFolder
from agent.point.version import AGENT_VERSION
from contracts.reports import DeviceState, RoomSection
from runtime.settings import load
from tests.unit.agent.cases import T0

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
        "0123456789abcdefghjkmnpqrstv",
        " o123-4567-89AB CDEF-GHJK-MNPQ-RSTV",
        "Oi23-4567-89AB-CDEF-GHJK-MNPQ-RSTV",
    ],
)
def test_codes_are_read_forgivingly(typed):
    code = parse_code(typed)
    assert code.secret == "GHJKMNPQRSTV"
    assert code.fingerprint == bytes.fromhex("00443214c74254b635cf")


@pytest.mark.parametrize("typed", ["", "0123", "U123-4567-89AB-CDEF-GHJK-MNPQ-RSTV", "É" * 28])
def test_what_cannot_be_a_code_is_refused(typed):
    with pytest.raises(MalformedCode):
        parse_code(typed)


def test_media_state_is_told_while_it_is_written(tmp_path):
    path = tmp_path / "state.json"
    assert room_section(path, now=T0).media == "absent"
    path.write_text(f'{{"written_at": "{T0.isoformat()}", "state": "in_meeting"}}')
    assert room_section(path, now=T0 + timedelta(seconds=5)).media == "in_meeting"
    assert room_section(path, now=T0 + timedelta(seconds=5.1)).media == "stuck"
    path.write_text("{")
    assert room_section(path, now=T0).media == "stuck"


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (RoomSection(media="idle"), False),
        (RoomSection(media="idle", camera=DeviceState(), microphone=DeviceState()), False),
        (RoomSection(media="idle", camera=DeviceState(state="open", name="Logi")), True),
        (RoomSection(media="joining"), True),
        (RoomSection(media="in_meeting", camera=DeviceState(state="busy")), True),
        (RoomSection(media="absent"), False),
        (RoomSection(media="stuck"), False),
    ],
)
def test_devices_are_wanted_in_a_meeting_and_in_a_test_that_the_screen_shows(room, expected):
    assert wants_devices(room) is expected


def test_the_version_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == AGENT_VERSION


def test_the_shipped_configuration_loads():
    assert load(AgentSettings, ROOT / "configs/agent.toml").outbox.keep_days == 30


def test_a_folder_without_identity_says_what_to_do(tmp_path):
    with pytest.raises(NotEnrolled, match="diemcau-agent enrol"):
        PointFolder(tmp_path).identity()
    (tmp_path / "identity.json").write_text("{}")
    with pytest.raises(IdentityUnreadable, match="--replace"):
        PointFolder(tmp_path).identity()


def test_the_running_agent_imports_nothing_heavy():
    heavy = ("cryptography", "pydantic", "httpx", "numpy", "aiortc", "psutil", "rich", "dns")
    code = (
        "from runtime import lean; lean.leave_out_optional();"
        " import agent.health.service, sys;"
        f"print([name for name in {heavy!r} if sys.modules.get(name)])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
