"""What became different between two floors, for the log; and a floor as it is shown."""

from dataclasses import dataclass

from contracts.floor import FloorState


@dataclass(frozen=True, slots=True)
class FloorMove:
    """One thing that became different between two states, for the log."""

    kind: str
    point_id: str | None = None
    detail: str = ""


def shown(floor: FloorState, *, is_over: bool) -> FloorState:
    """Return a floor as it is shown: in a meeting that is over nobody speaks."""
    return FloorState(epoch=floor.epoch, mode=floor.mode) if is_over else floor


def moves_between(old: FloorState, new: FloorState) -> list[FloorMove]:
    """Return what happened from one state to the other: taken before given."""
    taken = [p for p in old.holders if p not in new.holders]
    given = [p for p in new.holders if p not in old.holders]
    muted = [p for p in new.muted if p not in old.muted]
    unmuted = [p for p in old.muted if p not in new.muted and p not in given]
    moves = [FloorMove("mode_changed", detail=new.mode.value)] if old.mode is not new.mode else []
    moves += [FloorMove("floor_taken", p) for p in taken]
    moves += [FloorMove("floor_given", p) for p in given]
    moves += [FloorMove("muted", p) for p in muted]
    moves += [FloorMove("unmuted", p) for p in unmuted]
    if old.on_stage != new.on_stage:
        moves += [FloorMove("on_stage", new.on_stage) if new.on_stage else FloorMove("stage_left")]
    return moves
