"""The devices' panel: what a person is told of each, and that it is said in words."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from contracts.devices import (
    DeviceAnswer,
    SeenDevice,
    SeenInterface,
    SeenNeighbour,
    SeenPoe,
    SeenSensor,
    SeenUps,
    SnmpBody,
)
from controller.devices.judgement import STALE_AFTER
from controller.devices.ports import FaultsByPort, PortFaults
from controller.devices.tables import PointDevice
from controller.devices.view import USB_SHOWN, DeviceRow, panel
from controller.web.i18n.catalogue import chosen
from monitoring.collectors.snmp import makers, sensors

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)
ASKED = "Đã báo điểm cầu hỏi thiết bị ngay."
KINDS = {
    *(kind for kind, _ in sensors.TYPES.values()),
    *sensors.POSSIBLE,
    *(one.kind for one in sensors.STANDARD),
    *(one.kind for maker in makers.TEMPLATES.values() for one in maker.sensors),
    *(
        kind
        for maker in makers.TEMPLATES.values()
        for table in maker.typed
        for _, kind, _, _ in table.types
    ),
}


def row_of(
    seen: SeenDevice, *, asked_total: int = 0, faults: FaultsByPort | None = None
) -> DeviceRow:
    """Return how one device is shown in Vietnamese."""
    kept = PointDevice(
        device_id="sw01", point_id="xa-1", name="Switch", address="192.168.1.2",
        secrets="", asked_total=asked_total, added_at=NOW, added_by="quantri",
    )  # fmt: skip
    body = SnmpBody(devices=(seen,))
    [row] = panel(chosen("vi"), NOW, [kept], body, can_be_sealed_to=True, faults=faults or {}).rows
    return row


def seen_at(asked_at: datetime, answer: DeviceAnswer = "answers") -> SeenDevice:
    """Return a device that answered once, and was asked last as said."""
    return SeenDevice(
        device_id="sw01", asked_at=asked_at, answered_at=NOW - timedelta(hours=1), answer=answer
    )


@pytest.mark.parametrize("answer", ["silent", "refused", "unreadable", "no_secret"])
def test_one_that_is_to_be_asked_now_keeps_what_helps(answer: DeviceAnswer) -> None:
    before = row_of(seen_at(NOW, answer)).sentence
    _, _, remedy = before.partition(". ")
    assert len(remedy) > 20
    assert row_of(seen_at(NOW, answer), asked_total=1).sentence == f"{ASKED} {remedy}"


def test_that_one_is_to_be_asked_now_is_said_while_its_point_speaks() -> None:
    for asked_at, is_said in ((NOW - STALE_AFTER, True), (NOW - timedelta(days=3), False)):
        shown = row_of(seen_at(asked_at), asked_total=1)
        assert (shown.sentence.startswith(ASKED), shown.key != "stale") == (is_said, is_said)
    assert shown.sentence.endswith("Đã lâu điểm cầu không báo gì về thiết bị này.")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_sensor_has_a_word(kind: str) -> None:
    sensor = SeenSensor(name="Cảm biến", kind=kind, unit="", value=1.0)
    seen = SeenDevice(device_id="sw01", asked_at=NOW, answer="answers", sensors=(sensor,))
    [(shown, _)] = row_of(seen).sensors
    assert shown.removeprefix("Cảm biến, ") != kind


def usb_rows(*seen: SeenDevice) -> tuple[DeviceRow, ...]:
    """Return how devices are shown at a point where nobody entered any."""
    body = SnmpBody(devices=seen)
    return panel(chosen("vi"), NOW, [], body, can_be_sealed_to=False, faults={}).rows


def test_a_power_supply_on_usb_is_shown_though_nobody_entered_it_until_a_day_after() -> None:
    ups = SeenDevice(
        device_id="usbups", asked_at=NOW, answered_at=NOW, answer="answers", name="EATON",
        ups=SeenUps(charge_percent=61, runtime_s=900, on_battery=True),
    )  # fmt: skip
    [row] = usb_rows(ups, seen_at(NOW))
    assert (row.name, row.place, row.key, row.is_entered) == (
        "Bộ lưu điện", "USB 1", "battery", False,
    )  # fmt: skip
    assert ("Tên thiết bị báo", "EATON") in row.facts
    assert len(row.facts) == 5
    assert usb_rows(structs.replace(ups, asked_at=NOW - USB_SHOWN)) == ()


@pytest.mark.parametrize("answer", ["silent", "unreadable"])
def test_one_on_usb_that_does_not_answer_says_what_to_look_at_there(answer: DeviceAnswer) -> None:
    [row] = usb_rows(structs.replace(seen_at(NOW, answer), device_id="usbups2"))
    assert row.place == "USB 2"
    assert "dây USB" in row.sentence
    assert "community" not in row.sentence


def test_a_port_says_who_is_beside_it_and_what_is_not_known() -> None:
    ports = (
        SeenInterface(index=1, name="Gi1/0/1", is_up=True, speed_bps=10**9, in_bps=0),
        SeenInterface(index=2, name="Gi1/0/2", is_up=True),
        SeenInterface(index=3, is_up=False),
        SeenInterface(index=4),
    )
    beside = (
        SeenNeighbour(local_port="Gi1/0/1", name="rt-xa", port="ge-0/0/7"),
        SeenNeighbour(local_port=None, name="x", port=None),
        SeenNeighbour(local_port="Gi1/0/2", name=None, port=None),
    )
    seen = structs.replace(seen_at(NOW), interfaces=ports, neighbours=beside)
    shown = row_of(seen).ports
    assert [(one.name, one.neighbour, one.speed, one.badge.word) for one in shown] == [
        ("Gi1/0/1", "nối tới rt-xa", "1\xa0Gbit/s", "Tốt"),
        ("Gi1/0/2", "", "tốc độ chưa biết", "Tốt"),
        ("3", "", "", "Không dùng"),
        ("4", "", "", "Không rõ"),
    ]
    assert [one.received for one in shown[1:]] == ["↓ –"] * 3


def test_a_port_says_what_it_damaged_of_late_and_what_it_gives_of_power() -> None:
    ports = tuple(SeenInterface(index=number, name=f"ge{number}") for number in (1, 2, 3))
    poe = (
        SeenPoe(port="ge2", index=2, state="delivering", power_w=6.4),
        SeenPoe(port="1/9", state="fault"),
    )
    faults = {
        ("sw01", 1): PortFaults(1047, 0), ("sw01", 2): PortFaults(None, 5),
        ("sw02", 3): PortFaults(9, 9),
    }  # fmt: skip
    row = row_of(structs.replace(seen_at(NOW), interfaces=ports, poe=poe), faults=faults)
    assert [(one.errors, one.drops) for one in row.ports] == [
        ("1.047", "0"), ("–", "5"), ("–", "–"),
    ]  # fmt: skip
    assert [one.poe and one.poe.word for one in row.ports] == [
        None, "PoE: đang cấp nguồn, 6,4 W", None,
    ]  # fmt: skip
    assert [(name, one.word) for name, one in row.poe] == [("1/9", "PoE: lỗi")]
    assert ("Cấp nguồn qua cáp mạng (PoE)", "1 cổng đang cấp nguồn · 1 cổng lỗi") in row.facts
