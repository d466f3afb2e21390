"""The page of settings tells of every key, of no secret, and the defaults that are true."""

from pathlib import Path

import msgspec
import pytest

from agent.room.settings import RoomSettings
from controller.configured import view as settings_view
from controller.configured.texts import ELSEWHERE, SECTIONS, TEXTS
from controller.settings import ControllerSettings, KnownRelay, PolicySettings, ThresholdSettings
from controller.web.i18n.catalogue import languages
from media.relay.settings import RelaySettings
from runtime import settings
from runtime.settings import Settings

CONFIGS = Path(__file__).parents[4] / "configs"
VI = languages()["vi"]
SET = ControllerSettings(
    data_dir=Path("/data"),
    public_hosts=("cau.example.vn", "10.0.0.1"),
    relays=(
        KnownRelay(url="https://cau.example.vn:8444"),
        KnownRelay(relay_id="relay-2", url="https://cau.example.vn:8445", home="relay-1"),
        KnownRelay(
            relay_id="relay-3", url="https://xa.example.vn", home="relay-1", serves=("xa", "lac")
        ),
    ),
    state_url="postgresql+psycopg://diemcau:mat-khau@db/state",
    policy=PolicySettings(duty="Gọi 0204 1", duty_of_units={"xa": "Gọi 0204 2", "lac": "Gọi 3"}),
    thresholds=ThresholdSettings(loss_ratio=0.05),
)


def test_every_key_stands_on_the_page_in_a_section() -> None:
    keys = set()
    for field in msgspec.structs.fields(ControllerSettings):
        is_table = isinstance(field.type, type) and issubclass(field.type, Settings)
        keys |= (
            {f"{field.name}.{one.name}" for one in msgspec.structs.fields(field.type)}
            if is_table
            else {field.name}
        )
    assert set(TEXTS) == keys
    assert {key.rpartition(".")[0] for key in keys} == set(SECTIONS)


def test_what_is_set_stands_beside_the_default_and_no_password_anywhere() -> None:
    sections = settings_view.view(VI, SET, {"xa": "Xã Đà Bắc"}).sections
    rows = {row.key: row for section in sections for row in section.rows}
    loss = rows["loss_ratio"]
    assert (loss.value, loss.default, loss.is_changed) == (("5,0\u00a0%",), "2,5\u00a0%", True)
    assert not rows["rtt_ms"].is_changed
    assert rows["public_hosts"].value == ("cau.example.vn", "10.0.0.1")
    assert rows["public_hosts"].default == ""
    assert rows["duty_of_units"].value == (
        "Xã Đà Bắc: Gọi 0204 2",
        "lac (không có đơn vị này): Gọi 3",
    )
    assert rows["relays"].value == (
        "relay-1: https://cau.example.vn:8444",
        "relay-2: https://cau.example.vn:8445 · cùng gánh với relay-1",
        "relay-3: https://xa.example.vn · phục vụ Xã Đà Bắc, lac (không có đơn vị này)",
    )
    assert rows["state_url"].value == ("PostgreSQL",)
    assert "mat-khau" not in repr(sections)


@pytest.mark.parametrize(("file", "key", "default"), [one[1:] for one in ELSEWHERE])
def test_a_default_of_another_file_is_true(file: str, key: str, default: int | str) -> None:
    kind: type[Settings] = RelaySettings if file == "relay.toml" else RoomSettings
    holder: object = settings.load(kind, CONFIGS / file)
    for name in key.split("."):
        holder = getattr(holder, name)
    assert holder == default
