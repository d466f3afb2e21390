"""The floor (quyền phát biểu): who may be heard, and who is shown as speaker.

States and moves, all in this file:

    mode ONE_MIC      at most one holder; a grant takes the floor from the last one
    mode CONFERENCE   several holders, in the order they were granted
    mode DISCUSSION   nobody holds the floor, everyone who is not muted may be heard

The chair's point is never a holder: the chair may be heard in every mode unless
muted. Every move returns a new state whose epoch is one higher; a move that would
change nothing returns the same state, epoch included. Between two states of one
meeting the higher epoch wins (`adopt`); of two that moved at once from the same one,
all pick the same. A point is named by its id, and a person who takes part by a browser
as `person:NAME`: the rules are the same for both. A muted point stays muted until
granted, and never holds the floor.

Who is on the main picture in place of the chair (`on_stage`) is heard no more and no less for it.
"""

from enum import Enum
from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.errors import FloorError
from contracts.ids import PointId, SpeakerIdField
from contracts.message import Count, Part

# Sounds that reach a subscriber at once. Who may speak and has none would not be heard.
SOUNDS_AT_ONCE = 3
MAX_HOLDERS = SOUNDS_AT_ONCE - 1  # the chair's is the third
MAX_POINTS = 400
MAX_PEOPLE = 50  # who take part by a browser of their own
MAX_MUTED = MAX_POINTS + MAX_PEOPLE


class FloorMode(Enum):
    """How microphones open in a meeting."""

    ONE_MIC = "one_mic"
    CONFERENCE = "conference"
    DISCUSSION = "discussion"


_MOST_HOLDERS = {FloorMode.ONE_MIC: 1, FloorMode.CONFERENCE: MAX_HOLDERS, FloorMode.DISCUSSION: 0}


class FloorState(Part, frozen=True):
    """Who has the floor. Holders are in the order of their grants."""

    epoch: Count
    mode: FloorMode = FloorMode.ONE_MIC
    holders: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=MAX_HOLDERS)] = ()
    previous_speaker: SpeakerIdField | None = None
    muted: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=MAX_MUTED)] = ()
    on_stage: SpeakerIdField | None = None

    @property
    def speaker(self) -> str | None:
        """The point shown as speaker: the last one granted."""
        return self.holders[-1] if self.holders else None

    def __post_init__(self) -> None:
        """Refuse a state that no moves lead to."""
        if len(self.holders) > _MOST_HOLDERS[self.mode]:
            raise ValueError(f"{len(self.holders)} holders in mode {self.mode.value}")
        if len(set(self.holders)) < len(self.holders):
            raise ValueError("a point holds the floor twice")
        if not set(self.holders).isdisjoint(self.muted):
            raise ValueError("a muted point holds the floor")


def _moved(
    state: FloorState,
    *,
    holders: tuple[str, ...] | None = None,
    mode: FloorMode | None = None,
    muted: tuple[str, ...] | None = None,
) -> FloorState:
    new_holders = state.holders if holders is None else holders
    new_mode = state.mode if mode is None else mode
    new_muted = state.muted if muted is None else muted
    if (new_holders, new_mode, new_muted) == (state.holders, state.mode, state.muted):
        return state
    new_speaker = new_holders[-1] if new_holders else None
    has_changed_speaker = state.speaker is not None and state.speaker != new_speaker
    return FloorState(
        epoch=state.epoch + 1,
        mode=new_mode,
        holders=new_holders,
        previous_speaker=state.speaker if has_changed_speaker else state.previous_speaker,
        muted=new_muted,
        on_stage=state.on_stage,
    )


def grant(state: FloorState, point: str, *, chair: PointId, invited: frozenset[str]) -> FloorState:
    """Give the floor to a point; it is unmuted by that.

    Raises:
        FloorError: the point is not invited, is the chair's, nobody is given the floor
            in a discussion, or as many hold it as may.
    """
    if point not in invited:
        raise FloorError(f"point {point} is not invited to this meeting")
    if point == chair:
        raise FloorError("the chair's point may always speak and is not given the floor")
    if state.mode is FloorMode.DISCUSSION:
        raise FloorError("in a discussion everyone may speak; choose another mode first")
    muted = tuple(p for p in state.muted if p != point)
    if state.mode is FloorMode.ONE_MIC:
        return _moved(state, holders=(point,), muted=muted)
    if point in state.holders:
        return _moved(state, muted=muted)
    if len(state.holders) >= MAX_HOLDERS:
        raise FloorError(f"at most {MAX_HOLDERS} points hold the floor; withdraw one first")
    return _moved(state, holders=(*state.holders, point), muted=muted)


def withdraw(state: FloorState, point: str) -> FloorState:
    """Take the floor from one point; nothing changes where it does not hold it."""
    return _moved(state, holders=tuple(p for p in state.holders if p != point))


def withdraw_all(state: FloorState) -> FloorState:
    """Take the floor from everyone."""
    return _moved(state, holders=())


def mute(state: FloorState, points: frozenset[str]) -> FloorState:
    """Mute points until they are granted the floor; holders among them lose it."""
    return _moved(
        state,
        holders=tuple(p for p in state.holders if p not in points),
        muted=tuple(sorted({*state.muted, *points})),
    )


def unmute(state: FloorState, point: str) -> FloorState:
    """Take back a mute."""
    return _moved(state, muted=tuple(p for p in state.muted if p != point))


def change_mode(state: FloorState, mode: FloorMode) -> FloorState:
    """Change the mode; one-mic keeps the last granted holder, a discussion none."""
    if mode is FloorMode.DISCUSSION:
        return _moved(state, holders=(), mode=mode)
    if mode is FloorMode.ONE_MIC:
        return _moved(state, holders=state.holders[-1:], mode=mode)
    return _moved(state, mode=mode)


def put_on_stage(
    state: FloorState, point: str | None, *, chair: PointId, invited: frozenset[str]
) -> FloorState:
    """Show somebody on the main picture in place of the chair; None or the chair: the chair again.

    Raises:
        FloorError: the point is not invited.
    """
    if point is not None and point not in invited:
        raise FloorError(f"point {point} is not invited to this meeting")
    shown = None if point == chair else point
    if shown == state.on_stage:
        return state
    return msgspec.structs.replace(state, epoch=state.epoch + 1, on_stage=shown)


def _precedence(state: FloorState) -> tuple[object, ...]:
    return (
        state.epoch,
        len(state.muted),
        -len(state.holders),
        state.muted,
        state.holders,
        state.mode.value,
        state.previous_speaker or "",
        state.on_stage or "",
    )


def adopt(mine: FloorState, theirs: FloorState) -> FloorState:
    """Return the one of two authorities' states that counts: the higher epoch's.

    Both sides of a cut line may have moved once from the same state. Of two with the
    same epoch the one in which fewer can be heard counts, whoever asks.
    """
    return max(mine, theirs, key=_precedence)


def audible(state: FloorState, *, chair: PointId, invited: frozenset[str]) -> frozenset[str]:
    """Return the points whose sound may be forwarded at all."""
    is_open = state.mode is FloorMode.DISCUSSION
    speaking = invited if is_open else frozenset((chair, *state.holders)) & invited
    return speaking - frozenset(state.muted)
