"""Every file in configs/ is read by the process it is for, and shows every key there is."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from agent.health.settings import AgentSettings
from agent.room.settings import RoomSettings
from agent.traps.settings import TrapSettings
from controller.settings import ControllerSettings
from media.recorder.settings import RecorderSettings
from media.relay.settings import RelaySettings
from monitoring.reflector.settings import ReflectorSettings
from runtime import settings
from runtime.bus import BusSettings
from runtime.errors import SettingsError
from runtime.settings import Settings

FOLDER = Path(__file__).parents[1] / "configs"
TYPES: dict[str, type[Settings]] = {
    "agent": AgentSettings,
    "controller": ControllerSettings,
    "room": RoomSettings,
    "reflector": ReflectorSettings,
    "recorder": RecorderSettings,
    "relay": RelaySettings,
    "traps": TrapSettings,
}


def test_every_file_has_a_process() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_read_by_its_process(name: str) -> None:
    loaded = settings.load(TYPES[name], FOLDER / f"{name}.toml")
    assert isinstance(loaded, TYPES[name])


# Of the broker's table nobody has a reason to set more than these.
BROKER_KEYS = {"host", "port", "ca_file", "cert_file", "key_file"}


def _keys(settings_type: type[msgspec.Struct]) -> set[str]:
    if settings_type is BusSettings:
        return BROKER_KEYS
    names: set[str] = set()
    for field in msgspec.structs.fields(settings_type):
        names.add(field.encode_name)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            names |= _keys(field.type)
    return names


@pytest.mark.parametrize("name", TYPES)
def test_a_file_shows_every_key_set_or_as_a_comment(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text()
    shown = set(re.findall(r"^#? ?\[*(\w+)\]*\s*(?:=|$)", text, re.MULTILINE))
    shown |= set(re.findall(r"^\[+(\w+)", text, re.MULTILINE))
    assert _keys(TYPES[name]) - shown == set()


@pytest.mark.parametrize("name", TYPES)
def test_a_file_explains_itself(name: str) -> None:
    lines = (FOLDER / f"{name}.toml").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert sum("#" in line for line in lines) >= 4


@pytest.mark.parametrize("name", TYPES)
def test_a_mistyped_key_is_named_with_its_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.toml"
    file.write_text("data_dirr = 'x'\n" + (FOLDER / f"{name}.toml").read_text())
    with pytest.raises(SettingsError) as caught:
        settings.load(TYPES[name], file)
    assert str(file) in str(caught.value)
    assert "data_dirr" in str(caught.value)


def test_nothing_listens_in_the_clear_beyond_the_machine() -> None:
    media = tomllib.loads((FOLDER / "room.toml").read_text())
    assert media["kiosk"]["host"] == "127.0.0.1"
