"""What was decided to be done: open, overdue or done. Pure."""

from datetime import date, datetime
from enum import Enum


class TaskState(Enum):
    """How a task stands; values as filters and the API have them."""

    OVERDUE = "overdue"
    OPEN = "open"
    DONE = "done"


def state_of(deadline: date | None, done_at: datetime | None, *, today: date) -> TaskState:
    """Return how a task stands on a day; on the day of its deadline it is not overdue yet."""
    if done_at is not None:
        return TaskState.DONE
    is_late = deadline is not None and deadline < today
    return TaskState.OVERDUE if is_late else TaskState.OPEN
