"""What other parts of the centre may read of minutes."""

from controller.meetings.minutes.minutes_queries import forget, locked

__all__ = ["forget", "locked"]
