"""Title, type and points of one date of a series, or of all later ones, are changed at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW = {
    "classification": "normal",
    "title": "Giao ban <b>mới</b>",
    "chair_point_id": "p-b",
    "point_ids": ["p-chair"],
    "kind": "briefing",
    "level": 2,
    "secretary": "Bà Mai",
    "chair_name": "Ông Páo",
    "document_number": "7/GM",
}


async def made(office: Person, centre: Centre, **changed: object) -> dict[str, Any]:
    body = meeting_body(centre.time, **changed) | {"rule": "FREQ=DAILY;COUNT=4", "holidays": "keep"}
    answer = await office.post("/api/v1/series", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(series: dict[str, Any]) -> list[str]:
    return [one["meeting_id"] for one in series["meetings"]]


@pytest.mark.parametrize(("scope", "changed"), [("only", [1]), ("later", [1, 2, 3])])
async def test_one_or_all_later_ones_are_changed_and_keep_their_hours(
    centre: Centre, scope: str, changed: list[int]
) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    answer = await office.put(f"/api/v1/series/dates/{ids(series)[1]}", NEW | {"scope": scope})
    assert answer.status_code == 200, answer.text
    told = {"title", "kind", "level", "secretary", "chair_name", "document_number"}
    for number, (was, now) in enumerate(
        zip(series["meetings"], answer.json()["meetings"], strict=True)
    ):
        if number not in changed:
            assert now == was
            continue
        expected = {name: NEW[name] for name in told} | {
            "chair_point_id": "p-b",
            "host_unit_id": "xa-b",
        }
        assert now == was | expected
        detail = (await office.get(f"/api/v1/meetings/{now['meeting_id']}")).json()
        assert detail["point_ids"] == ["p-b", "p-chair"]
        events = (await office.get(f"/api/v1/meetings/{now['meeting_id']}/events")).json()
        assert events[-1]["kind"] == "meeting_edited"
    page = (await office.get(f"/series/{series['series_id']}")).text
    assert "Giao ban &lt;b&gt;mới&lt;/b&gt;" in page


async def test_what_is_on_or_refused_is_not_changed(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    way = f"/api/v1/series/dates/{ids(series)[0]}"
    for changed, status in (
        ({"classification": "secret"}, 422),
        ({"title": ""}, 422),
        ({"chair_point_id": "nowhere"}, 404),
        ({"host_unit_id": "nowhere"}, 400),
        ({"point_ids": ["p-b"] * 401}, 422),
    ):
        answer = await office.put(way, NEW | {"scope": "later"} | changed)
        assert answer.status_code == status, (changed, answer.text)
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.put(way, NEW)).status_code == 403
    centre.time.offset += HOUR + timedelta(minutes=1)
    assert (await office.put(way, NEW)).status_code == 409
    shown = (await office.get(f"/api/v1/series/{series['series_id']}")).json()
    assert shown == series


async def test_new_points_that_are_taken_are_refused_until_that_is_accepted(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    series = await made(office, centre, point_ids=["p-b"])
    begins_at = centre.time.now() + 2 * DAY + HOUR
    other = meeting_body(centre.time, title="Họp khác", chair_point_id="p-c", point_ids=["p-b"])
    other |= {"begins_at": begins_at.isoformat(), "ends_at": (begins_at + HOUR).isoformat()}
    assert (await office.post("/api/v1/meetings", other)).status_code == 201
    way = f"/api/v1/series/dates/{ids(series)[0]}"
    wanted = meeting_body(centre.time, point_ids=["p-b"], scope="later")
    wanted = {name: wanted[name] for name in (*NEW, "scope") if name in wanted}
    assert (await office.put(way, wanted)).status_code == 200  # p-b is no new point
    refused = await office.put(way, wanted | {"point_ids": ["p-b", "p-c"]})
    assert refused.status_code == 409
    assert "Họp khác" in refused.json()["error"]["message_vi"]
    accepted = wanted | {"point_ids": ["p-b", "p-c"], "is_clash_accepted": True}
    assert (await office.put(way, accepted)).status_code == 200


async def test_two_at_once_leave_the_whole_of_one(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    way = f"/api/v1/series/dates/{ids(series)[0]}"
    answers = await asyncio.gather(
        *(office.put(way, NEW | {"scope": "later", "title": one}) for one in ("Một", "Hai"))
    )
    assert [one.status_code for one in answers] == [200, 200]
    shown = (await office.get(f"/api/v1/series/{series['series_id']}")).json()
    assert len({one["title"] for one in shown["meetings"]}) == 1


async def test_the_form_is_filled_and_keeps_what_was_entered(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    series = await made(office, sqlite_centre, document_number="12/GM")
    way = f"/series/dates/{ids(series)[1]}/change"
    assert way in (await office.get(f"/series/{series['series_id']}")).text
    page = (await office.get(way)).text
    assert 'value="Giao ban tháng 11"' in page
    assert 'value="12/GM"' in page
    assert 'name="held_as"' not in page
    sent = {"csrf_token": office.csrf_token, "classification": "normal", "title": "Tên mới"}
    sent |= {"chair_point_id": "p-c", "scope": "later"}
    wrong = await office.client.post(way, data=sent)
    assert wrong.status_code == 422
    assert 'value="Tên mới"' in wrong.text
    secret = await office.client.post(way, data=sent | {"classification": "secret"})
    assert secret.status_code == 422
    assert "Tên mới" not in secret.text
    done = await office.client.post(way, data=sent | {"participants": "p-b"})
    assert (done.status_code, done.headers["location"]) == (303, f"/series/{series['series_id']}")
    shown = (await office.get(f"/api/v1/series/{series['series_id']}")).json()
    assert [one["title"] for one in shown["meetings"]] == ["Giao ban tháng 11", *["Tên mới"] * 3]
    single = (await office.post("/api/v1/meetings", meeting_body(sqlite_centre.time))).json()
    alone = f"/series/dates/{single['meeting_id']}/change"
    assert (await office.get(alone)).status_code == 404
