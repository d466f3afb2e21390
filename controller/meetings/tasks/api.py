"""Tasks of meetings, for programs."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from contracts.local_days import day_of
from controller.meetings import calendar_file
from controller.meetings.refusals import found
from controller.meetings.tasks import deadlines, task_queries
from controller.meetings.tasks.acts import TaskActs
from controller.meetings.tasks.desk import TaskTyped
from controller.meetings.tasks.rules import TaskState, state_of
from controller.meetings.tasks.tables import MeetingTask
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.download import download
from controller.web.names import page_origin
from controller.web.schemas import Input, RowNumber

router = APIRouter(prefix="/api/v1", tags=["meetings"])
MOST_LISTED = 2000


class TaskIn(Input):
    """A task; `deadline` is a day as 2026-12-31, or empty."""

    text: Annotated[str, Field(max_length=5000)]
    owner: Annotated[str, Field(max_length=1000)] = ""
    deadline: Annotated[str, Field(max_length=20)] = ""

    def typed(self) -> TaskTyped:
        """Return it as a form has it."""
        return TaskTyped(self.text, self.owner, self.deadline)


class TaskChangeIn(TaskIn):
    """A task as it is to be; `version`: that on which it was typed."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class TaskDoneIn(Input):
    """Whether it is done."""

    is_done: bool


class TaskOut(BaseModel):
    """One thing that is to be done."""

    task_id: int
    meeting_id: str
    version: int
    text: str
    owner: str
    deadline: date | None
    state: TaskState
    made_at: datetime
    made_by: str
    done_at: datetime | None
    done_by: str

    @classmethod
    def of(cls, row: MeetingTask, today: date) -> "TaskOut":
        """Return one as the API shows it."""
        return cls(
            task_id=row.task_id or 0,
            meeting_id=row.meeting_id,
            version=row.version,
            text=row.text,
            owner=row.owner,
            deadline=row.deadline,
            state=state_of(row.deadline, row.done_at, today=today),
            made_at=row.made_at,
            made_by=row.made_by,
            done_at=row.done_at,
            done_by=row.done_by,
        )


class TaskIdOut(BaseModel):
    """The number of a task."""

    task_id: int


@router.get("/tasks")
def listed(
    web: WebParts, session: StateSession, _: Viewer, state: TaskState | None = None
) -> list[TaskOut]:
    """Return tasks of all meetings, the nearest deadline first; at most 2,000."""
    today = day_of(web.now())
    rows = task_queries.found(session, state, today=today, most=MOST_LISTED)
    return [TaskOut.of(row, today) for row, _ in rows]


@router.get("/tasks.ics")
def as_ics(
    web: WebParts,
    session: StateSession,
    _: Viewer,
    request: Request,
    state: TaskState | None = None,
) -> Response:
    """Return the deadlines of tasks of all meetings for calendars (RFC 5545)."""
    rows = task_queries.found(session, state, today=day_of(web.now()), most=MOST_LISTED)
    days = deadlines.due_days(rows, page_origin(web.settings, request))
    text = calendar_file.deadlines("Việc phải làm", days)
    return download(text, "viec-phai-lam.ics", calendar_file.KIND)


@router.get("/meetings/{meeting_id}/tasks")
def of_meeting(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> list[TaskOut]:
    """Return the tasks of a meeting."""
    found(session, meeting_id)
    today = day_of(web.now())
    return [TaskOut.of(row, today) for row in task_queries.of_meeting(session, meeting_id)]


@router.post("/meetings/{meeting_id}/tasks", status_code=201)
def add(acts: TaskActs, meeting_id: str, form: TaskIn) -> TaskIdOut:
    """Note a task."""
    return TaskIdOut(task_id=acts.add(meeting_id, form.typed()))


@router.put("/meetings/{meeting_id}/tasks/{task_id}", status_code=204)
def change(acts: TaskActs, meeting_id: str, task_id: RowNumber, form: TaskChangeIn) -> None:
    """Change a task; 409 where somebody else has since."""
    acts.change(meeting_id, task_id, form.typed(), form.version)


@router.put("/meetings/{meeting_id}/tasks/{task_id}/done", status_code=204)
def set_done(acts: TaskActs, meeting_id: str, task_id: RowNumber, form: TaskDoneIn) -> None:
    """Say that a task is done, or is not."""
    acts.set_done(meeting_id, task_id, is_done=form.is_done)


@router.delete("/meetings/{meeting_id}/tasks/{task_id}", status_code=204)
def remove(acts: TaskActs, meeting_id: str, task_id: RowNumber) -> None:
    """Take a task out."""
    acts.remove(meeting_id, task_id)
