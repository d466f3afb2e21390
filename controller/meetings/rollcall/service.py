"""What other parts of the centre may read of roll calls."""

from controller.meetings.rollcall.closing import close
from controller.meetings.rollcall.roll_queries import forget
from controller.meetings.rollcall.said_queries import said_in

__all__ = ["close", "forget", "said_in"]
