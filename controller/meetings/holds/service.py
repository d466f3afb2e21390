"""What others may use of rooms that owners agree to."""

from controller.meetings.holds.hold_queries import forget

__all__ = ["forget"]
