"""A point's switches and power supplies, in every state, with names as long as they may be."""

from datetime import datetime, timedelta

from contracts import codec
from contracts.devices import (
    DeviceAnswer,
    PoeCondition,
    SeenDevice,
    SeenInterface,
    SeenNeighbour,
    SeenPoe,
    SeenSensor,
    SeenUps,
    SnmpBody,
)
from contracts.ids import PointId
from contracts.reports import ClockState, Report
from controller.db.engine import writing
from controller.devices.batteries import Batteries, BatteryEntered
from controller.devices.entered import DeviceEntered
from controller.devices.service import PointDevices, of_point
from controller.ingest.tables import LatestReport, Port5Min
from controller.web.deps import Web

LONG = "Thiết bị chuyển mạch tầng hai phòng họp trực tuyến Nghĩa Tâm"
UNBROKEN = "GigabitEthernet1/0/1-duong-len-phong-hop-truc-tuyen-xa-NghiaT"[:60]
# By name, as the page lists them.
NAMES = ("A chưa báo", "B im lặng", "C sai mật khẩu", "D không mở được", "E bộ lưu điện",
         "F switch 8 cổng", LONG)  # fmt: skip


def add(web: Web, point_id: PointId) -> None:
    """Enter the devices, and let the point tell of all but the first."""
    devices, now = web.part(PointDevices), web.now()
    for number, name in enumerate(NAMES):
        typed = DeviceEntered(name=name, address=f"192.168.1.{number + 2}", community="w")
        devices.add(point_id, typed, actor="admin")
    with writing(web.state) as session:
        ids = {row.name: row.device_id for row in of_point(session, point_id)}
    said = BatteryEntered("2024-03-05", "Tổ công nghệ thông tin Văn phòng UBND xã Nghĩa Tâm")
    for device_id in (ids["E bộ lưu điện"], "usbups"):
        web.part(Batteries).say(point_id, device_id, said, actor="admin")
    seen = tuple(_seen(number, ids[name], now) for number, name in enumerate(NAMES) if number)
    report = Report(
        outbox_id="outbox-of-a-test", seq=2, measured_at=now, boot_id="0" * 32, monotonic_ms=1000,
        clock=ClockState(source="ntp", error_ms=8.0), body=SnmpBody(devices=seen),
    )  # fmt: skip
    with writing(web.series) as session:
        text = codec.encode(report).decode()
        session.add(
            LatestReport(point_id=point_id, kind="snmp", at=now, received_at=now, report=text)
        )
        for index, errors in ((1, 12_345_678), (2, 0), (3, None)):
            session.add(
                Port5Min(
                    point_id=point_id, device_id=ids[LONG], if_index=index, begins_at=now,
                    samples=5, errors_counted=errors, drops_counted=98_765_432,
                )
            )  # fmt: skip


def _seen(number: int, device_id: str, now: datetime) -> SeenDevice:
    answers: tuple[DeviceAnswer, ...] = ("silent", "refused", "no_secret")
    if number <= len(answers):
        answered = now - timedelta(minutes=50) if number == 1 else None
        return SeenDevice(
            device_id=device_id, asked_at=now, answer=answers[number - 1], answered_at=answered
        )
    if number == 4:
        ups = SeenUps(charge_percent=61, runtime_s=900, load_percent=34, on_battery=True)
        return SeenDevice(
            device_id=device_id, asked_at=now, answer="answers", answered_at=now, name="ups-1",
            description="Smart-UPS 1500 " + UNBROKEN, uptime_s=864_000, ups=ups,
            sensors=(SeenSensor(name="Battery", kind="temperature", unit="°C", value=31.5),),
        )  # fmt: skip
    return _switch(device_id, now, 8 if number == 5 else 52, is_long=number > 5)


def _switch(device_id: str, now: datetime, ports: int, *, is_long: bool) -> SeenDevice:
    interfaces = tuple(
        SeenInterface(
            index=number, name=UNBROKEN if is_long else f"Gi1/0/{number}",
            alias=LONG if is_long and number % 2 else "", speed_bps=10**10,
            is_up=number < ports // 2, in_bps=9_876_543_210, out_bps=876_543_210,
        )
        for number in range(1, ports + 1)
    )  # fmt: skip
    neighbour = SeenNeighbour(local_port=UNBROKEN, name=LONG, port=UNBROKEN)
    states: tuple[PoeCondition, ...] = ("delivering", "searching", "fault", "disabled", "test")
    poe = tuple(
        SeenPoe(
            port=port.name or "", index=None if is_long and port.index < 6 else port.index,
            state=states[port.index % 5], power_class=4 if port.index % 5 == 0 else None,
            power_w=25.46 if port.index % 5 == 0 else None,
        )
        for port in interfaces
    )  # fmt: skip
    watts = (("power", 214.0), ("power budget", 370.0))
    power = tuple(
        SeenSensor(name="PoE supply 1", kind=kind, unit="W", value=value) for kind, value in watts
    )
    sensor = SeenSensor(name=UNBROKEN, kind="temperature", unit="°C", value=41.25)
    return SeenDevice(
        device_id=device_id, asked_at=now, answer="answers", answered_at=now,
        name=UNBROKEN if is_long else "sw-8", description=LONG, uptime_s=8_640_000,
        interfaces_total=ports, interfaces_up=ports // 2 - 1, interfaces=interfaces,
        neighbours=(neighbour,), sensors=(sensor, *power), poe=poe, problems=(UNBROKEN * 2,),
        problems_total=1,
    )  # fmt: skip
