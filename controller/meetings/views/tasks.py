"""What is to be done after meetings: of one, and of all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contracts.local_days import day_of, midnight
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.meetings.tasks.desk import MAX_OWNER_CHARS, MAX_TEXT_CHARS, TaskTyped
from controller.meetings.tasks.rules import TaskState, state_of
from controller.meetings.tasks.tables import MeetingTask
from controller.meetings.views import badges
from controller.spreadsheet import Cell
from controller.web.elements import Badge, Choice, Crumb
from controller.web.i18n.language import N_, Language

_SHAPES = {
    TaskState.OVERDUE: Badge("at-risk", "state-at-risk", N_("Overdue")),
    TaskState.OPEN: Badge("scheduled", "state-calm", N_("To be done")),
    TaskState.DONE: Badge("tick", "state-up", N_("Done")),
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task. `meeting` and `href` are of its meeting."""

    task_id: int
    version: int
    text: str
    owner: str
    deadline: str
    deadline_iso: str
    badge: Badge
    is_done: bool
    note: str
    meeting_id: str
    meeting: str
    href: str


@dataclass(frozen=True, slots=True)
class TasksView:
    """The tasks of one meeting, with the form of a further one."""

    meeting_id: str
    title: str
    badge: Badge
    crumbs: tuple[Crumb, ...]
    lines: tuple[TaskLine, ...]
    has_deadlines: bool
    can_act: bool
    can_change: bool
    why_not: str
    owners: tuple[str, ...]
    typed: TaskTyped
    chosen: int
    problem: str
    most_text: int
    most_owner: int


@dataclass(frozen=True, slots=True)
class AllTasksView:
    """Tasks of all meetings, those that stand so where one asks."""

    crumbs: tuple[Crumb, ...]
    filters: tuple[Choice, ...]
    query: str
    lines: tuple[TaskLine, ...]
    count: str
    empty: str
    can_act: bool


@dataclass(frozen=True, slots=True)
class TasksFacts:
    """What the view of one meeting is made from.

    `typed` is in the form of a further task, or of the one that is `chosen` (0: none).
    """

    meeting: Meeting
    rows: Sequence[MeetingTask]
    people: Mapping[str, str]
    owners: Sequence[str]
    is_locked: bool
    is_office: bool
    typed: TaskTyped | None = None
    chosen: int = 0
    problem: str = ""


def view(words: Language, now: datetime, facts: TasksFacts) -> TasksView:
    """Return the view of one meeting's tasks."""
    meeting = facts.meeting
    phase = MeetingPhase(meeting.state)
    is_their_time = phase in (MeetingPhase.LIVE, MeetingPhase.ENDED)
    return TasksView(
        meeting_id=meeting.meeting_id,
        title=meeting.title,
        badge=badges.of_meeting(phase.value, words),
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
            Crumb(words.gettext("Tasks")),
        ),
        lines=tuple(line(words, now, row, meeting, facts.people) for row in facts.rows),
        has_deadlines=any(row.deadline for row in facts.rows),
        can_act=facts.is_office and is_their_time,
        can_change=facts.is_office and is_their_time and not facts.is_locked,
        why_not=_why_not(words, facts, is_their_time=is_their_time),
        owners=tuple(facts.owners),
        typed=facts.typed or TaskTyped(""),
        chosen=facts.chosen,
        problem=facts.problem,
        most_text=MAX_TEXT_CHARS,
        most_owner=MAX_OWNER_CHARS,
    )


def all_of(
    words: Language,
    now: datetime,
    found: Iterable[tuple[MeetingTask, Meeting]],
    people: Mapping[str, str],
    wanted: TaskState | None,
    *,
    most: int,
    can_act: bool,
) -> AllTasksView:
    """Return the view of tasks of all meetings."""
    lines = tuple(line(words, now, row, meeting, people) for row, meeting in found)
    filters = (
        Choice("", words.gettext("All"), is_chosen=wanted is None),
        *(
            Choice(
                state.value,
                words.gettext(shape.word),
                is_chosen=wanted is state,
                badge=Badge(shape.icon, shape.css, words.gettext(shape.word)),
            )
            for state, shape in _SHAPES.items()
        ),
    )
    count = words.ngettext("%(n)s task", "%(n)s tasks", len(lines))
    if len(lines) == most:
        count = words.gettext("the first %(n)s tasks", n=words.number(most))
    return AllTasksView(
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(words.gettext("Tasks"))),
        filters=filters,
        query=f"?show={wanted.value}" if wanted else "",
        lines=lines,
        count=count,
        empty=_empty(words, wanted),
        can_act=can_act,
    )


def line(
    words: Language, now: datetime, row: MeetingTask, meeting: Meeting, people: Mapping[str, str]
) -> TaskLine:
    """Return one task as it is shown."""
    state = state_of(row.deadline, row.done_at, today=day_of(now))
    note = ""
    if row.done_at is not None:
        who = people.get(row.done_by, row.done_by)
        note = words.gettext(
            "done: %(who)s, %(time)s", who=who, time=words.moment(row.done_at, now)
        )
    shape = _SHAPES[state]
    return TaskLine(
        task_id=row.task_id or 0,
        version=row.version,
        text=row.text,
        owner=row.owner,
        deadline=day(words, row.deadline),
        deadline_iso=row.deadline.isoformat() if row.deadline else "",
        badge=Badge(shape.icon, shape.css, words.gettext(shape.word)),
        is_done=row.done_at is not None,
        note=note,
        meeting_id=meeting.meeting_id,
        meeting=f"{words.date(meeting.begins_at)} · {meeting.title}",
        href=f"/meetings/{meeting.meeting_id}/tasks",
    )


def day(words: Language, deadline: date | None) -> str:
    """Return a deadline as it is shown; empty: there is none."""
    return words.date(midnight(deadline)) if deadline else ""


def table(words: Language, lines: Iterable[TaskLine]) -> tuple[list[str], list[Sequence[Cell]]]:
    """Return tasks as a table for spreadsheets."""
    columns = [
        words.gettext("Task"),
        words.gettext("Who does it"),
        words.gettext("Deadline"),
        words.gettext("State"),
        words.gettext("Done by"),
        words.gettext("Meeting"),
    ]
    rows: list[Sequence[Cell]] = [
        (one.text, one.owner, one.deadline, one.badge.word, one.note, one.meeting) for one in lines
    ]
    return columns, rows


def _why_not(words: Language, facts: TasksFacts, *, is_their_time: bool) -> str:
    if not is_their_time:
        return words.gettext("Tasks are noted from the beginning of the meeting on.")
    if facts.is_locked and facts.is_office:
        return words.gettext(
            "The minutes are locked: tasks can be done, and not changed until they are unlocked."
        )
    return ""


def _empty(words: Language, wanted: TaskState | None) -> str:
    if wanted is TaskState.OVERDUE:
        return words.gettext("No task is overdue.")
    if wanted is None:
        return words.gettext("No task is noted yet. They are noted on the page of a meeting.")
    return words.gettext("There is no such task.")
