"""Meetings go from phase to phase: scheduled, ended or cancelled by people, moved by the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.meetings import event_queries, meeting_queries
from controller.meetings.holds import hold_queries, holding
from controller.meetings.invited import service as invitations
from controller.meetings.meeting_state import MeetingPhase, Move, after, may_be_ended
from controller.meetings.refusals import already, found, wrong_phase
from controller.meetings.tables import Meeting
from controller.settings import ControllerSettings

_EVENT_KINDS = {
    Move.SCHEDULE: "meeting_scheduled",
    Move.BEGIN: "meeting_began",
    Move.END: "meeting_ended",
    Move.CANCEL: "meeting_cancelled",
}


_LEADS_TO = {
    Move.SCHEDULE: MeetingPhase.SCHEDULED,
    Move.END: MeetingPhase.ENDED,
    Move.CANCEL: MeetingPhase.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Moves meetings. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]
    settings: ControllerSettings

    def move(self, meeting_id: str, move: Move, *, actor: str) -> Meeting:
        """Schedule, end or cancel a meeting.

        A person's word ends a meeting whose hour has come also where the clock has not begun
        it: that is no clock's decision.
        """
        now = self.now()
        words = {Move.END: ("kết thúc", "ended"), Move.CANCEL: ("hủy", "cancelled")}
        with writing(self.state) as session:
            if move is Move.SCHEDULE:
                hold_queries.claim_rooms(session)
            meeting = found(session, meeting_id)
            phase = MeetingPhase(meeting.state)
            if move is Move.END and may_be_ended(phase, meeting.begins_at, now=now):
                begun_at = now if meeting.is_joined else meeting.begins_at
                phase = self._begun(session, meeting_id, phase, now, begun_at)
            claimed = meeting_queries.claim_move(
                session, MeetingId(meeting_id), phase, move, now=now
            )
            if not claimed and phase is _LEADS_TO.get(move):
                raise already(meeting)
            if not claimed:
                raise wrong_phase(meeting, *words.get(move, ("xếp lịch", "scheduled")))
            event_queries.record(session, meeting_id, _EVENT_KINDS[move], now=now, actor=actor)
            session.refresh(meeting)
            if move is Move.SCHEDULE:
                holding.hold(session, meeting, self, actor=actor, now=now)
            points = meeting_queries.participants(session, meeting_id)
            invitations.follow(session, meeting, now)
        self.changes.note_meeting(MeetingId(meeting_id), meeting.state, points)
        return meeting

    def _begun(
        self,
        session: Session,
        meeting_id: str,
        phase: MeetingPhase,
        now: datetime,
        begun_at: datetime,
    ) -> MeetingPhase:
        """Begin what is due and has not begun; return the phase it is in then."""
        identifier = MeetingId(meeting_id)
        if meeting_queries.claim_move(session, identifier, phase, Move.BEGIN, now=begun_at):
            event_queries.record(session, meeting_id, _EVENT_KINDS[Move.BEGIN], now=now)
            return MeetingPhase.LIVE
        return phase

    def move_by_clock(
        self, meeting_id: str, phase: MeetingPhase, move: Move, *, at: datetime | None = None
    ) -> bool:
        """Make a move that is due; False: somebody was there before.

        Args:
            at: when it came to pass; None: now.
        """
        now = self.now()
        identifier, target = MeetingId(meeting_id), after(phase, move)
        if target is None:
            return False
        with writing(self.state) as session:
            if not meeting_queries.claim_move(session, identifier, phase, move, now=at or now):
                return False
            event_queries.record(session, meeting_id, _EVENT_KINDS[move], now=now)
            points = meeting_queries.participants(session, meeting_id)
        self.changes.note_meeting(identifier, target.value, points)
        return True
