"""How a guest's link stands: whether it lets in now, and if not, why.

    wrong       nobody has been given such a link
    withdrawn   the office took it back
    put out     the office put its guest out of the meeting
    over        its meeting has ended or was cancelled
    in person   its meeting is held in a room, and nobody joins it from elsewhere
    renewed     the office made another link for its guest, and nobody has opened that one yet
    elsewhere   another browser opened it later, and is the guest now
    early       it is its guest's, and the meeting is not open yet
    open        its guest may be in the meeting

What the office did comes before what the clock did, and both before which browser it is.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from contracts.meeting_times import opens_at
from controller.meetings.meeting_state import MeetingPhase


class GuestStanding(Enum):
    """How a link stands for one browser."""

    WRONG = "wrong"
    WITHDRAWN = "withdrawn"
    PUT_OUT = "put_out"
    OVER = "over"
    IN_PERSON = "in_person"
    RENEWED = "renewed"
    ELSEWHERE = "elsewhere"
    EARLY = "early"
    OPEN = "open"

    @property
    def is_awaited(self) -> bool:
        """Whether the link's guest is in, or will be by waiting."""
        return self in (GuestStanding.EARLY, GuestStanding.OPEN)


@dataclass(frozen=True, slots=True)
class Known:
    """What of a link and its meeting it depends on."""

    phase: MeetingPhase
    begins_at: datetime
    is_withdrawn: bool = False
    is_put_out: bool = False
    is_this_browser: bool = True
    is_joined: bool = True


def standing(known: Known, *, now: datetime) -> GuestStanding:
    """Return how a link stands."""
    if known.is_withdrawn:
        return GuestStanding.WITHDRAWN
    if known.phase.is_final:
        return GuestStanding.OVER
    if not known.is_joined:
        return GuestStanding.IN_PERSON
    if known.is_put_out:
        return GuestStanding.PUT_OUT
    if not known.is_this_browser:
        return GuestStanding.ELSEWHERE
    is_open = known.phase is MeetingPhase.LIVE or (
        known.phase is MeetingPhase.SCHEDULED and now >= opens_at(known.begins_at)
    )
    return GuestStanding.OPEN if is_open else GuestStanding.EARLY
