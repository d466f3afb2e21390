"""The states of a meeting, and the only moves between them.

    draft ──schedule──▶ scheduled ──begin──▶ live ──end──▶ ended
      │                     │                 (chair or office, or 4 h past its end)
      └──cancel──▶ cancelled ◀──cancel──┘

A draft is told to nobody. A scheduled meeting is in the points' schedules and at its
relay. It goes live at its hour, or as soon after as the centre runs; it ends softly:
never because someone left or because its planned end has passed. Ended and cancelled
are final: a cancelled one is had back before its hour by a person's word alone (restoring.py).
A move is claimed in the database by an UPDATE that names the state it leaves; whoever changes
no row has lost the race and does nothing further.

What is held in person nobody joins, so nothing tells when it is over but its hours: the clock
ends it at its planned end, and what is entered after that has ended from the first.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from contracts.meeting_times import closes_at


class MeetingPhase(Enum):
    """Where a meeting is in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether no move leads out of it."""
        return self in (MeetingPhase.ENDED, MeetingPhase.CANCELLED)

    @property
    def is_told(self) -> bool:
        """Whether points and relay know the meeting as one to come or to be in."""
        return self in (MeetingPhase.SCHEDULED, MeetingPhase.LIVE)


class Move(Enum):
    """What may be done with a meeting."""

    SCHEDULE = "schedule"
    BEGIN = "begin"
    END = "end"
    CANCEL = "cancel"


_MOVES: dict[tuple[MeetingPhase, Move], MeetingPhase] = {
    (MeetingPhase.DRAFT, Move.SCHEDULE): MeetingPhase.SCHEDULED,
    (MeetingPhase.SCHEDULED, Move.BEGIN): MeetingPhase.LIVE,
    (MeetingPhase.LIVE, Move.END): MeetingPhase.ENDED,
    (MeetingPhase.DRAFT, Move.CANCEL): MeetingPhase.CANCELLED,
    (MeetingPhase.SCHEDULED, Move.CANCEL): MeetingPhase.CANCELLED,
}


def after(phase: MeetingPhase, move: Move) -> MeetingPhase | None:
    """Return the phase a move leads to; None: it is not allowed from there."""
    return _MOVES.get((phase, move))


def may_be_ended(phase: MeetingPhase, begins_at: datetime, *, now: datetime) -> bool:
    """Return whether a person may end a meeting: once its hour has come, begun by the clock or not.

    A centre that was just started makes sure of its clock before it begins anything by it.
    """
    return phase is MeetingPhase.LIVE or (phase is MeetingPhase.SCHEDULED and begins_at <= now)


def may_be_restored(phase: MeetingPhase, begins_at: datetime, *, now: datetime) -> bool:
    """Return whether a meeting that was cancelled can be had back: until its hour comes."""
    return phase is MeetingPhase.CANCELLED and now < begins_at


def is_running(phase: MeetingPhase, *, is_forwarded: bool) -> bool:
    """Return whether a meeting is on: what its relay forwards is, begun by our clock or not.

    While the centre's clock is in doubt it begins nothing, and somebody has to lead what goes on.
    """
    return phase is MeetingPhase.LIVE or (phase is MeetingPhase.SCHEDULED and is_forwarded)


@dataclass(frozen=True, slots=True)
class TimedMeeting:
    """What the clock needs to know of a meeting."""

    meeting_id: str
    phase: MeetingPhase
    begins_at: datetime
    ends_at: datetime
    is_joined: bool = True

    @property
    def closes_at(self) -> datetime:
        """When the clock ends it: an overrun is for those who are in it to see."""
        return closes_at(self.ends_at) if self.is_joined else self.ends_at


def first_phase(
    *, is_draft: bool, is_joined: bool, ends_at: datetime, now: datetime
) -> MeetingPhase:
    """Return the phase a meeting is made in."""
    if is_draft:
        return MeetingPhase.DRAFT
    return MeetingPhase.SCHEDULED if is_joined or ends_at > now else MeetingPhase.ENDED


def due_move(meeting: TimedMeeting, *, now: datetime) -> Move | None:
    """Return what the clock alone does with a meeting now: begin it, or end an overrun."""
    if meeting.phase is MeetingPhase.SCHEDULED and meeting.begins_at <= now:
        return Move.BEGIN
    if meeting.phase is MeetingPhase.LIVE and meeting.closes_at <= now:
        return Move.END
    return None


def next_due_at(meeting: TimedMeeting) -> datetime | None:
    """Return when the clock next has something to do with a meeting."""
    if meeting.phase is MeetingPhase.SCHEDULED:
        return meeting.begins_at
    if meeting.phase is MeetingPhase.LIVE:
        return meeting.closes_at
    return None
