"""Saved groups of points: kept in order, joined in the form, one name each, changed by one."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from contracts.ids import PointId
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.groups import MAX_GROUPS
from controller.meetings.prepared.points import SavedGroup
from controller.meetings.prepared.tables import PointGroup, PointGroupMember
from controller.places.tables import Point
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person

WAY = "/api/v1/point-groups"
BODY: dict[str, object] = {
    "name": "Vùng cao",
    "point_ids": ["p-c", "p-chair", "p-b"],
    "chair_point_id": "p-chair",
}


async def saved(office: Person, **changed: object) -> dict[str, object]:
    answer = await office.post(WAY, BODY | changed)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def end_point(centre: Centre, point_id: str) -> None:
    with writing(centre.web.state) as session:
        session.get_one(Point, point_id).valid_to = centre.time.now() - timedelta(days=1)


async def test_a_group_is_kept_in_its_order_changed_and_removed(centre: Centre) -> None:
    office = await centre.sign_in()
    made = await saved(office)
    way = f"{WAY}/{made['group_id']}"
    assert made == BODY | {"group_id": made["group_id"], "revision": 1}
    assert (await office.get(WAY)).json() == [made]
    changed = BODY | {"name": "Vùng thấp", "point_ids": ["p-b", "p-chair"], "revision": 1}
    assert (await office.put(way, changed)).json()["revision"] == 2
    assert (await office.get(way)).json()["point_ids"] == ["p-b", "p-chair"]
    late = await office.put(way, BODY | {"revision": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed_meanwhile")
    gone = await office.client.delete(way, headers={"x-csrf-token": office.csrf_token})
    assert gone.status_code == 204
    assert (await office.get(way)).status_code == 404
    with reading(centre.web.state) as session:
        assert session.exec(select(PointGroupMember)).all() == []
        noted = session.exec(
            select(AuditEntry.action, AuditEntry.detail).order_by(col(AuditEntry.entry_id))
        ).all()
    assert [one for one in noted if "group" in one[0]] == [
        ("add_group", "Vùng cao"),
        ("change_group", "Vùng thấp"),
        ("remove_group", "Vùng thấp"),
    ]


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"name": " "}, 422, "Tên nhóm"),
        ({"name": "x" * 81}, 422, "tối đa 80"),
        ({"name": "a\u0000b"}, 422, "Tên nhóm"),
        ({"name": "VÙNG CAO"}, 409, "Chọn tên khác"),
        ({"point_ids": ["p-nowhere"]}, 404, "điểm cầu"),
        ({"point_ids": [], "chair_point_id": None}, 422, "Chọn từ 1"),
    ],
)
async def test_what_cannot_be_kept_is_said(
    sqlite_centre: Centre, changed: dict[str, object], status: int, said: str
) -> None:
    office = await sqlite_centre.sign_in()
    await saved(office)
    answer = await office.post(WAY, BODY | {"name": "Nhóm khác"} | changed)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message_vi"]
    assert len((await office.get(WAY)).json()) == 1
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await viewer.post(WAY, BODY | {"name": "Của người xem"})).status_code == 403


async def test_of_two_that_save_one_name_at_once_one_is_told(centre: Centre) -> None:
    office = await centre.sign_in()
    answers = await asyncio.gather(*(office.post(WAY, BODY) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert len((await office.get(WAY)).json()) == 1


async def test_there_is_room_for_so_many(sqlite_centre: Centre) -> None:
    office, now = await sqlite_centre.sign_in(), sqlite_centre.time.now()
    with writing(sqlite_centre.web.state) as session:
        for number in range(MAX_GROUPS):
            group = SavedGroup(f"g{number}", f"Nhóm {number}", (PointId("p-b"),))
            group_queries.add(session, group, actor="office", now=now)
    answer = await office.post(WAY, BODY)
    assert answer.json()["error"]["code"] == "too_many_groups"
    page = (await office.client.get("/meetings/groups")).text
    assert "không lưu thêm được" in page
    assert "new-group" not in page


async def test_the_form_joins_groups_and_says_what_is_left_out(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    one = await saved(office, point_ids=["p-c", "p-b"], chair_point_id=None)
    two = await saved(office, name="<Hai>", point_ids=["p-chair"], chair_point_id="p-chair")
    end_point(sqlite_centre, "p-c")
    page = (await office.client.get(f"/meetings/new?group={one['group_id']}")).text
    assert "Đã thêm 1 điểm cầu của nhóm “Vùng cao”. Không mời vì không còn dùng: Xã C." in page
    sent = {
        "csrf_token": office.csrf_token,
        "classification": "normal",
        "title": "Giữ lại",
        "participants": ["p-b"],
        "chair_point_id": "p-b",
        "use_group": str(two["group_id"]),
    }
    page = (await office.client.post("/meetings/new", data=sent)).text
    assert 'value="Giữ lại"' in page
    assert "&lt;Hai&gt;" in page
    assert 'name="point_order" value="p-b p-chair"' in page
    chosen = re.findall(r'name="participants" value="([\w-]+)" checked', page)
    assert sorted(chosen) == ["p-b", "p-chair"]
    page = (await office.client.post("/meetings/new", data=sent | {"use_group": "g-none"})).text
    assert "Không có nhóm điểm cầu này" in page
    secret = await office.client.post("/meetings/new", data=sent | {"classification": "secret"})
    assert "Giữ lại" not in secret.text


async def test_the_chosen_points_are_saved_as_a_group(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    sent = {
        "csrf_token": office.csrf_token,
        "classification": "normal",
        "participants": ["p-b", "p-c"],
        "point_order": "p-c p-b",
        "chair_point_id": "p-chair",
        "save_group": "1",
        "group_name": "Ba điểm",
    }
    page = (await office.client.post("/meetings/new", data=sent)).text
    assert "Đã lưu nhóm “Ba điểm” gồm 3 điểm cầu." in page
    (group,) = (await office.get(WAY)).json()
    assert group["point_ids"] == ["p-chair", "p-c", "p-b"]
    assert group["chair_point_id"] == "p-chair"
    page = (await office.client.post("/meetings/new", data=sent)).text
    assert "Chọn tên khác" in page
    assert 'value="Ba điểm"' in page


async def test_a_groups_page_orders_adds_and_takes_out(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    made = await saved(office)
    way = f"/meetings/groups/{made['group_id']}"
    end_point(sqlite_centre, "p-c")
    page = (await office.client.get(way)).text
    assert "không còn dùng, không mời họp" in page
    sent = {
        "csrf_token": office.csrf_token,
        "revision": "1",
        "name": "Đổi tên",
        "chair_point_id": "p-chair",
        "at:p-c": "",
        "at:p-chair": "2",
        "at:p-b": "1",
    }
    wrong = await office.client.post(way, data=sent | {"at:p-b": "một"})
    assert wrong.status_code == 422
    assert "Thứ tự “một”" in wrong.text
    assert 'value="Đổi tên"' in wrong.text
    assert (await office.client.post(way, data=sent)).status_code == 303
    (group,) = (await office.get(WAY)).json()
    assert (group["name"], group["point_ids"]) == ("Đổi tên", ["p-b", "p-chair"])
    assert (await office.client.post(way, data=sent)).status_code == 409
    assert "Đổi tên" in (await office.client.get("/meetings/groups")).text
    token = {"csrf_token": office.csrf_token}
    assert (await office.client.post(f"{way}/remove", data=token)).status_code == 303
    with reading(sqlite_centre.web.state) as session:
        assert session.exec(select(PointGroup)).all() == []
    assert "Chưa lưu nhóm nào" in (await office.client.get("/meetings/groups")).text
