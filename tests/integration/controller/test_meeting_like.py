"""A meeting is set like another one: its points and hour are there, its classification is not."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from controller.meetings.tables import Meeting
from controller.meetings.views.booking_form import like
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body

MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 8:30 in Vietnam


@pytest.mark.parametrize(
    ("after", "date"),
    [
        (timedelta(days=-3), "2026-11-23"),
        (timedelta(), "2026-11-23"),
        (timedelta(minutes=1), "2026-11-30"),
        (timedelta(days=7), "2026-11-30"),
        (timedelta(days=7, seconds=1), "2026-12-07"),
        (timedelta(days=100), "2027-03-08"),
    ],
)
def test_it_is_on_the_next_of_its_weekdays(after: timedelta, date: str) -> None:
    meeting = Meeting(
        meeting_id="m1",
        title="Giao ban tuần",
        chair_point_id="p-chair",
        begins_at=MONDAY,
        ends_at=MONDAY + timedelta(minutes=80),
        state="ended",
        relay_id="relay-1",
        created_by="office",
        created_at=MONDAY,
    )
    form = like(meeting, ["p-chair", "p-b"], now=MONDAY + after, is_recorded=False)
    assert (form.date, form.begins, form.minutes) == (date, "08:30", "90")
    assert (form.title, form.classification) == ("Giao ban tuần", "")
    assert form.point_ids == ("p-chair", "p-b")


async def test_its_page_leads_to_the_form_that_is_filled(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    body = meeting_body(sqlite_centre.time)
    meeting_id = (await office.post("/api/v1/meetings", body)).json()["meeting_id"]
    await office.post(f"/api/v1/meetings/{meeting_id}/cancel")
    way = f"/meetings/new?like={meeting_id}"
    assert way in (await office.get(f"/meetings/{meeting_id}")).text
    page = (await office.client.get(way)).text
    assert 'value="Giao ban tháng 11"' in page
    chosen = re.findall(r'name="participants" value="([\w-]+)" checked', page)
    assert sorted(chosen) == ["p-b", "p-c", "p-chair"]
    assert not re.search(r'name="classification"[^>]* checked', page)
    assert (await office.client.get("/meetings/new?like=nothing")).status_code == 404
    viewer = await sqlite_centre.sign_in(Role.VIEWER)
    assert "/meetings/new" not in (await viewer.get(f"/meetings/{meeting_id}")).text
