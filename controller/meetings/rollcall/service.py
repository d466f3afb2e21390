"""What other parts of the centre may read of roll calls."""

from controller.meetings.rollcall.closing import close
from controller.meetings.rollcall.roll_queries import forget

__all__ = ["close", "forget"]
