"""Templates of meetings: kept, filled into the form, made of a meeting, changed by one."""

import asyncio
import re

import pytest
from sqlmodel import col, select

from contracts.ids import PointId
from controller.audit.tables import AuditEntry
from controller.db.engine import reading, writing
from controller.meetings.prepared import template_queries
from controller.meetings.prepared.meeting_templates import MAX_TEMPLATES
from controller.meetings.prepared.template import SavedTemplate
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_point_groups import end_point
from tests.integration.controller.test_point_groups import saved as saved_group

WAY = "/api/v1/meeting-templates"
BODY: dict[str, object] = {
    "name": "Giao ban thứ Hai",
    "title": "Giao ban tuần",
    "kind": "briefing",
    "level": 3,
    "minutes": 60,
    "chair_point_id": "p-chair",
    "secretary": "Nguyễn Thị Lan",
    "document_number": "/GM-UBND",
    "owner": "party",
    "mode": "conference",
    "held_as": "in_person",
    "host_unit_id": "xa-b",
    "chair_name": "Trần Văn Bình",
    "agenda": [
        {"title": "Khai mạc", "minutes": 5, "speaker": ""},
        {"title": "Báo cáo", "minutes": 20, "speaker": "Xã B"},
    ],
    "point_ids": ["p-chair"],
    "group_ids": [],
}


async def saved(office: Person, **changed: object) -> dict[str, object]:
    answer = await office.post(WAY, BODY | changed)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_a_template_is_kept_changed_and_removed_and_holds_its_groups(centre: Centre) -> None:
    office = await centre.sign_in()
    group = await saved_group(office)
    made = await saved(office, group_ids=[group["group_id"]])
    way, token = f"{WAY}/{made['template_id']}", {"x-csrf-token": office.csrf_token}
    assert (await office.get(WAY)).json() == [made]
    held = await office.client.delete(f"/api/v1/point-groups/{group['group_id']}", headers=token)
    assert (held.status_code, held.json()["error"]["code"]) == (409, "group_in_use")
    assert "Giao ban thứ Hai" in held.json()["error"]["message_vi"]
    changed = (await office.put(way, BODY | {"name": "Giao ban thứ Ba", "revision": 1})).json()
    assert changed == made | {"name": "Giao ban thứ Ba", "group_ids": [], "revision": 2}
    late = await office.put(way, BODY | {"revision": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed_meanwhile")
    gone = await office.client.delete(f"/api/v1/point-groups/{group['group_id']}", headers=token)
    assert gone.status_code == 204
    assert (await office.client.delete(way, headers=token)).status_code == 204
    assert (await office.get(way)).status_code == 404
    with reading(centre.web.state) as session:
        noted = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.entry_id))).all()
    assert [one for one in noted if "template" in one] == [
        "add_template",
        "change_template",
        "remove_template",
    ]


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"name": " "}, 422, "Tên mẫu"),
        ({"name": "GIAO BAN THỨ HAI"}, 409, "Chọn tên khác"),
        ({"title": "x" * 121}, 422, "Tên cuộc họp"),
        ({"secretary": "x" * 61}, 422, "Tên thư ký"),
        ({"point_ids": ["p-nowhere"]}, 404, "điểm cầu"),
        ({"group_ids": ["g-nowhere"]}, 404, "nhóm điểm cầu"),
        ({"host_unit_id": "nowhere"}, 404, "đơn vị"),
        ({"chair_name": "x" * 61}, 422, "Tên chủ tọa"),
        ({"agenda": [{"title": " ", "minutes": 5}]}, 422, "mục chương trình"),
    ],
)
async def test_what_cannot_be_kept_is_said(
    sqlite_centre: Centre, changed: dict[str, object], status: int, said: str
) -> None:
    office = await sqlite_centre.sign_in()
    await saved(office)
    answer = await office.post(WAY, BODY | {"name": "Mẫu khác"} | changed)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message_vi"]
    assert len((await office.get(WAY)).json()) == 1
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await viewer.post(WAY, BODY)).status_code == 403
    assert (await viewer.client.get("/meetings/templates")).status_code == 403


async def test_of_two_that_save_one_name_at_once_one_is_told(centre: Centre) -> None:
    office = await centre.sign_in()
    answers = await asyncio.gather(*(office.post(WAY, BODY) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]


async def test_there_is_room_for_so_many(sqlite_centre: Centre) -> None:
    office, now = await sqlite_centre.sign_in(), sqlite_centre.time.now()
    with writing(sqlite_centre.web.state) as session:
        for number in range(MAX_TEMPLATES):
            one = SavedTemplate(f"t{number}", f"Mẫu {number}", point_ids=(PointId("p-b"),))
            template_queries.add(session, one, actor="office", now=now)
    answer = await office.post(WAY, BODY)
    assert answer.json()["error"]["code"] == "too_many_templates"
    assert "không lưu thêm được" in (await office.client.get("/meetings/templates")).text


async def test_one_press_fills_the_form_and_the_meeting_is_as_the_template_says(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    group = await saved_group(office, point_ids=["p-c", "p-b"], chair_point_id=None)
    made = await saved(office, group_ids=[group["group_id"]], held_as="online")
    end_point(sqlite_centre, "p-c")
    way = f"/meetings/new?template={made['template_id']}"
    page = (await office.client.get(way)).text
    assert "Đã điền theo mẫu “Giao ban thứ Hai”. Không mời vì không còn dùng: Xã C." in page
    assert not re.search(r'name="classification"[^>]* checked', page)
    found = re.search(r'name="date" required value="([^"]+)"', page)
    hour = re.search(r'name="begins" required value="([^"]+)"', page)
    sent = {
        "csrf_token": office.csrf_token,
        "classification": "normal",
        "title": "Tự gõ",
        "use_template": str(made["template_id"]),
    }
    page = (await office.client.post("/meetings/new", data=sent)).text
    assert 'value="Tự gõ"' in page
    assert 'name="point_order" value="p-chair p-b"' in page
    for value in ("party", "conference", "briefing", "60", "xa-b"):
        assert f'<option value="{value}" selected' in page
    for text in ("Trần Văn Bình", "Khai mạc", "Báo cáo"):
        assert f'value="{text}"' in page
    own = sent | {"agenda_title": "Mục tự gõ", "agenda_minutes": "10", "agenda_speaker": ""}
    page = (await office.client.post("/meetings/new", data=own)).text
    assert 'value="Mục tự gõ"' in page
    assert 'value="Khai mạc"' not in page
    assert found
    assert hour
    done = sent | {
        "use_template": "",
        "date": found[1],
        "begins": hour[1],
        "minutes": "60",
        "kind": "briefing",
        "level": "3",
        "owner": "party",
        "mode": "conference",
        "chair_point_id": "p-chair",
        "participants": ["p-b", "p-chair"],
        "point_order": "p-chair p-b",
    }
    answer = await office.client.post("/meetings/new", data=done)
    assert answer.status_code == 303
    meeting = (await office.get(f"/api/v1{answer.headers['location']}")).json()
    assert (meeting["owner"], meeting["floor"]["mode"]) == ("party", "conference")
    assert (meeting["kind"], meeting["point_ids"]) == ("briefing", ["p-chair", "p-b"])
    wrong = await office.client.post("/meetings/new", data=done | {"owner": "x", "mode": "x"})
    assert "Chọn cơ quan tổ chức" in wrong.text
    assert "Chọn cách mở micro" in wrong.text


async def test_a_meeting_becomes_a_template_on_a_page(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    body = meeting_body(sqlite_centre.time, kind="training", mode="discussion", secretary="Lan")
    body |= {"chair_name": "Bình", "host_unit_id": "xa-c"}
    body |= {"agenda": [{"title": "Khai mạc", "minutes": 15, "speaker": "Xã B"}]}
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    way = f"/meetings/templates/new?like={meeting_id}"
    assert way in (await office.client.get(f"/meetings/{meeting_id}")).text
    page = (await office.client.get(way)).text
    for value in ("training", "discussion", "60", "p-chair", "xa-c"):
        assert f'<option value="{value}" selected' in page
    for text in ("Bình", "Khai mạc", "Xã B"):
        assert f'value="{text}"' in page
    sent = {
        "csrf_token": office.csrf_token,
        "name": "Tập huấn",
        "title": "Tập huấn xã",
        "kind": "training",
        "minutes": "60",
        "owner": "council",
        "mode": "discussion",
        "chair_point_id": "p-chair",
        "participants": ["p-b", "p-c", "p-chair"],
        "point_order": "p-chair p-c",
        "held_as": "online",
        "chair_name": "Bình",
        "host_unit_id": "xa-c",
        "agenda_title": ["Khai mạc", ""],
        "agenda_minutes": ["15", "15"],
        "agenda_speaker": ["Xã B", ""],
    }
    more = await office.client.post("/meetings/templates/new", data=sent | {"more_items": "1"})
    assert (more.status_code, more.text.count('name="agenda_title"')) == (200, 4)
    bad = sent | {"agenda_minutes": ["0", "15"]}
    refused = await office.client.post("/meetings/templates/new", data=bad)
    assert "Mục 1 của chương trình" in refused.text
    wrong = await office.client.post("/meetings/templates/new", data=sent | {"kind": "none"})
    assert wrong.status_code == 422
    assert 'value="Tập huấn xã"' in wrong.text
    assert (await office.client.post("/meetings/templates/new", data=sent)).status_code == 303
    (made,) = (await office.get(WAY)).json()
    assert made["point_ids"] == ["p-chair", "p-c", "p-b"]
    assert (made["chair_name"], made["host_unit_id"]) == ("Bình", "xa-c")
    assert made["agenda"] == [{"title": "Khai mạc", "minutes": 15, "speaker": "Xã B"}]
    page_of = f"/meetings/templates/{made['template_id']}"
    assert 'value="Tập huấn xã"' in (await office.client.get(page_of)).text
    renamed = sent | {"name": "Tập huấn xã", "revision": "1"}
    assert (await office.client.post(page_of, data=renamed)).status_code == 303
    assert (await office.client.post(page_of, data=renamed)).status_code == 409
    assert "Tập huấn xã" in (await office.client.get("/meetings/templates")).text
    token = {"csrf_token": office.csrf_token}
    assert (await office.client.post(f"{page_of}/remove", data=token)).status_code == 303
    assert "Chưa lưu mẫu nào" in (await office.client.get("/meetings/templates")).text
