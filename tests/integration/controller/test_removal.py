"""Putting somebody out of a meeting: what relays are told, who may, and undoing it."""

import pytest

from contracts import codec
from contracts.desired import Barred, RelayMeeting
from contracts.participants import ParticipantKind
from controller.db.engine import writing
from controller.meetings import access_queries
from controller.meetings.removal import MAX_PUT_OUT
from controller.people import people_queries
from controller.people.tables import User
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_revocation import documents


async def test_who_is_put_out_is_barred_until_that_is_undone(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/expulsions"
    point, person = {"subject": "p-b", "participant_kind": "point"}, {"subject": "viewer"}
    assert (await viewer.post(path, point)).status_code == 403
    for body in (point, person, person):
        assert (await office.post(path, body)).status_code == 204
    barred = (await documents(centre)).barred
    assert set(barred or ()) == {
        Barred(subject="p-b", participant_kind=ParticipantKind.POINT),
        Barred(subject="viewer"),
    }
    listed = (await office.get(path)).json()
    assert {(one["subject"], one["actor"]) for one in listed} == {
        ("p-b", "office"),
        ("viewer", "office"),
    }
    headers = {"x-csrf-token": office.csrf_token}
    for query in ({"subject": "p-b", "participant_kind": "point"}, {"subject": "viewer"}):
        undone = await office.client.delete(path, params=query, headers=headers)
        assert undone.status_code == 204
    assert not (await documents(centre)).barred
    again = await office.client.delete(path, params={"subject": "viewer"}, headers=headers)
    assert again.status_code == 404


@pytest.mark.parametrize("name", ["\0", "an\0", "\x07", "an\nbình", "nobody"])
async def test_no_name_makes_a_document_that_relays_refuse(centre: Centre, name: str) -> None:
    office = await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/expulsions"
    assert (await office.post(path, {"subject": name})).status_code == 404
    document = await documents(centre)
    assert codec.decode(RelayMeeting, codec.encode(document)) == document


async def test_so_many_are_put_out_and_no_more(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))
    meeting_id, now = made.json()["meeting_id"], sqlite_centre.time.now()
    path = f"/api/v1/meetings/{meeting_id}/expulsions"
    names = [f"người {number}" for number in range(MAX_PUT_OUT + 1)]
    with writing(sqlite_centre.web.state) as session:
        for name in names:
            people_queries.add_user(
                session, name, display_name="", password_hash="", role=Role.VIEWER, now=now
            )
        for name in names[:-2]:
            access_queries.put_out(
                session, meeting_id, name, ParticipantKind.PERSON, actor="office", now=now
            )
    assert (await office.post(path, {"subject": names[-2]})).status_code == 204
    refused = await office.post(path, {"subject": names[-1]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_out")
    assert len((await documents(sqlite_centre)).barred or ()) == MAX_PUT_OUT


async def test_neither_the_chair_nor_a_stranger_is_put_out(centre: Centre) -> None:
    office = await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time, point_ids=["p-b"]))
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/expulsions"
    chair = await office.post(path, {"subject": "p-chair", "participant_kind": "point"})
    assert (chair.status_code, chair.json()["error"]["code"]) == (409, "chair_stays")
    stranger = await office.post(path, {"subject": "p-c", "participant_kind": "point"})
    assert stranger.status_code == 404


async def test_who_was_put_out_is_not_made_the_chair_by_a_change(centre: Centre) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time)
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    path = f"/api/v1/meetings/{meeting_id}"
    point = {"subject": "p-b", "participant_kind": "point"}
    assert (await office.post(f"{path}/expulsions", point)).status_code == 204
    changed = body | {"chair_point_id": "p-b"}
    refused = await office.put(path, changed)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "chair_put_out")
    assert (await office.get(path)).json()["chair_point_id"] == "p-chair"
    headers = {"x-csrf-token": office.csrf_token}
    back = await office.client.delete(f"{path}/expulsions", params=point, headers=headers)
    assert back.status_code == 204
    assert (await office.put(path, changed)).status_code == 200


async def test_the_consoles_button_puts_out_and_lets_in_again(centre: Centre) -> None:
    office = await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    page = f"/meetings/{made.json()['meeting_id']}"
    form = {"csrf_token": office.csrf_token, "subject": "p-b", "participant_kind": "point"}
    assert (await office.client.post(f"{page}/put-out", data=form)).status_code == 303
    assert len((await documents(centre)).barred or ()) == 1
    assert "bị đưa ra khỏi cuộc họp" in (await office.get(page)).text
    undo = form | {"undo": "yes"}
    assert (await office.client.post(f"{page}/put-out", data=undo)).status_code == 303
    assert not (await documents(centre)).barred


async def test_putting_out_keeps_the_page_and_is_taken_back_where_moves_are(centre: Centre) -> None:
    office = await centre.sign_in()
    body = meeting_body(centre.time, begins_at=centre.time.now().isoformat())
    page = f"/meetings/{(await office.post('/api/v1/meetings', body)).json()['meeting_id']}"
    await centre.sign_in(Role.VIEWER)
    with writing(centre.web.state) as session:
        session.get_one(User, "viewer").display_name = "Đặng Thị Ánh"
    token, asked = {"csrf_token": office.csrf_token}, {"hx-request": "true"}
    for form, name in (
        ({"subject": "p-b", "participant_kind": "point"}, "Xã B"),
        ({"subject": "viewer"}, "Đặng Thị Ánh"),
    ):
        sent = await office.client.post(f"{page}/put-out", data=form | token, headers=asked)
        assert (sent.status_code, sent.text) == (200, "")
        shown = (await office.get(page)).text
        last = shown[shown.index('data-testid="last-move"') : shown.index('data-testid="undo"')]
        assert f'name="subject" value="{form["subject"]}"' in last
        assert 'name="undo" value="yes"' in last
        assert f"{name} bị đưa ra" in last
    assert 'data-key="person-viewer"' in shown
    assert "<span>Đặng Thị Ánh</span>" in shown


async def test_nobody_puts_themselves_out(centre: Centre) -> None:
    office = await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    path = f"/api/v1/meetings/{made.json()['meeting_id']}/expulsions"
    refused = await office.post(path, {"subject": "office"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_oneself")
