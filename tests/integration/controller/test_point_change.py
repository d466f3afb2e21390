"""A point is changed on its page: its number, machine and past stay, and the log says by whom."""

import pytest
from sqlmodel import select

from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.places.tables import Point
from controller.roles import Role
from tests.integration.controller.centre import Centre

PATH = "/points/p-b/change"


def kept(centre: Centre) -> Point:
    with reading(centre.web.state) as session:
        return session.get_one(Point, "p-b")


async def test_name_unit_and_contract_are_changed_and_the_rest_stays(centre: Centre) -> None:
    admin, before = await centre.sign_in(Role.ADMIN), kept(centre)
    fields = {
        "csrf_token": admin.csrf_token,
        "name": "Xã B, trụ sở mới",
        "unit_id": "tinh",
        "contract_mbps": "1,5",
        "is_metered": "1",
        "budget_gb": "2,5",
        "month_day": "15",
    }
    answer = await admin.client.post(PATH, data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/points/p-b")
    now = kept(centre)
    assert (now.name, now.unit_id) == ("Xã B, trụ sở mới", "tinh")
    assert (now.contract_rate_bps, now.is_metered) == (1_500_000, True)
    assert (now.budget_bytes, now.month_day) == (2_500_000_000, 15)
    shown = (await admin.get(PATH)).text
    assert 'name="budget_gb" inputmode="decimal" value="2,5"' in shown
    assert 'name="month_day" inputmode="numeric" maxlength="2" value="15"' in shown
    assert (now.number, now.valid_from) == (before.number, before.valid_from)
    with reading(centre.web.state) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "change_point")).one()
    assert (entry.actor, entry.subject) == ("admin", "p-b")
    assert "sửa điểm cầu" in (await admin.get("/audit")).text
    cleared = fields | dict.fromkeys(("contract_mbps", "is_metered", "budget_gb", "month_day"), "")
    assert (await admin.client.post(PATH, data=cleared)).status_code == 303
    assert (kept(centre).contract_rate_bps, kept(centre).is_metered) == (None, False)
    assert (kept(centre).budget_bytes, kept(centre).month_day) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "chưa được nhập"),
        ({"unit_id": "nowhere"}, "đơn vị"),
        ({"contract_mbps": "nhanh"}, "không phải là số"),
        ({"budget_gb": "nhiều"}, "Dung lượng 4G mỗi tháng"),
        ({"budget_gb": "0,001"}, "Dung lượng 4G mỗi tháng"),
        ({"month_day": "29"}, "Ngày chốt"),
    ],
)
async def test_what_is_wrong_is_said_in_the_form_and_nothing_changes(
    sqlite_centre: Centre, wrong: dict[str, str], said: str
) -> None:
    admin, before = await sqlite_centre.sign_in(Role.ADMIN), kept(sqlite_centre)
    fields = {"csrf_token": admin.csrf_token, "name": "Xã khác", "unit_id": "tinh"} | wrong
    answer = await admin.client.post(PATH, data=fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(sqlite_centre).name == before.name


@pytest.mark.parametrize("rate", [1_000, 1_234_000, 34_000_000, 1_500_000, 10**11, 999_999])
async def test_the_form_takes_back_the_rate_that_it_shows(sqlite_centre: Centre, rate: int) -> None:
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    with writing(sqlite_centre.web.state) as session:
        session.get_one(Point, "p-b").contract_rate_bps = rate
    page = (await admin.get(PATH)).text
    shown = page.partition('name="contract_mbps"')[2].partition('value="')[2].partition('"')[0]
    fields = {"csrf_token": admin.csrf_token, "name": "Xã B", "unit_id": "xa-b"}
    answer = await admin.client.post(PATH, data=fields | {"contract_mbps": shown})
    assert answer.status_code == 303, shown
    assert kept(sqlite_centre).contract_rate_bps == rate


async def test_only_an_administrator_changes_a_point(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in(Role.OFFICE)
    assert (await office.get(PATH)).status_code == 403
    fields = {"csrf_token": office.csrf_token, "name": "Xã khác", "unit_id": "tinh"}
    assert (await office.client.post(PATH, data=fields)).status_code == 403
    assert PATH not in (await office.get("/points/p-b")).text
    admin = await sqlite_centre.sign_in(Role.ADMIN)
    assert PATH in (await admin.get("/points/p-b")).text
    assert (await admin.get("/points/nothing/change")).status_code == 404
