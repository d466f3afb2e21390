"""What the roll call proposes of each who is invited, and what of it a person has said.

    uncalled     nobody has called it yet
    present      it is there
    late         it came after the grace that follows the beginning
    substitute   somebody else is there in the invited one's place
    absent       it is not there, for a reason

A proposal is read from who came in and left, anew each time it is looked at. What a person said
stays: a proposal that has changed since is shown beside it and never written over it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
# Acts on many rows, as the audit log has them beside the states.
CONFIRMED, TAKEN_BACK = "proposals_confirmed", "taken_back"
COMING, GOING = frozenset(("joined", "back")), frozenset(("left", "cut"))


class RollState(Enum):
    """How somebody invited stands in the roll call; kept as its value."""

    UNCALLED = "uncalled"
    PRESENT = "present"
    LATE = "late"
    SUBSTITUTE = "substitute"
    ABSENT = "absent"

    @property
    def is_there(self) -> bool:
        """Whether people of it are in the meeting."""
        return self in (RollState.PRESENT, RollState.LATE, RollState.SUBSTITUTE)


@dataclass(frozen=True, slots=True)
class RollTimes:
    """Of what somebody is late: the hour that was invited for, and the grace after it.

    `until`: what happened later counts for nothing; the end of the meeting, or now.
    `is_heard`: whether anybody at all was seen to come in; else nobody can be said to be absent.
    """

    begins_at: datetime
    grace: timedelta
    until: datetime
    is_heard: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """One session that came or went, as a relay told it."""

    kind: str
    direction: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody was in: `came_at` first of all, `there_at` first at or after the beginning.

    `left_at`: since when it is not in any more; None: it is in, or never was.
    """

    came_at: datetime | None = None
    there_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def is_in(self) -> bool:
        """Whether it was in at the last moment that counts."""
        return self.came_at is not None and self.left_at is None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the log of joins and leaves speaks for."""

    state: RollState
    late_min: int | None = None


@dataclass(frozen=True, slots=True)
class RollMark:
    """What somebody said of one who is invited.

    Args:
        detail: the substitute's name, or the reason of the absence.
        heads: how many people are in the room; None: nobody counted them.
        proposed: what was proposed when it was said; empty: nothing was.
    """

    state: RollState
    detail: str = ""
    late_min: int | None = None
    heads: int | None = None
    actor: str = ""
    at: datetime = LONG_AGO
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class RollRow:
    """One who is invited. `before`: what somebody else had said, over which this was said."""

    subject: str
    stay: Stay
    proposal: Proposal | None
    mark: RollMark | None = None
    before: RollMark | None = None

    @property
    def state(self) -> RollState:
        """How it stands by what people said."""
        return self.mark.state if self.mark else RollState.UNCALLED

    @property
    def heads(self) -> int | None:
        """How many people are in the room; None: nobody counted them."""
        return self.mark.heads if self.mark else None

    @property
    def is_overtaken(self) -> bool:
        """Whether the log speaks for something else by now than when a person said it."""
        if self.mark is None or self.proposal is None or self.state is RollState.UNCALLED:
            return False
        if self.proposal.state.value == self.mark.proposed:
            return False
        if self.state is RollState.SUBSTITUTE:
            return not self.proposal.state.is_there
        return self.proposal.state is not self.state


@dataclass(frozen=True, slots=True)
class RollCounts:
    """How many stand how. `heads_unknown`: those that are there, whose people nobody counted."""

    invited: int
    by_state: dict[RollState, int]
    heads: int
    heads_unknown: int
    proposed: int


def stay(movements: Iterable[Movement], times: RollTimes) -> Stay:
    """Return when somebody was in.

    Args:
        movements: of one participant, in their order; each direction is a session of its own.
    """
    here: set[str] = set()
    came_at = there_at = left_at = None
    for one in movements:
        if one.happened_at > times.until:
            break
        if here and there_at is None and one.happened_at >= times.begins_at:
            there_at = times.begins_at
        if one.kind in COMING:
            here.add(one.direction)
            came_at, left_at = came_at or one.happened_at, None
            if there_at is None and one.happened_at >= times.begins_at:
                there_at = one.happened_at
        elif one.kind in GOING and one.direction in here:
            here.discard(one.direction)
            left_at = None if here else one.happened_at
    if here and there_at is None and times.until >= times.begins_at:
        there_at = times.begins_at
    return Stay(came_at, there_at, left_at)


def proposal(seen: Stay, times: RollTimes) -> Proposal | None:
    """Return what the log speaks for; None: it is too early to say, or nothing was heard."""
    latest = times.begins_at + times.grace
    if seen.there_at is not None:
        if seen.there_at <= latest:
            return Proposal(RollState.PRESENT)
        return Proposal(RollState.LATE, (seen.there_at - times.begins_at) // MINUTE)
    if times.until < times.begins_at:
        return Proposal(RollState.PRESENT) if seen.is_in else None
    if times.until <= latest or not times.is_heard:
        return None
    return Proposal(RollState.ABSENT)


def counts(rows: Iterable[RollRow]) -> RollCounts:
    """Return how many stand how, and how many people that is."""
    by_state = dict.fromkeys(RollState, 0)
    heads = unknown = proposed = 0
    for row in rows:
        by_state[row.state] += 1
        proposed += row.state is RollState.UNCALLED and row.proposal is not None
        if row.state.is_there:
            heads += row.heads or 0
            unknown += row.heads is None
    return RollCounts(sum(by_state.values()), by_state, heads, unknown, proposed)
