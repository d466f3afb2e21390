"""Dates of a series: one or all later ones moved and cancelled, one had back; no other changes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

DAY = timedelta(days=1)


async def made(office: Person, centre: Centre) -> dict[str, Any]:
    body = meeting_body(centre.time) | {"rule": "FREQ=DAILY;COUNT=5", "holidays": "keep"}
    answer = await office.post("/api/v1/series", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def times(series: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(one["begins_at"]) for one in series["meetings"]]


def ids(series: dict[str, Any]) -> list[str]:
    return [one["meeting_id"] for one in series["meetings"]]


def at(begins_at: datetime, **said: object) -> dict[str, object]:
    ends_at = begins_at + timedelta(minutes=45)
    return {"begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat()} | said


@pytest.mark.parametrize(("scope", "count"), [("only", 1), ("later", 3)])
async def test_a_date_or_all_later_ones_are_moved_and_stay_what_they_are(
    centre: Centre, scope: str, count: int
) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    was, way = times(series), f"/api/v1/series/dates/{ids(series)[2]}/move"
    wanted = was[2] + timedelta(hours=3)
    answer = await office.post(way, at(wanted, scope=scope))
    assert answer.status_code == 200, answer.text
    now = answer.json()
    later = [one + timedelta(hours=3) for one in was[2 : 2 + count]]
    assert times(now) == [*was[:2], *later, *was[2 + count :]]
    assert [one["series_at"] for one in now["meetings"]] == [
        one["series_at"] for one in series["meetings"]
    ]
    moved = now["meetings"][2]
    ends_at = datetime.fromisoformat(moved["ends_at"])
    assert ends_at - wanted == timedelta(minutes=45)


async def test_what_is_on_or_over_is_never_touched(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    first = ids(series)[0]
    centre.time.offset += timedelta(hours=1, minutes=1)
    assert (await office.post(f"/api/v1/meetings/{first}/end")).status_code == 200
    moved = await office.post(
        f"/api/v1/series/dates/{first}/move", at(times(series)[0] + timedelta(hours=3))
    )
    assert moved.status_code == 409
    way = f"/api/v1/series/dates/{ids(series)[1]}/cancel"
    now = (await office.post(way, {"scope": "later"})).json()
    assert [one["state"] for one in now["meetings"]] == ["ended", *["cancelled"] * 4]


async def test_a_cancelled_date_is_had_back_once(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    way = f"/api/v1/series/dates/{ids(series)[3]}/cancel"
    now = (await office.post(way, {})).json()
    assert [one["state"] for one in now["meetings"]].count("cancelled") == 1
    back = f"/api/v1/series/{series['series_id']}/restore"
    said = {"series_at": series["meetings"][3]["series_at"]}
    now = (await office.post(back, said)).json()
    assert sorted(set(times(now))) == times(series)
    assert [one["state"] for one in now["meetings"]].count("scheduled") == 5
    for _ in range(2):
        assert (await office.post(back, said)).status_code == 409
    nowhere = {"series_at": (times(series)[0] + timedelta(minutes=5)).isoformat()}
    assert (await office.post(back, nowhere)).status_code == 409


async def test_times_that_cannot_be_are_refused_and_change_nothing(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre)
    was = times(series)
    other = meeting_body(centre.time, begins_at=(was[1] + 4 * timedelta(hours=1)).isoformat())
    other["ends_at"] = (was[1] + 5 * timedelta(hours=1)).isoformat()
    assert (await office.post("/api/v1/meetings", other)).status_code == 201
    way = f"/api/v1/series/dates/{ids(series)[1]}/move"
    for wanted, status in (
        (was[2] + timedelta(minutes=10), 422),
        (was[0] - DAY, 422),
        (was[0] + 4000 * DAY, 422),
        (was[1] + 4 * timedelta(hours=1), 409),
    ):
        answer = await office.post(way, at(wanted))
        assert answer.status_code == status, answer.text
    shown = (await office.get(f"/api/v1/series/{series['series_id']}")).json()
    assert shown == series
    taken = await office.post(way, at(was[1] + timedelta(hours=4), is_clash_accepted=True))
    assert taken.status_code == 200
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.post(way, at(was[1] + timedelta(hours=6)))).status_code == 403
