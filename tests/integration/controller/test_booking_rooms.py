"""What the form of a meeting says of its rooms: whose yes they need, and those of another day."""

from collections.abc import Mapping
from datetime import timedelta

from contracts.local_days import ZONE
from controller.places.changing import TreeDesk
from tests.integration.controller.centre import Centre, Person
from tests.integration.controller.test_room_holds import agreed_for, appoint, booked, say, states
from tests.integration.controller.test_tree_changes import ending

__all__ = ["agreed_for"]

Setting = tuple[Centre, Person, Person]
DAY = timedelta(days=1)


def form(person: Person, centre: Centre, *points: str, days: int = 3) -> dict[str, object]:
    begins = (centre.time.now() + days * DAY).astimezone(ZONE)
    return {
        "csrf_token": person.csrf_token,
        "classification": "normal",
        "date": f"{begins:%Y-%m-%d}",
        "begins": f"{begins:%H:%M}",
        "minutes": "60",
        "chair_point_id": "p-chair",
        "participants": list(points),
    }


async def said(person: Person, fields: Mapping[str, object]) -> str:
    answer = await person.client.post("/parts/booking/rooms", data=fields)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_form_says_whose_yes_a_room_needs_as_it_is_chosen(agreed_for: Setting) -> None:
    centre, office, viewer = agreed_for
    assert "yes-needed" not in await said(office, form(office, centre, "p-b"))
    note = await said(office, form(office, centre, "p-b", "p-c"))
    assert 'data-testid="yes-council"' in note
    assert "Xã C" in note
    assert "Xã B" not in note
    page = (await office.get("/meetings/new")).text
    assert page.count("choice-note") == 1
    assert (await viewer.client.post("/parts/booking/rooms", data={})).status_code == 403
    # What is answered for is asked anew only where the meeting leaves its hours.
    meeting_id = await booked(office, centre)
    assert await say(viewer, meeting_id) == 200
    own = {"changes": meeting_id, "csrf_token": office.csrf_token, "chair_point_id": "p-chair"}
    kept = own | {"participants": ["p-b", "p-c"]}
    assert "yes-needed" not in await said(office, kept)
    assert "yes-council" in await said(office, form(office, centre, "p-c", days=9) | kept)
    await appoint(centre, "office")  # who agrees for the council asks nobody
    assert "yes-needed" not in await said(office, form(office, centre, "p-c"))


async def test_points_are_offered_as_they_are_at_the_meetings_hour(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    office, now = await centre.sign_in(), centre.web.now()
    desk = centre.web.part(TreeDesk)
    assert desk.take(ending(now + 2 * DAY, "p-b"), basis="", actor="admin")
    before, after = (form(office, centre, "p-b", "p-c", days=one) for one in (1, 3))
    at = {"offered_at": now.isoformat()}
    assert "other-points" not in await said(office, before | at)
    note = await said(office, after | at)
    assert "Xã B" in note
    assert "show-points" in note
    page = await office.client.post("/meetings/new", data=after | {"show_points": "1"})
    assert page.status_code == 200
    assert 'value="p-c" checked' in page.text
    assert 'value="p-b"' not in page.text
    assert "Xã B" in page.text  # said to be not there
    page = await office.client.post("/meetings/new", data=before | {"show_points": "1"})
    assert 'value="p-b" checked' in page.text
    for bad in ("x", "2026-01-01", "9" * 400):
        assert "show-points" not in await said(office, after | {"offered_at": bad})


async def test_lists_say_which_rooms_wait_and_the_overview_leads_there(
    agreed_for: Setting,
) -> None:
    centre, office, viewer = agreed_for
    assert 'href="/approvals"' not in (await viewer.get("/")).text
    meeting_id = await booked(office, centre)
    assert await states(office, meeting_id) == {"p-c": "asked"}
    assert "chờ đồng ý 0/1 phòng" in (await office.get("/meetings")).text
    assert "Chờ duyệt phòng: 1" in (await viewer.get("/")).text
    assert 'href="/approvals"' not in (await office.get("/")).text
    assert await say(viewer, meeting_id, is_yes=False, reason="Đang sửa") == 200
    assert "1 phòng không được đồng ý" in (await office.get("/meetings")).text
    assert 'href="/approvals"' not in (await viewer.get("/")).text
