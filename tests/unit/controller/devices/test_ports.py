"""What a port gives of power, in words."""

from datetime import UTC, datetime

from contracts.devices import SeenDevice, SeenInterface, SeenPoe, SeenSensor, SnmpBody
from controller.devices.ports import PortFaults, poe_badge, poe_summary
from controller.devices.tables import PointDevice
from controller.devices.view import panel
from controller.web.i18n.catalogue import chosen

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
VI = chosen("vi")
PORTS = (
    SeenPoe(port="Gi1/0/7", index=7, state="delivering", power_class=3, power_w=6.44),
    SeenPoe(port="1/8", state="fault"),
    SeenPoe(port="1/9"),
)


def device(*sensors: SeenSensor) -> SeenDevice:
    """Return a switch with these ports."""
    return SeenDevice(device_id="sw01", asked_at=NOW, answer="answers", poe=PORTS, sensors=sensors)


def watts(kind: str, value: float | None) -> SeenSensor:
    """Return what the device says of all ports."""
    return SeenSensor(name="PoE supply 1", kind=kind, unit="W", value=value)


def test_a_port() -> None:
    assert [poe_badge(VI, one).word for one in PORTS] == [
        "PoE: đang cấp nguồn, 6,4 W, hạng 3", "PoE: lỗi", "PoE: không có thiết bị nhận",
    ]  # fmt: skip
    assert [poe_badge(VI, one).icon for one in PORTS] == ["up", "down", "unknown"]


def test_all_ports_and_the_budget_where_both_are_known() -> None:
    said = "1 cổng đang cấp nguồn · 1 cổng lỗi"
    assert poe_summary(VI, device(watts("power", 31.0))) == said
    assert poe_summary(VI, device(watts("power", 31.0), watts("power budget", None))) == said
    both = device(watts("power", 31.0), watts("power budget", 120.0))
    assert poe_summary(VI, both) == f"{said} · đã dùng 31 trên 120 W"


def test_a_port_that_damages_frames_is_not_called_good_nor_is_its_switch() -> None:
    switch = PointDevice(
        device_id="sw01", point_id="p-b", name="Switch", address="10.0.0.2", port=161,
        secrets="", added_at=NOW, added_by="admin",
    )  # fmt: skip
    faults = {("sw01", 7): PortFaults(10_800, 3, is_damaging=True)}
    ports = tuple(SeenInterface(index=index, is_up=True) for index in (7, 8))
    seen = SeenDevice(device_id="sw01", asked_at=NOW, answer="answers", interfaces=ports)
    for counted, words, summary in (
        (faults, ["Nhiều khung hỏng", "Tốt"], "1 thiết bị · 1 cần xem"),
        ({}, ["Tốt", "Tốt"], "1 thiết bị"),
    ):
        shown = panel(
            VI, NOW, [switch], SnmpBody(devices=(seen,)), can_be_sealed_to=True, faults=counted
        )
        assert [one.badge.word for one in shown.rows[0].ports] == words
        assert shown.summary == summary
