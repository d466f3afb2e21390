"""Tasks of meetings: noted, changed by two, done, listed over all meetings, in the minutes."""

import asyncio
import io
import zipfile
from datetime import date, timedelta

from icalendar import Calendar

from contracts.local_days import day_of
from controller.audit.service import Action, AuditLog
from controller.db.engine import writing
from controller.errors import Conflict
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.feed.service import UnitFeeds
from controller.meetings.tasks import task_queries
from controller.meetings.tasks.desk import MAX_TASKS, TaskDesk, TaskTyped
from controller.roles import Role
from tests.integration.controller.centre import Centre, Person, meeting_body
from tests.integration.controller.test_meeting_records import ended

HOSTILE = "=cmd|'/c calc'!A1 <script>alert('ạ')</script>"


async def add(person: Person, meeting_id: str, **task: str) -> int:
    answer = await person.post(f"/api/v1/meetings/{meeting_id}/tasks", {"text": "x", **task})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["task_id"])


async def put(person: Person, path: str, **body: object) -> int:
    return (await person.put(path, body)).status_code


async def states(person: Person, **query: str) -> list[str]:
    return [one["state"] for one in (await person.get("/api/v1/tasks", **query)).json()]


async def test_they_are_noted_done_and_found_when_overdue(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id, _ = await ended(centre, office)
    other, _ = await ended(centre, office, title="Họp <b>giao ban</b>")
    today = day_of(centre.time.now())
    late = (today - timedelta(days=1)).isoformat()
    first = await add(office, meeting_id, text=HOSTILE, owner="Sở Nội vụ", deadline=late)
    await add(office, other, text="Báo cáo", deadline=today.isoformat())
    await add(office, other, text="Không hạn")
    assert await states(viewer) == ["overdue", "open", "open"]
    assert await states(viewer, state="overdue") == ["overdue"]
    page = (await viewer.get("/meetings/tasks", show="overdue")).text
    assert "1 việc" in page
    assert "<script>alert" not in page
    assert "Quá hạn" in page
    for name in ("tasks.xlsx", "tasks.csv"):
        assert (await viewer.get(f"/meetings/{name}", show="overdue")).status_code == 200
    table = (await viewer.get("/meetings/tasks.csv")).text
    assert "\"'=cmd" in table or "'=cmd" in table
    done = f"/api/v1/meetings/{meeting_id}/tasks/{first}/done"
    assert await put(viewer, done, is_done=True) == 403
    assert await put(office, done, is_done=True) == 204
    assert await put(office, done, is_done=True) == 204
    assert await states(viewer, state="done") == ["done"]
    assert "Không có việc nào quá hạn" in (await viewer.get("/meetings/tasks", show="overdue")).text
    assert (await viewer.get("/meetings/tasks", show="x")).status_code == 400
    actions = [one.action for one in centre.web.part(AuditLog).newest(limit=10)]
    assert actions.count(Action.FINISH_TASK.value) == 1
    with writing(centre.web.state) as session:
        assert task_queries.forget(session, centre.time.now(), count=10) == 3


async def test_two_change_one_and_what_cannot_be_is_said(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, _ = await ended(centre, office)
    task_id = await add(office, meeting_id, text="Một")
    path = f"/api/v1/meetings/{meeting_id}/tasks/{task_id}"
    desk = centre.web.part(TaskDesk)

    def changed(number: int) -> bool:
        try:
            desk.change(meeting_id, task_id, TaskTyped(f"bản {number}"), 1)
        except Conflict:
            return False
        return True

    results = await asyncio.gather(*(asyncio.to_thread(changed, one) for one in range(6)))
    assert sorted(results) == [False] * 5 + [True]
    token = {"csrf_token": office.csrf_token}
    form = {"action": "change", "text": "của tôi", "owner": "", "deadline": "", "version": "1"}
    page = f"/meetings/{meeting_id}/tasks"
    refused = await office.client.post(f"{page}/{task_id}", data=form | token)
    assert refused.status_code == 409
    assert 'value="của tôi"' in refused.text
    for typed, word in (
        ({"text": " "}, "chưa được nhập"),
        ({"text": "x" * 501}, "501"),
        ({"text": "x", "deadline": "mai"}, "không phải là ngày"),
        ({"text": "x", "owner": "a\0"}, "không dùng được"),
    ):
        wrong = await office.client.post(page, data=typed | token)
        assert wrong.status_code == 422
        assert word in wrong.text
    assert await put(office, path, text="x", version=9) == 409
    assert (
        await put(office, f"/api/v1/meetings/{meeting_id}/tasks/{10**12}", text="x", version=1)
        == 422
    )
    other, _ = await ended(centre, office)
    assert (
        await put(office, f"/api/v1/meetings/{other}/tasks/{task_id}", text="x", version=2) == 404
    )
    removed = await office.client.post(f"{page}/{task_id}", data={"action": "remove"} | token)
    assert removed.status_code == 303
    assert "Chưa ghi việc nào" in (await office.get(page)).text
    coming = (await office.post("/api/v1/meetings", meeting_body(centre.time))).json()
    early = await office.post(f"/api/v1/meetings/{coming['meeting_id']}/tasks", {"text": "x"})
    assert early.status_code == 409


async def test_they_stand_in_the_minutes_and_are_locked_with_them(centre: Centre) -> None:
    office = await centre.sign_in()
    meeting_id, _ = await ended(centre, office)
    centre.web.part(RecordDesk).look()
    task_id = await add(office, meeting_id, text="Nộp báo cáo", owner="Xã B", deadline="2026-12-31")
    paper = await office.get(f"/meetings/{meeting_id}/minutes.docx")
    with zipfile.ZipFile(io.BytesIO(paper.content)) as packed:
        text = packed.read("word/document.xml").decode()
    assert "Nộp báo cáo" in text
    assert "31/12/2026" in text
    assert (await office.post(f"/api/v1/meetings/{meeting_id}/minutes/lock")).status_code == 200
    path = f"/api/v1/meetings/{meeting_id}/tasks/{task_id}"
    assert await put(office, path, text="khác", version=1) == 409
    assert await put(office, f"{path}/done", is_done=True) == 204
    page = (await office.get(f"/meetings/{meeting_id}/tasks")).text
    assert "Biên bản đã khóa" in page
    assert 'data-testid="task-new"' not in page


async def test_a_meeting_has_so_many(sqlite_centre: Centre) -> None:
    office = await sqlite_centre.sign_in()
    meeting_id, _ = await ended(sqlite_centre, office)
    desk = sqlite_centre.web.part(TaskDesk)
    for number in range(MAX_TASKS):
        desk.add(meeting_id, TaskTyped(f"{number}"), actor="lan")
    answer = await office.post(f"/api/v1/meetings/{meeting_id}/tasks", {"text": "x"})
    assert answer.json()["error"]["code"] == "too_many_tasks"


async def test_deadlines_are_days_of_a_calendar(centre: Centre) -> None:
    office, viewer = await centre.sign_in(), await centre.sign_in(Role.VIEWER)
    meeting_id, _ = await ended(centre, office)
    due = day_of(centre.time.now()) + timedelta(days=3)
    hostile = "BEGIN:VALARM; =cmd, <b>“x”</b>"
    one = await add(office, meeting_id, text=hostile, owner="Xã B", deadline=due.isoformat())
    other = await add(office, meeting_id, text="Không hạn", owner="Xã B")
    done = await add(office, meeting_id, text="Xong", owner="Xã C", deadline=due.isoformat())
    assert await put(office, f"/api/v1/meetings/{meeting_id}/tasks/{done}/done", is_done=True)

    def days(text: str) -> dict[str, date]:
        found = Calendar.from_ical(text).walk("VEVENT")
        return {str(one["summary"]): one.decoded("dtstart") for one in found}

    own, page = f"Hạn: {hostile}", f"/meetings/{meeting_id}/tasks"
    for path, said in (
        ("/meetings/tasks.ics", {own: due, "Đã xong: Xong": due}),
        ("/meetings/tasks.ics?show=open", {own: due}),
        ("/api/v1/tasks.ics?state=done", {"Đã xong: Xong": due}),
        (f"{page}.ics", {own: due, "Đã xong: Xong": due}),
        (f"{page}/{one}.ics", {own: due}),
    ):
        answer = await viewer.client.get(path)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8", answer.text
        assert days(answer.text) == said
    for path in (f"{page}/{other}.ics", f"{page}/999.ics"):
        assert (await viewer.get(path)).status_code == 404
    assert f"{page}/{one}.ics" in (await viewer.get(page)).text
    assert f"{page}/{other}.ics" not in (await viewer.get(page)).text
    # A unit's calendar has what the unit has still to do, and not what others have.
    feeds = centre.web.part(UnitFeeds)
    for unit_id, has in (("xa-b", True), ("xa-c", False), ("tinh", True)):
        link = feeds.make(unit_id, actor="office")
        assert (own in days((await centre.client().get(link)).text)) is has
