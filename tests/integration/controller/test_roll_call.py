"""The roll call: proposed, said, said by two at once, taken back, closed and opened again."""

import asyncio
import io
import zipfile
from datetime import timedelta

from sqlalchemy import insert

from controller.audit.service import Action, AuditLog
from controller.db.engine import reading, writing
from controller.meetings import event_queries
from controller.meetings.rollcall import roll_queries
from controller.meetings.rollcall.api import MAX_MARKS
from controller.meetings.rollcall.desk import MAX_ENTRIES, RollDesk, RollWish
from controller.meetings.rollcall.rules import RollMark, RollState
from controller.meetings.tables import Meeting, MeetingEvent
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body

HOSTILE = "<script>alert('ạ')</script> & \"Sở\""


async def begun(centre: Centre, office: Person, minutes: int = 20) -> str:
    """Set a meeting that began some minutes ago, and return its id."""
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    meeting_id = str(made.json()["meeting_id"])
    begins_at = centre.time.now() - timedelta(minutes=minutes)
    with writing(centre.web.state) as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.begins_at, meeting.ends_at = begins_at, begins_at + timedelta(hours=2)
        meeting.state, meeting.live_at = "live", begins_at
    return meeting_id


def joins(centre: Centre, meeting_id: str, point_id: str, minutes_ago: int) -> None:
    at = centre.time.now() - timedelta(minutes=minutes_ago)
    with writing(centre.web.state) as session:
        event_queries.record(session, meeting_id, "joined", now=at, point_id=point_id)


async def rows(person: Person, meeting_id: str) -> dict[str, dict[str, object]]:
    shown = (await person.get(f"/api/v1/meetings/{meeting_id}/roll-call")).json()
    return {one["subject"]: one for one in shown["rows"]}


async def put(office: Person, meeting_id: str, **mark: object) -> int:
    answer = await office.put(f"/api/v1/meetings/{meeting_id}/roll-call", {"marks": [mark]})
    return answer.status_code


async def act(office: Person, meeting_id: str, name: str, body: object = None) -> int:
    path = f"/api/v1/meetings/{meeting_id}/roll-call/{name}"
    return (await office.post(path, body)).status_code


async def test_it_is_proposed_from_the_log_and_confirmed_in_one_act(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    assert {one["proposed"] for one in (await rows(office, meeting_id)).values()} == {None}
    joins(centre, meeting_id, "p-chair", 22)
    joins(centre, meeting_id, "p-b", 8)
    shown = await rows(office, meeting_id)
    assert list(shown) == ["p-chair", "p-b", "p-c"]
    assert [one["proposed"] for one in shown.values()] == ["present", "late", "absent"]
    assert {one["state"] for one in shown.values()} == {"uncalled"}
    assert await put(office, meeting_id, subject="p-c", state="substitute", detail=HOSTILE) == 204
    assert await act(office, meeting_id, "confirm") == 204
    shown = await rows(office, meeting_id)
    assert [one["state"] for one in shown.values()] == ["present", "late", "substitute"]
    assert (shown["p-b"]["late_min"], shown["p-c"]["detail"]) == (12, HOSTILE)
    page = (await office.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "Muộn 12 phút" in page
    assert HOSTILE not in page
    sheet = (await office.get(f"/meetings/{meeting_id}/roll-call/sheet")).text
    assert "Người thay: &lt;script&gt;" in sheet


async def test_what_is_confirmed_stands_and_what_changes_is_beside_it(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    joins(centre, meeting_id, "p-chair", 22)
    await act(office, meeting_id, "confirm")
    await put(office, meeting_id, subject="p-c", detail="mất điện")
    joins(centre, meeting_id, "p-c", 1)
    row = (await rows(office, meeting_id))["p-c"]
    assert (row["state"], row["detail"], row["is_overtaken"]) == ("absent", "mất điện", True)
    assert (row["proposed"], row["proposed_late_min"]) == ("late", 19)
    page = (await office.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "Nhật ký nay cho thấy: Muộn 19 phút" in page
    assert "Vắng: mất điện" in page


async def test_two_say_something_at_once_and_nothing_is_lost(centre: Centre) -> None:
    office, admin = await centre.sign_in(), await centre.sign_in(Role.ADMIN)
    meeting_id = await begun(centre, office)
    desk = centre.web.part(RollDesk)
    wishes = [
        (name, RollWish(subject, state, heads=number))
        for number, state in enumerate((RollState.PRESENT, RollState.ABSENT) * 4)
        for subject in ("p-chair", "p-b", "p-c")
        for name in ("office", "admin")
    ]
    await asyncio.gather(
        *(asyncio.to_thread(desk.mark, meeting_id, [one], actor=name) for name, one in wishes)
    )
    with reading(centre.web.state) as session:
        call, kept = roll_queries.get(session, meeting_id), roll_queries.marks(session, meeting_id)
        assert call.acts == roll_queries.entry_count(session, meeting_id) > len(kept) == 3
    await put(office, meeting_id, subject="p-b", state="late", late_min=7)
    await put(admin, meeting_id, subject="p-b", state="absent", detail="bận việc khác")
    page = (await office.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "trước đó: Muộn 7 phút (office)" in page
    # One's own last act only: what the other said on the row since stays.
    assert await act(office, meeting_id, "undo") == 204
    assert (await rows(office, meeting_id))["p-b"]["state"] == "absent"


async def test_acts_are_taken_back_one_by_one(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    joins(centre, meeting_id, "p-chair", 22)
    await put(office, meeting_id, subject="p-b", state="absent", heads=None)
    await put(office, meeting_id, subject="p-b", state="absent")  # says nothing new
    await act(office, meeting_id, "confirm")
    states = [one["state"] for one in (await rows(office, meeting_id)).values()]
    assert states == ["present", "absent", "absent"]
    assert await act(office, meeting_id, "undo") == 204
    states = [one["state"] for one in (await rows(office, meeting_id)).values()]
    assert states == ["uncalled", "absent", "uncalled"]
    assert await act(office, meeting_id, "undo") == 204
    assert await act(office, meeting_id, "undo") == 409


async def test_closed_it_says_what_it_says_until_it_is_opened_for_a_reason(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    joins(centre, meeting_id, "p-chair", 22)
    await act(office, meeting_id, "confirm")
    assert await act(office, meeting_id, "close") == 204
    for name in ("close", "confirm", "undo"):
        assert await act(office, meeting_id, name) == 409
    assert await put(office, meeting_id, subject="p-b", state="present") == 409
    page = (await office.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "office chốt lúc" in page
    assert "khi đang họp (điểm danh lần đầu)" in page
    assert 'name="mark"' not in page
    assert await act(office, meeting_id, "reopen", {"reason": "  "}) == 422
    assert await act(office, meeting_id, "reopen", {"reason": "Ghi nhầm Xã B"}) == 204
    assert await put(office, meeting_id, subject="p-b", state="present") == 204
    log = (await office.get(f"/meetings/{meeting_id}/log")).text
    assert "Điểm danh đã chốt" in log
    assert "Mở lại điểm danh: Ghi nhầm Xã B" in log
    entries = centre.web.part(AuditLog).newest(limit=20)
    assert {Action.CALL_ROLL.value, Action.CLOSE_ROLL.value} < {one.action for one in entries}
    reopened = [one.detail for one in entries if one.action == Action.REOPEN_ROLL.value]
    assert reopened == ["Ghi nhầm Xã B"]


async def test_what_cannot_be_called_is_refused_with_a_sentence(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id = await begun(centre, office)
    for mark, status in (
        ({"subject": "p-x", "state": "present"}, 404),
        ({"subject": "p-b", "state": "asleep"}, 422),
        ({"subject": "p-b", "state": "absent", "detail": "x" * 121}, 422),
        ({"subject": "p-b", "state": "absent", "detail": "a\0b"}, 422),
        ({"subject": "p-b", "heads": -1}, 422),
        ({"subject": "p-b", "heads": 5001}, 422),
        ({"subject": "p-b", "late_min": 10**30}, 422),
    ):
        assert await put(office, meeting_id, **mark) == status, mark
    assert {one["state"] for one in (await rows(viewer, meeting_id)).values()} == {"uncalled"}
    assert await put(viewer, meeting_id, subject="p-b", state="present") == 403
    page = (await viewer.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "Chưa gọi" in page
    assert 'name="mark"' not in page
    draft = await office.post("/api/v1/meetings", meeting_body(centre.time, is_draft=True))
    assert await put(office, draft.json()["meeting_id"], subject="p-b", state="present") == 409
    coming = await office.post("/api/v1/meetings", meeting_body(centre.time))
    assert await put(office, coming.json()["meeting_id"], subject="p-b", state="absent") == 204
    assert await act(office, coming.json()["meeting_id"], "close") == 409


async def test_guests_by_a_link_are_called_after_the_points(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    token = {"csrf_token": office.csrf_token}
    form = {"name": HOSTILE[:40], "may_speak": "yes"} | token
    await office.client.post(f"/meetings/{meeting_id}/guests", data=form)
    subject = list(await rows(office, meeting_id))[-1]
    assert subject.startswith("person:guest-")
    page = f"/meetings/{meeting_id}/roll-call"
    assert "chưa đếm số người" in (await office.get(page)).text
    pressed = await office.client.post(f"{page}/marks", data={"mark": f"present {subject}"} | token)
    assert (pressed.status_code, pressed.headers["location"]) == (303, page)
    noted = {"subject": subject, "detail": "ghi chú", "late_min": "", "heads": "3"}
    await office.client.post(f"{page}/marks", data=noted | token)
    row = (await rows(office, meeting_id))[subject]
    assert (row["state"], row["detail"], row["heads"]) == ("present", "ghi chú", 3)
    shown = (await office.get(page)).text
    assert "chưa đếm số người" not in shown
    assert "3 người, " not in shown
    assert "3 người" in shown
    wrong = await office.client.post(f"{page}/marks", data=noted | {"heads": "ba"} | token)
    assert wrong.status_code == 422
    # Closed, the list is of those who were invited then, whatever becomes of links.
    closed = await rows(office, meeting_id)
    assert await act(office, meeting_id, "close") == 204
    guests = f"/meetings/{meeting_id}/guests"
    guest_id = subject.removeprefix("person:")
    gone = await office.client.post(f"{guests}/{guest_id}", data={"action": "withdraw"} | token)
    assert gone.status_code < 400
    centre.time.offset += timedelta(seconds=1)
    await office.client.post(guests, data={"name": "Người mới", "may_speak": "no"} | token)
    assert await rows(office, meeting_id) == closed
    assert await act(office, meeting_id, "reopen", {"reason": "Có người mới"}) == 204
    assert subject not in await rows(office, meeting_id)
    assert "Số người phải là số từ 0 đến 5000" in wrong.text
    for query, status in (("show=present", 200), ("show=late", 200), ("show=x", 400)):
        answer = await office.client.get(f"{page}?{query}")
        assert answer.status_code == status
    assert "Không có ai ở kết quả này" in (await office.client.get(f"{page}?show=late")).text


async def test_in_person_it_is_called_without_a_log_and_goes_out_as_a_table(
    sqlite_centre: Centre,
) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await begun(sqlite_centre, office)
    with writing(sqlite_centre.web.state) as session:
        session.get_one(Meeting, meeting_id).held_as = "in_person"
    assert "roll-call-link" in (await office.get(f"/meetings/{meeting_id}")).text
    assert {one["proposed"] for one in (await rows(office, meeting_id)).values()} == {None}
    await put(office, meeting_id, subject="p-b", state="absent", detail="=1+1", heads=0)
    page = (await office.get(f"/meetings/{meeting_id}/roll-call")).text
    assert "chưa vào" not in page
    sheet = await office.get(f"/meetings/{meeting_id}/roll-call.xlsx")
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    for text in ("STT", "Rời lúc", "Xã B", "Vắng", "=1+1"):
        assert f">{text}</t>" in texts
    assert "<f>" not in cells


async def test_so_many_entries_are_kept_and_no_more(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id = await begun(sqlite_centre, office)
    mark = RollMark(RollState.PRESENT, actor="admin", at=sqlite_centre.time.now())
    with writing(sqlite_centre.web.state) as session:
        roll_queries.claimed(session, meeting_id)
        roll_queries.add(session, meeting_id, 0, [("p-b", mark)] * (MAX_ENTRIES - 1))
    assert await put(office, meeting_id, subject="p-b", state="absent") == 204
    assert await put(office, meeting_id, subject="p-b", state="late") == 409
    assert (await rows(office, meeting_id))["p-b"]["state"] == "absent"
    many = [{"subject": "p-b"}] * (MAX_MARKS + 1)
    path = f"/api/v1/meetings/{meeting_id}/roll-call"
    assert (await office.put(path, {"marks": many})).status_code == 422


async def test_so_much_coming_and_going_is_looked_through(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id, now = await begun(sqlite_centre, office), sqlite_centre.time.now()
    event = {"meeting_id": meeting_id, "kind": "joined", "recorded_at": now, "subject": ""}
    early = event | {"point_id": "p-b", "happened_at": now - timedelta(minutes=30)}
    late = event | {"point_id": "p-c", "happened_at": now - timedelta(minutes=1)}
    rest = {"actor": "", "detail": ""}
    with writing(sqlite_centre.web.state) as session:
        told = [early | rest] * roll_queries.MAX_MOVEMENTS + [late | rest]
        session.connection().execute(insert(MeetingEvent), told)
    shown = await rows(office, meeting_id)
    assert (shown["p-b"]["proposed"], shown["p-c"]["proposed"]) == ("present", "absent")


async def test_old_roll_calls_leave_with_the_log(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id = await begun(centre, office)
    for subject in ("p-chair", "p-b", "p-c"):
        await put(office, meeting_id, subject=subject, state="present")
    await office.post(f"/api/v1/meetings/{meeting_id}/end")
    limit = centre.time.now() + timedelta(days=1)
    removed = []
    for _ in range(4):
        with writing(centre.web.state) as session:
            removed.append(roll_queries.forget(session, limit, count=2))
    assert removed == [2, 1, 1, 0]
