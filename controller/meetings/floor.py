"""The floor of a meeting is moved, and each move written into the meeting's log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts import floor_request
from contracts.errors import FloorError
from contracts.floor import FloorMode, FloorState
from contracts.floor_request import FloorAction, FloorRequest, Participants
from contracts.ids import MeetingId
from controller.db.engine import writing
from controller.dispatch.changes import Changes
from controller.errors import Conflict
from controller.meetings import (
    event_queries,
    floor_moves,
    floor_queries,
    meeting_queries,
    queue_queries,
)
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, refuse_in_person, wrong_phase
from controller.meetings.tables import Meeting


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """The floor before and after a request; equal where nothing changed."""

    before: FloorState
    after: FloorState


@dataclass(frozen=True, slots=True)
class Floor:
    """Moves floors. Used from worker threads; keeps nothing itself."""

    state: Engine
    changes: Changes
    now: Callable[[], datetime]

    def change(
        self,
        meeting_id: str,
        request: FloorRequest,
        *,
        actor: str,
        expected_epoch: int | None = None,
        people: frozenset[str] = frozenset(),
    ) -> FloorChanged:
        """Move the floor; with an expected epoch only if nobody has moved it since.

        Args:
            people: who takes part by a browser now.
        """
        now = self.now()
        with writing(self.state) as session:
            meeting = found(session, meeting_id)
            refuse_in_person(meeting)
            if not MeetingPhase(meeting.state).is_told:
                raise wrong_phase(meeting, "điều khiển quyền phát biểu", "given a floor")
            old = floor_queries.current(session, meeting_id)
            if expected_epoch is not None and expected_epoch != old.epoch:
                raise _floor_moved()
            undo = floor_queries.undo_state(session, meeting_id)
            seats = floor_request.with_people(meeting_queries.seats(session, meeting), old, people)
            try:
                new = floor_request.applied(old, request, seats, undo=undo)
            except FloorError as exc:
                vi = floor_request.refusal_vi(old, request, seats)
                raise Conflict(
                    "floor_refused", vi, f"The floor is not moved: {exc.reason}."
                ) from exc
            if new == old:
                return FloorChanged(old, old)
            if not floor_queries.claim_change(session, meeting_id, old, new, undo=old):
                raise _floor_moved()
            if request.action is FloorAction.UNDO:
                queue_queries.undone(session, meeting_id, floor_epoch=old.epoch)
            given = [one for one in new.holders if one not in old.holders]
            queue_queries.granted(session, meeting_id, given, floor_epoch=new.epoch)
            record_moves(session, meeting_id, old, new, actor=actor, now=now)
        self.changes.note_floor(MeetingId(meeting_id), new)
        return FloorChanged(old, new)


def refit_floor(
    session: Session, meeting: Meeting, mode: FloorMode
) -> tuple[FloorState, FloorState]:
    """Clear a floor that the edited meeting cannot have; return it before and after.

    What undoing would bring back is judged alike.
    """
    old = floor_queries.current(session, meeting.meeting_id)
    undo = floor_queries.undo_state(session, meeting.meeting_id)
    seats = meeting_queries.seats(session, meeting)
    is_kept = old.mode is mode and _is_seated(old, seats)
    if is_kept and (undo is None or _is_seated(undo, seats)):
        return old, old
    new = old if is_kept else FloorState(epoch=old.epoch + 1, mode=mode)
    if not floor_queries.claim_change(session, meeting.meeting_id, old, new, undo=None):
        raise _floor_moved()
    return old, new


def _is_seated(floor: FloorState, seats: Participants) -> bool:
    shown = {floor.on_stage} if floor.on_stage else set()
    return seats.invited.issuperset({*floor.muted, *shown}) and (
        seats.invited - {seats.chair}
    ).issuperset(floor.holders)


def record_moves(
    session: Session,
    meeting_id: str,
    old: FloorState,
    new: FloorState,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write into the meeting's log what became different."""
    for one in floor_moves.moves_between(old, new):
        event_queries.record(
            session,
            meeting_id,
            one.kind,
            now=now,
            actor=actor,
            who=one.point_id,
            floor_epoch=new.epoch,
            detail=one.detail,
        )


def _floor_moved() -> Conflict:
    return Conflict(
        "floor_moved",
        "Quyền phát biểu vừa được người khác thay đổi. Xem lại rồi thử lại.",
        "The floor has just been moved by someone else. Look again and retry.",
    )
