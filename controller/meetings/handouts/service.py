"""What other parts of the centre may do with files of meetings."""

from controller.meetings.handouts.handout_queries import forget

__all__ = ["forget"]
