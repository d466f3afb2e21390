"""The clock's part in meetings: they go live at their hour, overruns end after four.

Neither happens by a clock that is in doubt: what is due waits until it is believed.

Everything it needs is in the database, so it may be killed at any instant: what was
due meanwhile is done on its next turn.
"""

import asyncio
from datetime import datetime

import structlog

from controller.clock import WatchedClock
from controller.db.engine import reading
from controller.errors import StorageError
from controller.meetings import meeting_queries
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.meeting_state import Move, TimedMeeting, due_move, next_due_at
from runtime import notify
from runtime.clock_trust import Doubt
from runtime.guard import guarded

_log = structlog.get_logger()

LONGEST_WAIT_S, SHORTEST_WAIT_S = 1.0, 0.005


class Scheduler:
    """Makes the moves that are due."""

    def __init__(self, lifecycle: Lifecycle, clock: WatchedClock) -> None:
        self._lifecycle = lifecycle
        self._clock = clock
        self._now = clock.now
        self._doubt: Doubt | None = None

    async def run(self) -> None:
        """Look at least once a second, for ever; also feeds systemd's watchdog."""
        while True:
            wait_s = LONGEST_WAIT_S
            with guarded("scheduler"):
                try:
                    due_at = await asyncio.to_thread(self.turn)
                    if due_at is not None:
                        wait_s = min(wait_s, (due_at - self._now()).total_seconds())
                except StorageError as exc:
                    _log.error("scheduler_turn_failed", error=str(exc))
            # Also where the turn failed: it was tried and is tried again. To be started anew
            # would make no room on a full disk, and would end the pages that can still be read.
            notify.watchdog()
            await asyncio.sleep(max(wait_s, SHORTEST_WAIT_S))

    def turn(self) -> datetime | None:
        """Make every move that is due now; return when the next one will be.

        Raises:
            StorageError: the database cannot be used; nothing is lost by that.
        """
        self._note_doubt()
        with reading(self._lifecycle.state) as session:
            meetings = meeting_queries.timed(session)
        upcoming: list[datetime] = []
        for meeting in meetings:
            with guarded("meeting", through=(StorageError,), meeting_id=meeting.meeting_id):
                if (due_at := next_due_at(meeting)) is not None:
                    upcoming.append(due_at)
                self._move_if_due(meeting)
        return min((due_at for due_at in upcoming if due_at > self._now()), default=None)

    def _move_if_due(self, meeting: TimedMeeting) -> None:
        move = due_move(meeting, now=self._now())
        if move and not self._may(move):
            return
        # What is held in person begins and ends at its hours, whenever the centre comes to it.
        at = None if meeting.is_joined else next_due_at(meeting)
        if move and self._lifecycle.move_by_clock(meeting.meeting_id, meeting.phase, move, at=at):
            _log.info("meeting_moved", meeting_id=meeting.meeting_id, move=move.value)

    def _may(self, move: Move) -> bool:
        return self._clock.may_begin() if move is Move.BEGIN else self._doubt is None

    def _note_doubt(self) -> None:
        doubt = self._clock.doubt()
        if doubt is not self._doubt:
            self._doubt = doubt
            if doubt is None:
                _log.info("clock_trusted")
            else:
                _log.warning("clock_doubted", reason=doubt.value)
