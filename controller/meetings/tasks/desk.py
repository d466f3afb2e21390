"""Tasks of meetings are noted, changed, done and taken out.

Each function is one transaction. What stands in locked minutes is not changed; it is done all the
same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import Conflict, NotFound
from controller.meetings import meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.minutes import service as minutes
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.tasks import task_queries
from controller.meetings.tasks.tables import MeetingTask

MAX_TEXT_CHARS, MAX_OWNER_CHARS = 500, 120
MAX_TASKS, MAX_EVER = 200, 1000
_TEXT = Label("Việc phải làm", "The task")
_OWNER = Label("Người thực hiện", "Who does it")
_DEADLINE = Label("Hạn", "The deadline")


@dataclass(frozen=True, slots=True)
class TaskTyped:
    """A task as somebody types it; `deadline` as browsers send a day, or empty."""

    text: str
    owner: str = ""
    deadline: str = ""


@dataclass(frozen=True, slots=True)
class TaskKept:
    """A task as it is kept."""

    text: str
    owner: str
    deadline: date | None


@dataclass(frozen=True, slots=True)
class TaskDesk:
    """Where they are held. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def add(self, meeting_id: str, typed: TaskTyped, *, actor: str) -> int:
        """Note a task; return its number.

        Raises:
            BadEntry: it cannot be kept, and why.
            Conflict: the minutes are locked, there are too many, or it is not their time.
        """
        kept, now = checked(typed), self.now()
        with writing(self.state) as session:
            _open(session, meeting_id)
            there, ever = task_queries.counts(session, meeting_id)
            if there >= MAX_TASKS or ever >= MAX_EVER:
                raise Conflict(
                    "too_many_tasks",
                    f"Cuộc họp này đã có {there} việc, không ghi thêm được.",
                    f"This meeting has {there} tasks; there is no room for more.",
                )
            row = MeetingTask(
                meeting_id=meeting_id,
                text=kept.text,
                owner=kept.owner,
                deadline=kept.deadline,
                made_at=now,
                made_by=actor,
            )
            session.add(row)
            session.flush()
            return row.task_id or 0

    def change(self, meeting_id: str, task_id: int, typed: TaskTyped, version: int) -> None:
        """Change a task.

        Args:
            version: that on which it was typed.

        Raises:
            Conflict: somebody has changed it since, or the minutes are locked.
        """
        kept = checked(typed)
        with writing(self.state) as session:
            _open(session, meeting_id)
            row = _claimed(session, meeting_id, task_id)
            if row.version != version:
                raise Conflict(
                    "task_changed",
                    "Việc này vừa được người khác sửa. Xem lại rồi sửa tiếp.",
                    "Somebody else has just changed this task. Look at it again.",
                )
            row.text, row.owner, row.deadline = kept.text, kept.owner, kept.deadline
            row.version += 1
            session.add(row)

    def set_done(self, meeting_id: str, task_id: int, *, is_done: bool, actor: str) -> bool:
        """Say that a task is done, or is not; return whether that is new."""
        now = self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            row = _claimed(session, meeting_id, task_id)
            if (row.done_at is not None) is is_done:
                return False
            row.done_at, row.done_by = (now, actor) if is_done else (None, "")
            row.version += 1
            session.add(row)
            return True

    def remove(self, meeting_id: str, task_id: int) -> str:
        """Take a task out; return what it was."""
        now = self.now()
        with writing(self.state) as session:
            _open(session, meeting_id)
            row = _claimed(session, meeting_id, task_id)
            row.removed_at = now
            row.version += 1
            session.add(row)
            return row.text


def checked(typed: TaskTyped) -> TaskKept:
    """Return what was typed as it is kept.

    Raises:
        BadEntry: it cannot be, and why.
    """
    deadline = entered.day(_DEADLINE, typed.deadline) if typed.deadline.strip() else None
    return TaskKept(
        entered.line(_TEXT, typed.text, most=MAX_TEXT_CHARS),
        entered.line(_OWNER, typed.owner, most=MAX_OWNER_CHARS, least=0),
        deadline,
    )


def _open(session: Session, meeting_id: str) -> None:
    meeting = found(session, meeting_id)
    meeting_queries.claim(session, meeting_id)
    if MeetingPhase(meeting.state) not in (MeetingPhase.LIVE, MeetingPhase.ENDED):
        raise wrong_phase(meeting, "giao việc", "given tasks")
    if minutes.locked(session, [meeting_id]):
        raise Conflict(
            "minutes_locked",
            "Biên bản đã khóa cùng các việc phải làm. Muốn sửa thì mở khóa biên bản.",
            "The minutes are locked with their tasks. To change them, unlock the minutes.",
        )


def _claimed(session: Session, meeting_id: str, task_id: int) -> MeetingTask:
    row = task_queries.claimed(session, meeting_id, task_id)
    if row is None:
        raise NotFound("việc phải làm", "task")
    return row
