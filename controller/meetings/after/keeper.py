"""Keeps of each meeting, soon after its end, what its minutes are written from.

Nothing is lost where the process ends between: what is due is found in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import codec
from controller.db.engine import reading, writing
from controller.errors import StorageError
from controller.looking import look_for_ever
from controller.meetings import meeting_queries
from controller.meetings.after import record_queries
from controller.meetings.after.kept import KeptRecord, differences
from controller.meetings.after.making import is_of, made
from controller.meetings.after.record_queries import Ended
from controller.meetings.after.rules import CORRECTED, LATEST, is_due
from controller.meetings.after.tables import MeetingRecord
from controller.meetings.minutes import service as minutes
from controller.web.live import Hub
from runtime.clock_trust import Doubt, may_redo
from runtime.guard import guarded

LOOK_EVERY_S = 10.0
MOST_AT_A_LOOK = 20
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RecordDesk:
    """Where it is made. Used from worker threads; keeps nothing itself.

    `keep`: so long after the end of a meeting what is kept of it is removed (`retention.py`).
    """

    state: Engine
    series: Engine
    now: Callable[[], datetime]
    keep: timedelta

    def look(self) -> list[str]:
        """Make what is due; return of which meetings something is new."""
        now = self.now()
        with reading(self.state) as session:
            over = record_queries.ended(session, since=now - LATEST, kept_since=now - self.keep)
            ids = [one.meeting_id for one in over]
            newest = record_queries.newest_events(session, ids)
            locked = minutes.locked(session, ids)
        due = [
            one
            for one in over
            if one.meeting_id not in locked
            and self._is_due(one, newest.get(one.meeting_id, 0), now)
        ]
        changed = []
        for one in due[:MOST_AT_A_LOOK]:
            with guarded("meeting_record", through=(StorageError,), meeting_id=one.meeting_id):
                if self.make(one.meeting_id, newest.get(one.meeting_id, 0)):
                    changed.append(one.meeting_id)
        return changed

    def make(self, meeting_id: str, newest_event: int) -> bool:
        """Make it, or make it anew; return whether anything is different.

        Args:
            newest_event: a line of the log that is there already; later ones make it due again.
        """
        now = self.now()
        with reading(self.state) as state, reading(self.series) as series:
            meeting = meeting_queries.get(state, meeting_id)
            if meeting is None:
                return False
            content = made(state, series, meeting, now=now)
        with writing(self.state) as session:
            meeting = meeting_queries.claim(session, meeting_id)
            if minutes.locked(session, [meeting_id]) or not is_of(session, meeting, content):
                return False  # corrected meanwhile: it is made at the next look
            return _put(session, meeting_id, content, newest_event, now)

    def _is_due(self, one: Ended, newest_event: int, now: datetime) -> bool:
        return is_due(
            one.ended_at, one.made_at, kept_event=one.kept_event, newest_event=newest_event, now=now
        )


def _put(
    session: Session, meeting_id: str, content: KeptRecord, newest_event: int, now: datetime
) -> bool:
    row = record_queries.any_row(session, meeting_id)
    text = codec.encode(content).decode()
    if row is None:
        session.add(
            MeetingRecord(
                meeting_id=meeting_id,
                version=1,
                newest_event=newest_event,
                made_at=now,
                changed_at=now,
                content_json=text,
            )
        )
        return True
    is_corrected = row.newest_event == CORRECTED
    row.made_at, row.newest_event = now, max(row.newest_event, newest_event)
    session.add(row)
    found = list(differences(record_queries.content_of(row), content))
    if not found and row.content_json == text and not is_corrected:
        return False
    row.version, row.changed_at, row.content_json = row.version + 1, now, text
    record_queries.add_changes(session, row, found, now=now)
    return True


class RecordKeeper:
    """Looks as long as the process runs; not by a clock that was just set, or that data deny."""

    def __init__(self, desk: RecordDesk, hub: Hub, *, doubt: Callable[[], Doubt | None]) -> None:
        self._desk = desk
        self._hub = hub
        self._doubt = doubt

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "meeting_records",
            self._desk.look,
            lambda meeting_id: self._hub.publish("record", {"meeting_id": meeting_id}),
            every_s=LOOK_EVERY_S,
            may_look=lambda: may_redo(self._doubt()),
        )
