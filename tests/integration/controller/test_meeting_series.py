"""A series of meetings: made in one go, each date a meeting, bad rules refused and nothing kept."""

from datetime import timedelta

import pytest
from sqlmodel import select

from contracts.local_days import ZONE
from controller.db.engine import reading
from controller.meetings.tables import Meeting, MeetingEvent, MeetingSeries
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

DAILY = "FREQ=DAILY;COUNT=5"


def series_body(centre: Centre, **changed: object) -> dict[str, object]:
    return meeting_body(centre.time) | {"rule": DAILY, "holidays": "keep"} | changed


async def made(office: Person, centre: Centre, **changed: object) -> dict[str, object]:
    answer = await office.post("/api/v1/series", series_body(centre, **changed))
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def kept(centre: Centre) -> tuple[int, int]:
    with reading(centre.web.state) as session:
        return (
            len(session.exec(select(MeetingSeries)).all()),
            len(session.exec(select(Meeting)).all()),
        )


async def test_each_date_is_a_meeting_that_is_told_and_logged(centre: Centre) -> None:
    office = await centre.sign_in()
    series = await made(office, centre, document_number="12/GM-UBND")
    first = centre.time.now() + timedelta(hours=1)
    shown = (await office.get(f"/api/v1/series/{series['series_id']}")).json()
    assert shown == series
    begins = [one["begins_at"] for one in shown["meetings"]]
    assert begins == [one["series_at"] for one in shown["meetings"]]
    assert len(set(begins)) == 5
    assert all(one["state"] == "scheduled" for one in shown["meetings"])
    one = (await office.get(f"/api/v1/meetings/{shown['meetings'][4]['meeting_id']}")).json()
    assert one["point_ids"] == ["p-chair", "p-b", "p-c"]
    assert one["begins_at"][:16] == (first + timedelta(days=4)).isoformat()[:16]
    with reading(centre.web.state) as session:
        events = session.exec(select(MeetingEvent)).all()
    assert sorted(one.kind for one in events) == ["meeting_scheduled"] * 5
    page = (await office.client.get(f"/series/{series['series_id']}")).text
    assert page.count('data-testid="series-date"') == 5


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"rule": "FREQ=DAILY;COUNT=10000"}, 422, "tối đa 200 buổi"),
        ({"rule": "FREQ=DAILY"}, 422, "đến hết ngày nào"),
        ({"rule": "nothing"}, 422, "Không đọc được cách lặp"),
        ({"point_ids": ["p-nowhere"]}, 404, "điểm cầu"),
        ({"title": " "}, 422, "Tên cuộc họp"),
        ({"classification": "secret"}, 422, "Nghị định 26/2020"),
    ],
)
async def test_what_cannot_be_made_is_said_and_nothing_is_kept(
    centre: Centre, changed: dict[str, object], status: int, said: str
) -> None:
    office = await centre.sign_in()
    answer = await office.post("/api/v1/series", series_body(centre, **changed))
    assert answer.status_code == status
    assert said in answer.json()["error"]["message_vi"]
    assert kept(centre) == (0, 0)


async def test_only_the_office_makes_series(sqlite_centre: Centre) -> None:
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    answer = await viewer.post("/api/v1/series", series_body(sqlite_centre))
    assert answer.status_code == 403
    assert (await viewer.get("/api/v1/series/nothing")).status_code == 404


async def test_the_forms_preview_names_closed_days_and_clashes(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    begins = (sqlite_centre.time.now() + timedelta(hours=1)).astimezone(ZONE)
    await made(office, sqlite_centre, rule="FREQ=DAILY;COUNT=8", title="Đang giữ phòng")
    page = await office.client.post(
        "/parts/booking/dates",
        data={
            "csrf_token": office.csrf_token,
            "date": f"{begins:%Y-%m-%d}",
            "begins": f"{begins:%H:%M}",
            "minutes": "60",
            "chair_point_id": "p-chair",
            "repeat": "daily",
            "repeat_count": "8",
            "holidays": "skip",
        },
    )
    assert page.status_code == 200
    states = [page.text.count(f'data-state="{one}"') for one in ("taken", "skipped", "free")]
    assert "Đang giữ phòng" in page.text
    assert (sum(states), states[2]) == (8, 0)
    assert states[1] >= 2
    assert kept(sqlite_centre) == (1, 8)
