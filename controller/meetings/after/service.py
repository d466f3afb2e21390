"""What other parts of the centre may read of what is kept of meetings."""

from controller.meetings.after.record_queries import forget, get

__all__ = ["forget", "get"]
