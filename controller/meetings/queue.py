"""Who waits for the floor: people and guests by their own hand, points as the office notes them.

The queue is kept in the database, so that a restart loses nobody's place. Whoever is given the
floor leaves it in the same transaction (floor.py), and is at the old place again where that is
undone.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.floor import MAX_MUTED
from contracts.ids import MeetingId
from contracts.participants import person_named
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict, NotFound
from controller.meetings import event_queries, floor_queries, meeting_queries, queue_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase
from controller.meetings.tables import Meeting

ASKED, DROPPED = "asked_floor", "left_queue"


@dataclass(frozen=True, slots=True)
class SpeakersQueue:
    """Puts people and points into the queue. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def put(
        self,
        meeting_id: str,
        who: str,
        *,
        is_up: bool,
        actor: str = "",
        people: Collection[str] = (),
    ) -> bool:
        """Let somebody wait for the floor, or no more; return whether that changed anything.

        Args:
            who: as the floor names them; a point has to be invited, its room agreed to.
            actor: who of the office notes it; then it is in the meeting's log.
            people: who takes part by a browser now; no other person waits.

        Raises:
            NotFound: there is no such meeting, or the point is not invited.
            Conflict: the meeting is not on, the person does not take part, it is the chair's
                point, they have the floor, or the queue is full.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            refuse_in_person(meeting)
            if not MeetingPhase(meeting.state).is_told:
                raise wrong_phase(meeting, "xin phát biểu", "asked for the floor")
            if person_named(who) is None and who not in meeting_queries.joining(
                session, meeting_id
            ):
                raise NotFound("điểm cầu", "point in this meeting")
            if is_up:
                _check(session, meeting, who, people)
                asked_at = queue_queries.ask(session, meeting_id, who, now=now)
            else:
                asked_at = queue_queries.take_back(session, meeting_id, who)
            has_changed = asked_at is not None
            if asked_at is not None and actor:
                kind, at = (ASKED, "") if is_up else (DROPPED, asked_at.isoformat())
                event_queries.record(
                    session, meeting_id, kind, now=now, actor=actor, who=who, detail=at
                )
        if has_changed:
            self.changes.note_queue(MeetingId(meeting_id))
        return has_changed

    def restore(
        self, meeting_id: str, who: str, *, actor: str, people: Collection[str] = ()
    ) -> bool:
        """Undo that the office took somebody out: they wait again, at their old place.

        Returns:
            whether that changed anything: who waits already does so on.

        Raises:
            NotFound: there is no such meeting, or they were not taken out.
            Conflict: they may not wait now, as for `put`.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            if not MeetingPhase(meeting.state).is_told:
                raise wrong_phase(meeting, "xin phát biểu", "asked for the floor")
            dropped = event_queries.newest(session, meeting_id, (DROPPED,), who=who)
            if dropped is None or not dropped.detail:
                raise NotFound("lượt xin phát biểu đã bỏ", "request that was dropped")
            _check(session, meeting, who, people)
            asked_at = datetime.fromisoformat(dropped.detail)
            if queue_queries.ask(session, meeting_id, who, now=asked_at) is None:
                return False
            event_queries.record(
                session, meeting_id, "back_in_queue", now=now, actor=actor, who=who
            )
        self.changes.note_queue(MeetingId(meeting_id))
        return True


def present_of(waiting: Mapping[str, datetime], people: Collection[str]) -> dict[str, datetime]:
    """Return who waits now: a point that was cut off keeps its place, a person who left does not.

    Args:
        people: who takes part by a browser now, as the floor names them.
    """
    return {who: at for who, at in waiting.items() if person_named(who) is None or who in people}


def places_of(session: Session, meeting_id: str, people: Collection[str]) -> dict[str, int]:
    """Return which place who waits has in the queue, from 1 on.

    Args:
        people: who takes part by a browser now, as the floor names them.
    """
    waiting = present_of(queue_queries.waiting(session, meeting_id), people)
    return {who: place for place, who in enumerate(waiting, start=1)}


def _check(session: Session, meeting: Meeting, who: str, people: Collection[str]) -> None:
    """Refuse whom nobody may invite, and one more than the queue has room for."""
    if person_named(who) is not None and who not in people:
        raise _takes_no_part()
    if who == meeting.chairing_point_id:
        raise _is_chair()
    if who in floor_queries.current(session, meeting.meeting_id).holders:
        raise _holds_it()
    if queue_queries.count(session, meeting.meeting_id) >= MAX_MUTED:
        raise _full()


def _takes_no_part() -> Conflict:
    return Conflict(
        "not_taking_part",
        "Chưa tham gia cuộc họp nên chưa giơ tay được. Bấm “Tham gia bằng máy này” trước.",
        "Only who takes part in the meeting may raise a hand. Join it first.",
    )


def _is_chair() -> Conflict:
    return Conflict(
        "chair_speaks",
        "Điểm cầu chủ trì luôn được phát biểu, không cần xếp hàng.",
        "The chair's point may always speak and does not queue.",
    )


def _holds_it() -> Conflict:
    return Conflict(
        "has_the_floor",
        "Nơi này đang được phát biểu nên không cần xếp hàng.",
        "They have the floor already, so they do not queue.",
    )


def _full() -> Conflict:
    return Conflict(
        "queue_full",
        f"Hàng chờ phát biểu đã có {MAX_MUTED} nơi. Bỏ bớt nơi không còn xin phát biểu trước.",
        f"{MAX_MUTED} wait for the floor. Take out who does not want it any more.",
    )
