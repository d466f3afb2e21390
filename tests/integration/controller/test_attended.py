"""What is found of a meeting afterwards: who came, all that happened, the move to take back."""

from datetime import timedelta

from contracts.ids import PointId
from controller.db.engine import writing
from controller.meetings import event_queries
from controller.meetings.pages import meeting_log
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_over import begun

# More than a page of the log has, and than one reading of it takes.
MANY = 1100


def come(centre: Centre, meeting_id: str, point_id: str, times: int = 1) -> None:
    """Write into the log that a point came in again and again."""
    now = centre.time.now()
    with writing(centre.web.state) as session:
        for number in range(times):
            at = now + timedelta(milliseconds=number)
            kind = "left" if number % 2 else "joined"
            event_queries.record(session, meeting_id, kind, now=at, point_id=PointId(point_id))


async def test_an_ended_meeting_says_who_came_and_who_did_not(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    come(centre, meeting_id, "p-chair")
    live = (await office.get(f"/meetings/{meeting_id}")).text
    assert "Không vào họp" not in live
    await office.post(f"/api/v1/meetings/{meeting_id}/end")
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "1 trên 2 có vào họp" in page and "Điểm cầu 1/2" in page
    seat = page.partition('data-testid="seat-p-b"')[2].partition("</li>")[0]
    assert "không vào họp" in seat
    seat = page.partition('data-testid="seat-p-chair"')[2].partition("</li>")[0]
    assert "vào lúc" in seat
    assert "không vào họp" not in seat


async def test_a_meeting_whose_log_is_gone_says_of_nobody_that_they_stayed_away(
    centre: Centre,
) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    await office.post(f"/api/v1/meetings/{meeting_id}/end")
    with writing(centre.web.state) as session:
        event_queries.forget_before(session, centre.time.now() + timedelta(days=1), count=100)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert "không vào họp" not in page


async def test_a_move_is_taken_back_however_many_came_and_went_since(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    grant = {"action": "grant", "point_id": "p-b"}
    await office.post(f"/api/v1/meetings/{meeting_id}/floor", grant)
    centre.time.offset += timedelta(seconds=1)
    come(centre, meeting_id, "p-chair", MANY)
    page = (await office.get(f"/meetings/{meeting_id}")).text
    assert 'data-testid="undo"' in page
    assert "đã phát biểu" not in page  # it has the floor now
    assert 'data-testid="whole-log"' in page
    assert page.count('data-key="e') == 60


async def test_the_whole_log_is_a_page_of_its_own(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(office, centre)
    come(centre, meeting_id, "p-chair", MANY)
    page = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert page.count('data-key="e') == MANY + 2
    come(centre, meeting_id, "p-b", meeting_log.MAX_LINES - MANY)
    page = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert page.count('data-key="e') == meeting_log.MAX_LINES
    assert "5.000 dòng cuối" in page
    assert (await office.get("/meetings/nothing/log")).status_code == 404
