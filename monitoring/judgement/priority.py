"""How pressing an incident is, by what it is and by the meetings of its points. Pure.

    high      the province or the centre; any point that has a meeting now, or soon
    normal    a point or a unit that is not heard, or will not be once its battery is empty
    low       whatever else is wrong with a point

Judged anew as long as it lasts: what rises to high is told once more.
"""

from datetime import datetime, timedelta
from enum import Enum

from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import DOWN, ON_BATTERY


class Priority(Enum):
    """How pressing something is; values as stored, the most pressing first."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    def reaches(self, least: "Priority") -> bool:
        """Whether it is as pressing as another, or more."""
        order = list(Priority)
        return order.index(self) <= order.index(least)


def by_itself(key: str) -> Priority:
    """Return how pressing it is while no meeting is near."""
    return Priority.NORMAL if key in (DOWN, ON_BATTERY) else Priority.LOW


def priority(
    key: str, reach: Reach, meets_at: datetime | None, *, now: datetime, ahead: timedelta
) -> Priority:
    """Return how pressing an incident is now.

    Args:
        meets_at: when the next meeting of a point that is not well begins, or began.
        ahead: how long before a meeting it counts.
    """
    if reach is Reach.CENTRE or (meets_at is not None and meets_at - now <= ahead):
        return Priority.HIGH
    return by_itself(key)
