"""A task is overdue from the day after its deadline, unless it is done."""

from datetime import UTC, date, datetime

import pytest

from controller.meetings.tasks.rules import TaskState, state_of

DAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("deadline", "is_done", "state"),
    [
        (None, False, TaskState.OPEN),
        (DAY, False, TaskState.OPEN),
        (date(2026, 11, 27), False, TaskState.OVERDUE),
        (date(2026, 11, 27), True, TaskState.DONE),
        (None, True, TaskState.DONE),
    ],
)
def test_a_task_stands_by_its_deadline(
    deadline: date | None, state: TaskState, *, is_done: bool
) -> None:
    done_at = datetime(2026, 11, 1, tzinfo=UTC) if is_done else None
    assert state_of(deadline, done_at, today=DAY) is state
