"""The floor as it was moved at a relay while nobody here could: adopted, logged, and who did it.

A relay tells each move of a person's with the floor since (`floor_moved`), and now and then the
floor that it has. Both are judged alike (contracts.floor.adopt), and what was moved here before is
not undone across it.
"""

from datetime import datetime

from sqlmodel import Session

from contracts.floor import FloorState, adopt
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from controller.meetings import event_queries, floor_queries, meeting_queries, queue_queries
from controller.meetings.floor import record_moves
from controller.meetings.meeting_state import MeetingPhase

MOVED = "floor_moved"
_KINDS = ("floor_given", "floor_taken", "mode_changed", "muted", "unmuted")


def take_over(
    session: Session,
    relay_id: RelayId,
    meeting_id: MeetingId,
    floor: FloorState,
    *,
    actor: str,
    now: datetime,
) -> FloorState | None:
    """Adopt a relay's floor where it counts more than ours; return it, None: nothing changed.

    Args:
        actor: who has moved it there; the relay itself where nobody is known.
        now: when it was moved, or heard of.
    """
    meeting = meeting_queries.get(session, meeting_id)
    if meeting is None or meeting.relay_id != relay_id or not meeting.is_joined:
        return None
    mine = floor_queries.current(session, meeting_id)
    new = adopt(mine, floor)
    if new == mine or MeetingPhase(meeting.state).is_final:
        return None
    if not floor_queries.claim_change(session, meeting_id, mine, new, undo=None):
        return None
    given = [one for one in new.holders if one not in mine.holders]
    queue_queries.granted(session, meeting_id, given, floor_epoch=new.epoch)
    record_moves(session, meeting_id, mine, new, actor=actor, now=now)
    return new


def follow(
    session: Session, relay_id: RelayId, event: RelayEvent, *, now: datetime
) -> FloorState | None:
    """Adopt what a person has moved at a relay, in that person's name.

    Where the floor was heard of before its event, its lines name the relay, and then the person.
    """
    if event.kind != MOVED or event.floor is None:
        return None
    actor = event.subject[:60] if event.participant_kind is ParticipantKind.PERSON else relay_id
    at = _within(session, event, now)
    new = take_over(session, relay_id, event.meeting_id, event.floor, actor=actor, now=at)
    if new is None:
        event_queries.name_actor(
            session, event.meeting_id, floor_epoch=event.floor.epoch, was=relay_id, actor=actor
        )
    return new


def _within(session: Session, event: RelayEvent, now: datetime) -> datetime:
    """Return when a move was made: not behind those to come, nor before the meeting or the last.

    A relay's clock may be away by a year, and how long who speaks is counted by this.
    """
    meeting = meeting_queries.get(session, event.meeting_id)
    last = event_queries.newest(session, event.meeting_id, _KINDS)
    bounds = [meeting.live_at or meeting.begins_at] if meeting else []
    bounds += [last.happened_at] if last else []
    return min(max(event.happened_at, *bounds), now) if bounds else min(event.happened_at, now)
