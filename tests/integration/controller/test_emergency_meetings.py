"""An emergency meeting of a saved group: it is on at once, and ahead of others only if said."""

import asyncio
from datetime import timedelta

from sqlmodel import select

from controller.db.engine import reading
from controller.meetings.tables import MeetingEvent
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_point_groups import end_point, saved

WAY = "/api/v1/emergency-meetings"


async def began(office: Person, group_id: object, **changed: object) -> dict[str, object]:
    body = {"classification": "normal", "group_id": group_id} | changed
    answer = await office.post(WAY, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_it_is_on_at_once_and_told_to_its_points(centre: Centre) -> None:
    office = await centre.sign_in()
    group = await saved(office)
    meeting = await began(office, group["group_id"])
    assert (meeting["state"], meeting["kind"]) == ("live", "emergency")
    assert str(meeting["title"]).startswith("Họp khẩn ")
    assert str(meeting["title"]).endswith(", Vùng cao")
    shown = (await office.get(f"/api/v1/meetings/{meeting['meeting_id']}")).json()
    assert shown["point_ids"] == ["p-chair", "p-c", "p-b"]
    assert shown["chair_point_id"] == "p-chair"
    with reading(centre.web.state) as session:
        kinds = session.exec(select(MeetingEvent.kind, MeetingEvent.actor)).all()
    assert kinds == [("meeting_scheduled", "office"), ("meeting_began", "office")]
    ended = await office.post(f"/api/v1/meetings/{meeting['meeting_id']}/end")
    assert ended.json()["state"] == "ended"


async def test_it_takes_the_points_of_others_only_where_that_is_accepted(centre: Centre) -> None:
    office = await centre.sign_in()
    group = await saved(office)
    other = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    body = {"classification": "normal", "group_id": group["group_id"]}
    refused = await office.post(WAY, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "points_taken")
    assert other["title"] in refused.json()["error"]["message_vi"]
    page = (await office.client.get(f"/meetings/emergency?group={group['group_id']}")).text
    assert "3 điểm cầu đang thuộc cuộc họp khác" in page
    assert f'name="accept_clash" value="{other["meeting_id"]}"' in page
    sent = {
        "csrf_token": office.csrf_token,
        "classification": "normal",
        "group": str(group["group_id"]),
        "title": "Ứng phó bão số 9",
        "minutes": "60",
    }
    again = await office.client.post("/meetings/emergency", data=sent)
    assert again.status_code == 409
    assert 'value="Ứng phó bão số 9"' in again.text
    done = await office.client.post(
        "/meetings/emergency", data=sent | {"accept_clash": other["meeting_id"]}
    )
    assert done.status_code == 303
    meeting = (await office.get(f"/api/v1{done.headers['location']}")).json()
    assert (meeting["title"], meeting["state"]) == ("Ứng phó bão số 9", "live")


async def test_a_meeting_past_its_end_that_goes_on_is_in_the_way_too(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    group = await saved(office)
    first = await began(office, group["group_id"], minutes=15)
    sqlite_centre.time.offset += timedelta(minutes=20)
    body = {"classification": "normal", "group_id": group["group_id"]}
    refused = await office.post(WAY, body)
    assert refused.json()["error"]["code"] == "points_taken"
    await began(office, group["group_id"], accepted_meeting_ids=[first["meeting_id"]])


async def test_of_two_that_call_one_group_at_once_one_is_told_of_the_other(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    body = {"classification": "normal", "group_id": (await saved(office))["group_id"]}
    answers = await asyncio.gather(*(office.post(WAY, body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]


async def test_of_two_groups_with_a_point_of_both_called_at_once_one_is_told_of_the_other(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    groups = [
        (await saved(office, name=name, point_ids=points))["group_id"]
        for name, points in (("Vùng cao", ["p-chair", "p-b"]), ("Vùng thấp", ["p-b", "p-c"]))
    ]
    bodies = [{"classification": "normal", "group_id": one} for one in groups * 3]
    answers = await asyncio.gather(*(office.post(WAY, body) for body in bodies))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]


async def test_what_cannot_begin_is_said(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    assert "Chưa lưu nhóm nào" in (await office.client.get("/meetings/emergency")).text
    group = await saved(office, point_ids=["p-chair", "p-c"])
    end_point(sqlite_centre, "p-c")
    body: dict[str, object] = {"classification": "normal", "group_id": group["group_id"]}
    few = await office.post(WAY, body)
    assert "chưa đủ hai điểm cầu" in few.json()["error"]["message_vi"]
    page = (await office.client.get(f"/meetings/emergency?group={group['group_id']}")).text
    assert "Không mời vì không còn dùng: Xã C." in page
    assert "begin-now" not in page
    assert (await office.post(WAY, body | {"group_id": "g-none"})).status_code == 404
    secret = await office.post(WAY, body | {"classification": "secret"})
    assert "Nghị định 26/2020" in secret.json()["error"]["message_vi"]
    long = await office.post(WAY, body | {"title": "x" * 121})
    assert long.status_code == 422
    assert (await office.client.get("/meetings/emergency?group=none")).status_code == 404
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert (await viewer.post(WAY, body)).status_code == 403
    assert (await viewer.client.get("/meetings/emergency")).status_code == 403
    assert (await office.get("/api/v1/meetings")).json() == []
