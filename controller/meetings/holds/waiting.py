"""What waits for somebody's yes, and how a meeting's rooms stand, counted."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from controller.meetings.holds import hold_queries
from controller.meetings.holds.owner_roles import acts_for
from controller.meetings.holds.rules import HoldState


@dataclass(frozen=True, slots=True)
class RoomsStand:
    """How many rooms of a meeting need a yes: agreed, still asked for, not to be had."""

    agreed: int
    asked: int
    lapsed: int


def waiting_for(session: Session, user_name: str) -> int | None:
    """Return how many meetings wait for somebody's answer; None: they agree for no owner."""
    owners = acts_for(session, user_name).approves
    return hold_queries.count_asked(session, owners) if owners else None


def stand(session: Session, meeting_ids: Collection[str]) -> dict[str, RoomsStand]:
    """Return how the rooms of meetings stand, of those in which somebody has to agree to one."""
    found: dict[str, dict[HoldState, int]] = {}
    for meeting_id, state, count in hold_queries.counted(session, meeting_ids):
        found.setdefault(meeting_id, {})[HoldState(state)] = count
    return {
        meeting_id: RoomsStand(
            sum(count for state, count in states.items() if state.is_agreed),
            states.get(HoldState.ASKED, 0),
            sum(count for state, count in states.items() if state.is_lapsed),
        )
        for meeting_id, states in found.items()
    }
