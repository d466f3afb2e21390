"""What others may use of rooms that owners agree to."""

from controller.meetings.holds.hold_queries import forget
from controller.meetings.holds.waiting import waiting_for

__all__ = ["forget", "waiting_for"]
