"""The office says on the point's page that a battery was replaced, and takes it back."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from contracts import codec
from contracts.devices import SeenDevice, SeenUps, SnmpBody
from contracts.local_days import day_of
from contracts.reports import ClockState, Report
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.devices import batteries
from controller.devices.batteries import MOST_KEPT, Batteries, BatteryEntered
from controller.ingest.battery_table import BatteryAsked
from controller.ingest.tables import LatestReport
from controller.roles import Role
from tests.integration.controller.centre import Centre

POINT = "/points/p-b"
PATH = f"{POINT}/devices/usbups/battery"
ASKS, NOT_SAID = "Cần thay ắc quy", "Chưa ai ghi"
BACK = "Bỏ lời ghi này thì việc thay ắc quy lại là việc phải làm."
STILL = "Bộ lưu điện vẫn báo"


def tell(centre: Centre, *, replace: bool) -> None:
    """Let the point's supply ask for another battery since an hour, or for none."""
    now = centre.web.now()
    ups = SeenUps(charge_percent=61, on_battery=False, replace_battery=replace)
    one = SeenDevice(
        device_id="usbups", asked_at=now, answered_at=now, answer="answers", name="EATON", ups=ups
    )
    report = Report(
        outbox_id="outbox-of-a-test", seq=2, measured_at=now, boot_id="0" * 32, monotonic_ms=1000,
        clock=ClockState(source="ntp", error_ms=8.0), body=SnmpBody(devices=(one,)),
    )  # fmt: skip
    text = codec.encode(report).decode()
    with writing(centre.web.series) as session:
        session.add(LatestReport(point_id="p-b", kind="snmp", at=now, received_at=now, report=text))
        asked = BatteryAsked(point_id="p-b", device_id="usbups", since=now - timedelta(hours=1))
        session.add(asked)


async def test_what_is_said_settles_it_is_in_the_register_and_can_be_taken_back(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    tell(centre, replace=True)
    office = await centre.sign_in(Role.OFFICE)
    page = (await office.get(POINT)).text
    assert ASKS in page and NOT_SAID in page
    assert 'data-testid="battery-undo"' not in page
    form = (await office.get(PATH)).text
    today = day_of(centre.web.now())
    assert f'max="{today}"' in form
    fields = {"csrf_token": office.csrf_token, "replaced_on": f"{today}", "replaced_by": "Tổ IT"}
    answer = await office.client.post(PATH, data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{POINT}#snmp")

    page = (await office.get(POINT)).text
    assert f"Thay ắc quy ngày {today:%d/%m/%Y} (Tổ IT), đã dùng 0 ngày." in page
    assert STILL in page and BACK in page and ASKS not in page
    assert "battery-back" in (await office.get(PATH)).text and "battery-back" not in form
    told = csv.DictReader(
        io.StringIO((await office.get("/assets.csv")).text.removeprefix("\ufeff"))
    )
    [row] = [one for one in told if one["Ắc quy thay ngày"]]
    assert (row["Ắc quy thay ngày"], row["Ắc quy cũ nhất, năm"]) == (f"{today}", "0.0")

    [undo] = set(re.findall(rf"{PATH}/\d+/undo", page))
    token = {"csrf_token": office.csrf_token}
    for _ in range(2):  # a second time changes nothing
        assert (await office.client.post(undo, data=token)).status_code == 303
    page = (await office.get(POINT)).text
    assert ASKS in page and NOT_SAID in page
    with reading(centre.web.state) as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.entry_id))).all()
    kept = [(one.action, one.subject, one.detail) for one in entries if "battery" in one.action]
    assert kept == [
        ("note_battery", "p-b", f"USB 1: {today}"),
        ("take_back_battery", "p-b", f"USB 1: {today}"),
    ]
    admin = await centre.sign_in(Role.ADMIN)
    log = (await admin.get("/audit")).text
    assert "ghi là đã thay ắc quy" in log and "bỏ lời ghi đã thay ắc quy" in log


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"replaced_on": ""}, "chưa được nhập"),
        ({"replaced_on": "hôm qua"}, "viết như 2026-12-31"),
        ({"replaced_on": "1999-12-31"}, "từ 2000 đến 2100"),
        ({"replaced_on": "2099-01-01"}, "chưa tới"),
        ({"replaced_by": "x" * 61}, "tối đa 60"),
    ],
)
async def test_what_is_wrong_is_said_in_the_form_and_nothing_is_lost(
    sqlite_centre: Centre, wrong: dict[str, str], said: str
) -> None:
    office = await sqlite_centre.sign_in(Role.OFFICE)
    fields = {"csrf_token": office.csrf_token, "replaced_on": "2024-02-29", "replaced_by": "Minh"}
    answer = await office.client.post(PATH, data=fields | wrong)
    assert (answer.status_code, said in answer.text) == (422, True)
    kept = {"replaced_on": "Minh", "replaced_by": "2024-02-29"}[next(iter(wrong))]
    assert f'value="{kept}"' in answer.text
    assert (await office.client.post(PATH, data=fields)).status_code == 303
    twice = await office.client.post(PATH, data=fields)
    assert (twice.status_code, "29/02/2024" in twice.text) == (422, True)


async def test_only_the_office_says_it_and_only_of_what_is_there(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    tell(sqlite_centre, replace=False)
    assert 'data-testid="battery-say"' not in (await viewer.get(POINT)).text
    fields = {"csrf_token": viewer.csrf_token, "replaced_on": "2024-02-29"}
    for path in (PATH, f"{PATH}/1/undo"):
        assert (await viewer.client.post(path, data=fields)).status_code == 403
    office = await sqlite_centre.sign_in(Role.OFFICE)
    for path in (f"{POINT}/devices/sw01/battery", "/points/none/devices/usbups/battery"):
        assert (await office.get(path)).status_code == 404


def test_of_one_supply_so_many_words_are_kept(sqlite_centre: Centre) -> None:
    web = sqlite_centre.web
    desk = web.part(Batteries)
    for day in range(1, MOST_KEPT + 4):
        desk.say("p-b", "usbups", BatteryEntered(f"2024-01-{day:02}"), actor="admin")
    with reading(web.state) as session:
        kept = batteries.of_device(session, "p-b", "usbups")
    assert len(kept) == MOST_KEPT
    assert kept[0].replaced_on == f"2024-01-{MOST_KEPT + 3:02}"
