"""A meeting's lines by the minute, from the database to the page and the file."""

import csv
import io
from datetime import timedelta
from typing import Any

from controller.db.engine import writing
from controller.ingest.call_tables import CallMinute
from controller.meetings.tables import MeetingParticipant
from controller.places import service as places
from controller.roles import Role
from tests.integration.controller.centre import Centre, meeting_body

FINE: dict[str, Any] = {
    "up_samples": 12, "up_loss_sum": 0.0, "up_loss_max": 0.0, "down_samples": 12,
    "down_loss_sum": 0.0, "rung_min": 4,
}  # fmt: skip


async def meeting_of(centre: Centre) -> str:
    """Return a meeting whose hour has come."""
    office = await centre.sign_in()
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    assert made.status_code == 201
    centre.time.offset += timedelta(hours=1)
    return str(made.json()["meeting_id"])


def keep(centre: Centre, meeting_id: str, points: list[str], minutes: int, **worse: Any) -> None:
    """Keep so many minutes from now on of each, and let them pass."""
    begins_at = centre.time.now().replace(second=0, microsecond=0)
    with writing(centre.web.series) as session:
        session.add_all(
            CallMinute(
                meeting_id=meeting_id,
                subject=point_id,
                begins_at=begins_at + timedelta(minutes=number),
                **FINE | (worse if number == 1 else {}),
            )
            for point_id in points
            for number in range(minutes)
        )
    centre.time.offset += timedelta(minutes=minutes)


async def test_whoever_looks_on_reads_who_had_it_bad(centre: Centre) -> None:
    meeting_id = await meeting_of(centre)
    keep(centre, meeting_id, ["p-b"], 3, up_loss_max=0.2)
    keep(centre, meeting_id, ["p-c", "uninvited"], 3)
    viewer = await centre.sign_in(Role.VIEWER)
    page = await viewer.get(f"/meetings/{meeting_id}/lines")
    assert page.status_code == 200
    assert "1 trên 2 có phút kém" in page.text
    assert page.text.index("kept-p-b") < page.text.index("kept-p-c")
    assert "uninvited" not in page.text
    assert "mất 20,0" in page.text and "Xã B" in page.text
    part = await viewer.get(f"/parts/meetings/{meeting_id}/lines")
    assert "kept-p-b" in part.text and "<html" not in part.text
    answer = await viewer.get(f"/meetings/{meeting_id}/lines.csv")
    assert answer.headers["content-disposition"].endswith('-lines.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 6
    assert [row["causes"] for row in rows if row["subject"] == "p-b"] == ["", "loss_up", ""]


async def test_a_minute_of_a_wrong_date_makes_the_page_no_longer(centre: Centre) -> None:
    meeting_id = await meeting_of(centre)
    keep(centre, meeting_id, ["p-b"], 3)
    with writing(centre.web.series) as session:
        for days in (-300, 300):
            wrong = centre.time.now() + timedelta(days=days)
            session.add(CallMinute(meeting_id=meeting_id, subject="p-b", begins_at=wrong, **FINE))
    viewer = await centre.sign_in(Role.VIEWER)
    answer = await viewer.get(f"/meetings/{meeting_id}/lines.csv")
    assert len(answer.text.splitlines()) == 4


async def test_a_meeting_without_minutes_says_so_and_one_that_is_none_is_not_found(
    centre: Centre,
) -> None:
    meeting_id = await meeting_of(centre)
    viewer = await centre.sign_in(Role.VIEWER)
    page = await viewer.get(f"/meetings/{meeting_id}/lines")
    assert "kept-lines-empty" in page.text and "kept-lines-csv" not in page.text
    for path in ("lines", "lines.csv"):
        assert (await viewer.get(f"/meetings/none/{path}")).status_code == 404


async def test_a_province_for_three_hours_is_one_page(centre: Centre) -> None:
    meeting_id = await meeting_of(centre)
    points = [f"p-{number}" for number in range(170)]
    unit = "unit,tinh,,,Tỉnh Thử,people_committee"
    rows = [f"point,tinh,,{one},Xã {one},people_committee" for one in points]
    head = "what,unit_id,parent_id,point_id,name,owner"
    places.import_file(
        centre.web.state, "\n".join([head, unit, *rows]).encode(), now=centre.time.now()
    )
    with writing(centre.web.state) as session:
        session.add_all(
            MeetingParticipant(meeting_id=meeting_id, point_id=one, position=9) for one in points
        )
    keep(centre, meeting_id, points, 180, rung_min=1)
    viewer = await centre.sign_in(Role.VIEWER)
    page = await viewer.get(f"/meetings/{meeting_id}/lines")
    assert page.text.count('data-testid="kept-p-') == 170
    assert len(page.text) < 400_000
