"""The clock's part in meetings: they go live at their hour, overruns end after four.

Everything it needs is in the database, so it may be killed at any instant: what was
due meanwhile is done on its next turn.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from controller.core.meeting_state import due_move, next_due_at
from controller.db.engine import reading
from controller.db.queries import state_meetings
from controller.errors import StorageError
from controller.meetings import MeetingDesk
from runtime import notify

log = structlog.get_logger()

LONGEST_WAIT_S, SHORTEST_WAIT_S = 1.0, 0.005


class Scheduler:
    """Makes the moves that are due."""

    def __init__(self, desk: MeetingDesk, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._now = now

    async def run(self) -> None:
        """Look at least once a second, for ever; also feeds systemd's watchdog."""
        while True:
            wait_s = LONGEST_WAIT_S
            try:
                due_at = await asyncio.to_thread(self.turn)
            except StorageError as exc:
                log.error("scheduler_turn_failed", error=str(exc))
                # The turn was tried and is tried again: to be started anew would make no
                # room on a full disk, and would end the pages that can still be read.
                notify.watchdog()
            else:
                notify.watchdog()
                if due_at is not None:
                    wait_s = min(wait_s, (due_at - self._now()).total_seconds())
            await asyncio.sleep(max(wait_s, SHORTEST_WAIT_S))

    def turn(self) -> datetime | None:
        """Make every move that is due now; return when the next one will be.

        Raises:
            StorageError: the database cannot be used; nothing is lost by that.
        """
        with reading(self._desk.state) as session:
            meetings = state_meetings.timed(session)
        for meeting in meetings:
            move = due_move(meeting, now=self._now())
            if move and self._desk.move_by_clock(meeting.meeting_id, meeting.phase, move):
                log.info("meeting_moved", meeting_id=meeting.meeting_id, move=move.value)
        upcoming = [due for meeting in meetings if (due := next_due_at(meeting)) is not None]
        return min((due for due in upcoming if due > self._now()), default=None)
