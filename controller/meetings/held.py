"""What is counted of meetings that were held. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.rollcall.rules import RollState
from controller.places.owner import Owner


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A meeting that has ended. It counts on the day that it was set for, `begins_at`.

    `held`: from its beginning to its end as they were; of one in person, its hours.
    """

    meeting_id: str
    title: str
    document_number: str
    begins_at: datetime
    held: timedelta
    kind: MeetingKind
    level: int | None
    owner: Owner
    held_as: HeldAs
    host_unit_id: str | None
    chair_point_id: str

    @property
    def is_online(self) -> bool:
        """Whether points joined it."""
        return self.held_as.is_joined


@dataclass(frozen=True, slots=True)
class RollSaid:
    """What counts of one invited in a meeting's roll call. `detail`: why it was absent."""

    meeting_id: str
    subject: str
    state: RollState
    late_min: int | None = None
    detail: str = ""
