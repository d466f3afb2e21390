"""What is to be done after meetings: of one, and of all, with what is taken home of it."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.local_days import day_in_name, day_of
from controller import spreadsheet
from controller.errors import BadEntry, BadRequest, Conflict, NotFound
from controller.meetings import calendar_file, meeting_queries
from controller.meetings.guests import service as guests
from controller.meetings.minutes import service as minutes
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.meetings.tasks import deadlines, task_queries
from controller.meetings.tasks.acts import TaskActs
from controller.meetings.tasks.desk import TaskTyped
from controller.meetings.tasks.rules import TaskState
from controller.meetings.tasks.tables import MeetingTask
from controller.meetings.views import tasks as view
from controller.meetings.views.tasks import AllTasksView, TasksFacts
from controller.papers.service import file_name
from controller.places import service as places
from controller.roles import Role
from controller.web.download import csv_download, download
from controller.web.names import page_origin
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, local_path, text_of

router = APIRouter(include_in_schema=False)
# Its addresses come before those of a meeting of any name.
ADDRESS = "/meetings/tasks"
MOST_SHOWN, MOST_TAKEN = 500, 10_000


@router.get(ADDRESS)
def listed(asked: Asked) -> Response:
    """Show tasks of all meetings."""
    return asked.page("meetings/all_tasks.html", "meetings", view=_all(asked, MOST_SHOWN))


@router.get(f"{ADDRESS}.xlsx")
def as_xlsx(asked: Asked) -> Response:
    """Return the same as a workbook."""
    columns, rows = view.table(asked.words, _all(asked, MOST_TAKEN).lines)
    title = asked.words.gettext("Tasks")
    content = spreadsheet.as_xlsx(title, columns, rows, made_at=asked.now)
    return download(content, "viec-phai-lam.xlsx", spreadsheet.XLSX)


@router.get(f"{ADDRESS}.csv")
def as_csv(asked: Asked) -> Response:
    """Return the same as CSV."""
    columns, rows = view.table(asked.words, _all(asked, MOST_TAKEN).lines)
    return csv_download(spreadsheet.as_csv(columns, rows), "viec-phai-lam.csv")


@router.get(f"{ADDRESS}.ics")
def as_ics(asked: Asked) -> Response:
    """Return their deadlines for calendars."""
    wanted = _wanted(asked.request.query_params.get("show", ""))
    rows = task_queries.found(asked.state, wanted, today=day_of(asked.now), most=MOST_TAKEN)
    return _calendar(asked, rows, "viec-phai-lam.ics")


@router.get("/meetings/{meeting_id}/tasks.ics")
def as_ics_of_meeting(asked: Asked) -> Response:
    """Return the deadlines of a meeting's tasks for calendars."""
    meeting = found(asked.state, asked.named("meeting_id"))
    rows = task_queries.of_meeting(asked.state, meeting.meeting_id)
    stem = file_name("viec-phai-lam", day_in_name(meeting.begins_at), meeting.title)
    return _calendar(asked, [(row, meeting) for row in rows], f"{stem}.ics")


@router.get("/meetings/{meeting_id}/tasks/{task_id}.ics")
def as_ics_of_one(asked: Asked) -> Response:
    """Return the deadline of one task for calendars."""
    meeting, number = found(asked.state, asked.named("meeting_id")), _number(asked.named("task_id"))
    rows = [
        (row, meeting)
        for row in task_queries.of_meeting(asked.state, meeting.meeting_id)
        if row.task_id == number and row.deadline is not None
    ]
    if not rows:
        raise NotFound("hạn của việc phải làm", "deadline of a task")
    return _calendar(asked, rows, f"viec-phai-lam-{number}.ics")


@router.get("/meetings/{meeting_id}/tasks")
def of_meeting(asked: Asked) -> Response:
    """Show a meeting's tasks."""
    return _page(asked, _facts(asked))


@router.post("/meetings/{meeting_id}/tasks")
def add(asked: AskedByOffice, acts: TaskActs, meeting_id: str, form: Sent) -> Response:
    """Note a task; what is wrong is said in its form."""
    typed = TaskTyped(text_of(form, "text"), text_of(form, "owner"), text_of(form, "deadline"))
    try:
        acts.add(meeting_id, typed)
    except (BadEntry, Conflict) as exc:
        return _refused(asked, exc, typed, 0)
    return _back(meeting_id)


@router.post("/meetings/{meeting_id}/tasks/{task_id}")
def act(
    asked: AskedByOffice, acts: TaskActs, meeting_id: str, task_id: str, form: Sent
) -> Response:
    """Change a task, say that it is done or is not, or take it out."""
    number = _number(task_id)
    typed = TaskTyped(text_of(form, "text"), text_of(form, "owner"), text_of(form, "deadline"))
    try:
        match text_of(form, "action"):
            case "change":
                acts.change(meeting_id, number, typed, _number(text_of(form, "version")))
            case "done":
                acts.set_done(meeting_id, number, is_done=True)
            case "undone":
                acts.set_done(meeting_id, number, is_done=False)
            case "remove":
                acts.remove(meeting_id, number)
            case _:
                raise _unusable()
    except (BadEntry, Conflict) as exc:
        return _refused(asked, exc, typed, number)
    back = text_of(form, "back")
    return RedirectResponse(local_path(back), status_code=303) if back else _back(meeting_id)


def _refused(
    asked: PageRequest, exc: BadEntry | Conflict, typed: TaskTyped, chosen: int
) -> Response:
    problem = exc.said_in(asked.words.code)
    facts = replace(_facts(asked), typed=typed, chosen=chosen, problem=problem)
    return _page(asked, facts, status=exc.status)


def _page(asked: PageRequest, facts: TasksFacts, *, status: int = 200) -> Response:
    shown = view.view(asked.words, asked.now, facts)
    return asked.page("meetings/tasks.html", "meetings", status=status, view=shown)


def _facts(asked: PageRequest) -> TasksFacts:
    meeting = found(asked.state, asked.named("meeting_id"))
    rows = task_queries.of_meeting(asked.state, meeting.meeting_id)
    order = meeting_queries.participants(asked.state, meeting.meeting_id)
    known = places.points_by_id(asked.state, order)
    units = places.unit_names(asked.state, {one.unit_id for one in known.values()})
    return TasksFacts(
        meeting=meeting,
        rows=rows,
        people=guests.called(asked.state, {one.done_by for one in rows}),
        owners=sorted({*units.values(), *(one.name for one in known.values())}),
        is_locked=bool(minutes.locked(asked.state, [meeting.meeting_id])),
        is_office=asked.person.may(Role.OFFICE),
    )


def _all(asked: PageRequest, most: int) -> AllTasksView:
    wanted = _wanted(asked.request.query_params.get("show", ""))
    rows = task_queries.found(asked.state, wanted, today=day_of(asked.now), most=most)
    people = guests.called(asked.state, {row.done_by for row, _ in rows})
    return view.all_of(
        asked.words,
        asked.now,
        rows,
        people,
        wanted,
        most=most,
        can_act=asked.person.may(Role.OFFICE),
    )


def _calendar(
    asked: PageRequest, rows: Iterable[tuple[MeetingTask, Meeting]], name: str
) -> Response:
    days = deadlines.due_days(rows, page_origin(asked.web.settings, asked.request))
    text = calendar_file.deadlines(asked.words.gettext("Tasks"), days)
    return download(text, name, calendar_file.KIND)


def _wanted(text: str) -> TaskState | None:
    try:
        return TaskState(text) if text else None
    except ValueError as exc:
        raise _unusable() from exc


def _number(text: str) -> int:
    try:
        return numbers.whole(text, most=2**31 - 1)
    except MalformedNumber as exc:
        raise _unusable() from exc


def _unusable() -> BadRequest:
    return BadRequest(
        "invalid_request",
        "Trang gửi một việc không có. Tải lại trang rồi thử lại.",
        "The page asked for something that does not exist. Reload it and try again.",
    )


def _back(meeting_id: str) -> Response:
    return RedirectResponse(f"/meetings/{quote(meeting_id)}/tasks", status_code=303)
