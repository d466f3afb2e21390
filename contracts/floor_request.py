"""What a person asks of the floor, applied by its rules: at the centre, and at a relay.

Either side applies the same request to the same state alike; what the two then hold is judged by
`contracts.floor.adopt`.
"""

from dataclasses import dataclass
from enum import Enum

import msgspec

from contracts import floor
from contracts.errors import FloorError
from contracts.floor import MAX_PEOPLE, FloorMode, FloorState
from contracts.ids import PointId
from contracts.participants import person_named


class FloorAction(Enum):
    """What may be asked."""

    GRANT = "grant"
    WITHDRAW = "withdraw"
    WITHDRAW_ALL = "withdraw_all"
    MODE = "mode"
    MUTE = "mute"
    MUTE_ALL = "mute_all"
    UNMUTE = "unmute"
    STAGE = "stage"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class FloorRequest:
    """One request; `point_id` for grant, withdraw, mute, unmute, stage; `mode` for mode."""

    action: FloorAction
    point_id: str | None = None
    mode: FloorMode | None = None


@dataclass(frozen=True, slots=True)
class Participants:
    """Who is in the meeting; people who take part by a browser are among the invited."""

    chair: PointId
    invited: frozenset[str]


def with_people(seats: Participants, state: FloorState, people: frozenset[str]) -> Participants:
    """Return who may be moved: whoever has left keeps what can still be taken or given back."""
    shown = (state.on_stage,) if state.on_stage else ()
    named = (*state.holders, *state.muted, *shown)
    known = {one for one in named if person_named(one) is not None}
    most = sorted(known) + sorted(people - known)
    return Participants(seats.chair, seats.invited.union(most[:MAX_PEOPLE]))


def applied(
    state: FloorState, request: FloorRequest, seats: Participants, *, undo: FloorState | None
) -> FloorState:
    """Return the floor after a request; the same state where nothing changes.

    Args:
        undo: the state before the last move, which UNDO brings back under a new epoch.

    Raises:
        FloorError: the rules do not allow it, or something is missing from the request.
    """
    match request.action:
        case FloorAction.WITHDRAW_ALL:
            return floor.withdraw_all(state)
        case FloorAction.MUTE_ALL:
            return floor.mute(state, seats.invited - {seats.chair})
        case FloorAction.UNDO:
            return _undone(state, undo)
        case FloorAction.MODE:
            if request.mode is None:
                raise FloorError("say which mode")
            return floor.change_mode(state, request.mode)
        case FloorAction.STAGE:
            return floor.put_on_stage(
                state, request.point_id, chair=seats.chair, invited=seats.invited
            )
    return _applied_to_point(state, request, seats)


def refusal_vi(state: FloorState, request: FloorRequest, seats: Participants) -> str:
    """Return in Vietnamese why `applied` refuses a request."""
    point = request.point_id
    if request.action is FloorAction.UNDO:
        return "Không còn thao tác nào để hoàn tác."
    if request.action is FloorAction.MODE:
        return "Chưa chọn chế độ phát biểu."
    if point is None:
        return "Chưa chọn điểm cầu."
    if point not in seats.invited:
        if person_named(point) is not None:
            return "Người này hiện không tham gia cuộc họp."
        return "Điểm cầu này không được mời dự cuộc họp."
    if point == seats.chair:
        return "Điểm cầu chủ trì luôn được phát biểu, không cần mời."
    if state.mode is FloorMode.DISCUSSION:
        return "Đang thảo luận, mọi điểm cầu đều được nói. Chọn chế độ khác trước."
    return f"Đã có {floor.MAX_HOLDERS} điểm cầu được phát biểu. Thu quyền của một điểm cầu trước."


def _applied_to_point(state: FloorState, request: FloorRequest, seats: Participants) -> FloorState:
    point = request.point_id
    if point is None:
        raise FloorError("say which point")
    if point not in seats.invited:
        raise FloorError(f"point {point} is not invited to this meeting")
    match request.action:
        case FloorAction.GRANT:
            return floor.grant(state, point, chair=seats.chair, invited=seats.invited)
        case FloorAction.WITHDRAW:
            return floor.withdraw(state, point)
        case FloorAction.MUTE:
            return floor.mute(state, frozenset({point}))
        case _:
            return floor.unmute(state, point)


def _undone(state: FloorState, undo: FloorState | None) -> FloorState:
    if undo is None:
        raise FloorError("there is no move to take back")
    return msgspec.structs.replace(undo, epoch=state.epoch + 1)
