"""A meeting that is on goes from item to item of its agenda, by the secretary's word."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import BadRequest, Conflict
from controller.meetings import agenda, agenda_queries, event_queries, meeting_queries
from controller.meetings.agenda import MAX_ITEM_CHARS
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, wrong_phase

MOVED, MOVED_BACK = "agenda_moved", "agenda_moved_back"
"""The log's lines; the subject of the first is at which item the meeting was before."""


@dataclass(frozen=True, slots=True)
class AgendaSteps:
    """Goes through agendas. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def come_to(
        self, meeting_id: str, index: int, *, seen: int, actor: str, is_undone: bool = False
    ) -> None:
        """Come to an item, a later one or one before.

        Args:
            seen: at which item whoever asks has the meeting.
            is_undone: the step before is taken back by it, and is not offered to be once more.

        Raises:
            NotFound: there is no such meeting.
            BadRequest: its agenda has no such item.
            Conflict: it is not on, or somebody else went on meanwhile.
        """
        now = self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            meeting = meeting_queries.claim(session, meeting_id)
            if MeetingPhase(meeting.state) is not MeetingPhase.LIVE:
                raise wrong_phase(meeting, "chuyển mục chương trình", "led through its agenda")
            items = agenda_queries.of_meeting(session, meeting_id)
            begun = meeting.live_at or meeting.begins_at
            at = agenda.place(items, meeting.begins_at, live_at=begun, now=now)
            if at is None or not 0 <= index < len(items):
                raise BadRequest(
                    "invalid_request",
                    "Chương trình không có mục này. Tải lại trang.",
                    "The agenda has no such item. Reload the page.",
                )
            if at.index != seen:
                raise Conflict(
                    "changed_meanwhile",
                    f"Có người vừa chuyển sang mục {at.index + 1}.",
                    f"Somebody has just gone to item {at.index + 1}.",
                )
            # Undone, it goes on from when it came to that item; the first begins with the meeting.
            before = items[index].began_at if is_undone else now
            began_at = before if before or not index else now
            agenda_queries.come_to(session, meeting_id, index, began_at)
            detail = f"{index + 1}. {items[index].title}"[:MAX_ITEM_CHARS]
            event_queries.record(
                session,
                meeting_id,
                MOVED_BACK if is_undone else MOVED,
                now=now,
                actor=actor,
                subject=str(at.index),
                detail=detail,
            )
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, ())
