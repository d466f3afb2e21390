"""How long each speech of a meeting should last: shown, with a warning; nothing is cut off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from contracts.desired import MAX_SPEECH_S
from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import BadRequest
from controller.meetings import event_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase

MAX_MINUTES = MAX_SPEECH_S // 60


@dataclass(frozen=True, slots=True)
class SpeechTime:
    """Sets the time of a speech. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def set_minutes(self, meeting_id: str, minutes: int, *, actor: str) -> bool:
        """Set how long each speech should last, also the one that is on; return whether it changed.

        Args:
            minutes: 0: a speech has no time.

        Raises:
            NotFound: there is no such meeting.
            BadRequest: it is more than an hour, or negative.
            Conflict: the meeting is over, a draft, or held in person.
        """
        if not 0 <= minutes <= MAX_MINUTES:
            raise BadRequest(
                "invalid_request",
                f"Thời gian mỗi lượt phát biểu từ 1 đến {MAX_MINUTES} phút, hoặc không giới hạn.",
                f"A speech lasts from 1 to {MAX_MINUTES} minutes, or has no time.",
            )
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            refuse_in_person(meeting)
            if not MeetingPhase(meeting.state).is_told:
                raise wrong_phase(meeting, "đặt thời gian phát biểu", "given a time of speeches")
            wanted = minutes * 60 or None
            if meeting.speech_s == wanted:
                return False
            meeting.speech_s = wanted
            session.add(meeting)
            kind = "speech_time_set" if minutes else "speech_time_ended"
            event_queries.record(
                session, meeting_id, kind, now=self.now(), actor=actor, detail=str(minutes)
            )
            state = meeting.state
        self.changes.note_meeting(MeetingId(meeting_id), state, ())
        return True
