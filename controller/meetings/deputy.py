"""The chair hands a meeting over to a deputy, who leads it from there on, and takes it back.

Whoever leads has all that is the chair's: the main picture, a microphone that needs no floor, the
right to share, a place inside a locked meeting. Documents, rules and pages ask for
`Meeting.chairing_point_id`; who was to chair by the invitation stays as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session

from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId
from contracts.participants import ParticipantKind
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import (
    access_queries,
    event_queries,
    floor_queries,
    meeting_queries,
    queue_queries,
)
from controller.meetings.calendar import chair_name_of
from controller.meetings.floor import record_moves
from controller.meetings.holds import hold_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase
from controller.meetings.tables import Meeting

HANDED_OVER, TAKEN_BACK = "chair_handed_over", "chair_taken_back"
"""The log's lines; the detail is the name of who leads."""


@dataclass(frozen=True, slots=True)
class ChairDesk:
    """Hands over who leads. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def hand_over(self, meeting_id: str, point_id: str, name: str, *, actor: str) -> bool:
        """Let a deputy lead; return whether that changed anything.

        Args:
            point_id: from where; it may be the chair's point, and then somebody has to be named.
            name: who leads there; may be empty.

        Raises:
            NotFound: there is no such meeting, or the point is not invited.
            Conflict: the meeting is not on, is held in person, nobody else would lead, or the
                point cannot be in it: it was put out, or its room is not agreed.
            BadEntry: the name is none.
        """
        named, now = chair_name_of(name), self.now()
        with writing(self.state) as session:
            meeting = _running(session, meeting_id)
            if point_id not in meeting_queries.participants(session, meeting_id):
                raise NotFound("điểm cầu", "point in this meeting")
            if point_id == meeting.chair_point_id and not named:
                raise _is_chair()
            if point_id in shut_out(session, meeting_id):
                raise _not_in()
            if (point_id, named) == (meeting.deputy_point_id, meeting.deputy_name):
                return False
            self._lead(session, meeting, point_id, named, actor=actor, now=now)
            event_queries.record(
                session,
                meeting_id,
                HANDED_OVER,
                now=now,
                actor=actor,
                point_id=point_id,
                detail=named,
            )
        self._tell(meeting_id)
        return True

    def take_back(self, meeting_id: str, *, actor: str) -> bool:
        """Let the chair lead again; return whether that changed anything.

        Raises:
            NotFound: there is no such meeting.
            Conflict: the meeting is not on, or is held in person.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = _running(session, meeting_id)
            if meeting.deputy_since is None:
                return False
            self._lead(session, meeting, None, "", actor=actor, now=now)
            event_queries.record(
                session,
                meeting_id,
                TAKEN_BACK,
                now=now,
                actor=actor,
                point_id=meeting.chair_point_id,
                detail=meeting.chair_name,
            )
        self._tell(meeting_id)
        return True

    def _lead(
        self,
        session: Session,
        meeting: Meeting,
        point_id: str | None,
        name: str,
        *,
        actor: str,
        now: datetime,
    ) -> None:
        """Have a point lead, and take from the floor and the queue what the chair never has."""
        meeting.deputy_point_id, meeting.deputy_name = point_id, name
        meeting.deputy_since = now if point_id is not None else None
        session.add(meeting)
        leads = meeting.chairing_point_id
        old = floor_queries.current(session, meeting.meeting_id)
        new = fitting(old, leads)
        # A move from before may have had the floor given to who leads now: it is not undone.
        if not floor_queries.claim_change(session, meeting.meeting_id, old, new, undo=None):
            raise _floor_moved()
        record_moves(session, meeting.meeting_id, old, new, actor=actor, now=now)
        queue_queries.take_back(session, meeting.meeting_id, leads)

    def _tell(self, meeting_id: str) -> None:
        with reading(self.state) as session:
            meeting = found(session, meeting_id)
            points = meeting_queries.participants(session, meeting_id)
            floor = floor_queries.current(session, meeting_id)
            state = meeting.state
        self.changes.note_meeting(MeetingId(meeting_id), state, points)
        self.changes.note_floor(MeetingId(meeting_id), floor)


def shut_out(session: Session, meeting_id: str) -> frozenset[PointId]:
    """Return the points that relays let into a meeting by no means, so that none can lead it."""
    expelled = (
        PointId(one.subject)
        for one in access_queries.expelled(session, meeting_id)
        if one.participant_kind == ParticipantKind.POINT.value
    )
    return hold_queries.not_agreed(session, meeting_id).union(expelled)


def fitting(floor: FloorState, leads: str) -> FloorState:
    """Return a floor as it is once a point leads: it holds none, is not muted, is the stage.

    It is another one whatever it was, so that nobody moves it by who led before.
    """
    holders = tuple(one for one in floor.holders if one != leads)
    muted = tuple(one for one in floor.muted if one != leads)
    on_stage = None if floor.on_stage == leads else floor.on_stage
    return msgspec.structs.replace(
        floor, epoch=floor.epoch + 1, holders=holders, muted=muted, on_stage=on_stage
    )


def _running(session: Session, meeting_id: str) -> Meeting:
    meeting = meeting_queries.claim(session, found(session, meeting_id).meeting_id)
    refuse_in_person(meeting)
    if MeetingPhase(meeting.state) is not MeetingPhase.LIVE:
        raise wrong_phase(meeting, "giao điều hành", "handed over")
    return meeting


def _is_chair() -> Conflict:
    return Conflict(
        "is_chair",
        "Đây là điểm cầu chủ trì. Người khác điều hành tại đó thì ghi họ tên.",
        "This is the chair's point. Where somebody else leads there, name them.",
    )


def _not_in() -> Conflict:
    return Conflict(
        "cannot_lead",
        "Điểm cầu này không vào họp được: đã bị đưa ra, hoặc phòng chưa được đồng ý. Cho vào lại, "
        "hoặc giao cho điểm cầu khác.",
        "This point cannot be in the meeting: it was put out, or its room is not agreed. Let it "
        "in again, or hand over to another point.",
    )


def _floor_moved() -> Conflict:
    return Conflict(
        "floor_moved",
        "Quyền phát biểu vừa được người khác thay đổi. Xem lại rồi thử lại.",
        "The floor has just been moved by someone else. Look again and retry.",
    )
