"""What other parts of the centre may do with files of meetings."""

from controller.meetings.handouts.desk import HAD_BACK_FOR
from controller.meetings.handouts.handout_queries import forget, forget_removed, kept_bytes

__all__ = ["HAD_BACK_FOR", "forget", "forget_removed", "kept_bytes"]
