"""What other parts of the centre may read of tasks."""

from controller.meetings.tasks.task_queries import forget, of_meeting, stamp

__all__ = ["forget", "of_meeting", "stamp"]
