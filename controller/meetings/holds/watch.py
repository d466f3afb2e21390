"""Looks every few seconds for rooms that nobody answered for in time."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.looking import look_for_ever
from controller.meetings.holds.desk import ApprovalDesk
from controller.web.live import Hub
from runtime.clock_trust import Doubt

LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class HoldWatch:
    """Looks for as long as the process runs; nothing ends by a clock that is in doubt."""

    desk: ApprovalDesk
    hub: Hub
    doubt: Callable[[], Doubt | None]

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "room-holds",
            self.desk.expire,
            lambda meeting_id: self.hub.publish("meeting", {"meeting_id": meeting_id}),
            every_s=LOOK_EVERY_S,
            may_look=lambda: self.doubt() is None,
        )
