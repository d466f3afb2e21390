"""Moving the floor of a meeting."""

from fastapi import APIRouter

from contracts.floor_request import FloorRequest
from controller.meetings import floor_moves, floor_queries
from controller.meetings.acts import OfficeActs
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found
from controller.meetings.schemas import FloorIn, FloorOut
from controller.web.deps import StateSession, Viewer

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/floor", tags=["floor"])


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> FloorOut:
    """Return who has the floor."""
    is_over = MeetingPhase(found(session, meeting_id).state).is_final
    floor = floor_queries.current(session, meeting_id)
    return FloorOut.of(floor_moves.shown(floor, is_over=is_over))


@router.post("")
def change(acts: OfficeActs, meeting_id: str, form: FloorIn) -> FloorOut:
    """Give or take the floor, mute, change the mode, or undo the last move."""
    wanted = FloorRequest(form.action, form.point_id, form.mode)
    changed = acts.move_floor(meeting_id, wanted, expected_epoch=form.expected_epoch)
    return FloorOut.of(changed.after)
