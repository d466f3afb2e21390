"""The floor of each meeting, changed only by a claim that names the epoch it leaves."""

import msgspec
from sqlalchemy import update
from sqlmodel import Session, col

from contracts.floor import FloorState
from controller.meetings.tables import MeetingFloor

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(FloorState)


def begin(session: Session, meeting_id: str, state: FloorState) -> None:
    """Give a new meeting its floor."""
    session.add(MeetingFloor(meeting_id=meeting_id, epoch=state.epoch, state_json=_encoded(state)))
    session.flush()


def current(session: Session, meeting_id: str) -> FloorState:
    """Return the floor of a meeting that exists."""
    row = session.get_one(MeetingFloor, meeting_id, populate_existing=True)
    return _decoder.decode(row.state_json)


def undo_state(session: Session, meeting_id: str) -> FloorState | None:
    """Return the floor before the last move of a person; None: nothing to take back."""
    row = session.get_one(MeetingFloor, meeting_id, populate_existing=True)
    return _decoder.decode(row.undo_json) if row.undo_json else None


def claim_change(
    session: Session,
    meeting_id: str,
    old: FloorState,
    new: FloorState,
    *,
    undo: FloorState | None,
) -> bool:
    """Replace the floor; False: somebody else has moved it since `old` was read."""
    changed = session.exec(
        update(MeetingFloor)
        .where(col(MeetingFloor.meeting_id) == meeting_id, col(MeetingFloor.epoch) == old.epoch)
        .values(
            epoch=new.epoch,
            state_json=_encoded(new),
            undo_json=_encoded(undo) if undo is not None else None,
        )
    )
    return changed.rowcount == 1


def _encoded(state: FloorState) -> str:
    return _encoder.encode(state).decode()
