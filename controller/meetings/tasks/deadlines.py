"""Deadlines of tasks as days of a calendar, in Vietnamese as letters are, whoever reads them."""

from collections.abc import Iterable

from contracts.local_days import midnight
from controller.meetings import calendar_file
from controller.meetings.calendar_file import DueDay
from controller.meetings.tables import Meeting
from controller.meetings.tasks.tables import MeetingTask
from controller.web.i18n.catalogue import chosen

MOST_DAYS = 2_000
_WORDS_IN = "vi"


def due_days(found: Iterable[tuple[MeetingTask, Meeting]], origin: str) -> list[DueDay]:
    """Return the deadlines of tasks, at most so many; a task without one has no day.

    Args:
        origin: of the pages, as https://host.
    """
    days = [_day(row, meeting, origin) for row, meeting in found if row.deadline is not None]
    return days[:MOST_DAYS]


def _day(row: MeetingTask, meeting: Meeting, origin: str) -> DueDay:
    words = chosen(_WORDS_IN)
    deadline = row.deadline or row.made_at.date()
    title = words.gettext("Deadline: %(task)s", task=row.text)
    if row.done_at is not None:
        title = words.gettext("Done: %(task)s", task=row.text)
    said = [words.gettext("Who does it: %(name)s", name=row.owner)] if row.owner else []
    held = f"{words.date(meeting.begins_at)} · {meeting.title}"
    said.append(words.gettext("Decided by the meeting: %(meeting)s", meeting=held))
    said.append(words.gettext("Deadline: %(task)s", task=words.date(midnight(deadline))))
    return DueDay(
        uid=calendar_file.uid_of(f"task {row.task_id}", row.made_at),
        sequence=row.version,
        title=title,
        day=deadline,
        description="\n".join(said),
        page=f"{origin}/meetings/{meeting.meeting_id}/tasks",
        stamp=row.done_at or row.made_at,
    )
