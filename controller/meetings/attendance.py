"""Who is in which meeting now, by what the relays last said. Kept in memory only."""

from datetime import datetime

from contracts.floor import MAX_PEOPLE
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind, speaker_id
from contracts.relay import Attendee, MeetingState, RelayState


def taking_part(attendee: Attendee) -> str | None:
    """Return how the floor names a person who takes part; None: it is another, or watches."""
    is_person = attendee.participant_kind is ParticipantKind.PERSON
    if not (is_person and attendee.direction == "publish" and attendee.is_connected):
        return None
    return speaker_id(attendee.subject, attendee.participant_kind)


class Attendance:
    """The last state of every relay. Whole states replace each other, so threads may read."""

    def __init__(self) -> None:
        self._states: dict[RelayId, RelayState] = {}
        self._online: dict[RelayId, bool] = {}

    def note_state(self, relay_id: RelayId, state: RelayState) -> None:
        """Remember a relay's newest state."""
        self._states[relay_id] = state

    def set_online(self, relay_id: RelayId, *, is_online: bool) -> None:
        """Remember what a relay's birth or last will said; gone relays hold nobody."""
        self._online[relay_id] = is_online
        if not is_online:
            self._states.pop(relay_id, None)

    def is_online(self, relay_id: RelayId) -> bool:
        """Whether the relay's session with the broker lives."""
        return self._online.get(relay_id, False)

    def reported_at(self, relay_id: RelayId) -> datetime | None:
        """When the relay last said what it holds."""
        state = self._states.get(relay_id)
        return state.reported_at if state else None

    def speakers(self, meeting_id: MeetingId) -> tuple[str, ...]:
        """Return who speaks in a discussion, and who spoke before; nobody where it is none."""
        meeting = self.meeting_state(meeting_id)
        return meeting.speakers if meeting else ()

    def people(self, meeting_id: MeetingId) -> frozenset[str]:
        """Return who takes part by a browser now, as the floor names them: MAX_PEOPLE at most."""
        meeting = self.meeting_state(meeting_id)
        attendees = meeting.attendees if meeting else ()
        return frozenset(sorted(filter(None, map(taking_part, attendees)))[:MAX_PEOPLE])

    def meeting_state(self, meeting_id: MeetingId) -> MeetingState | None:
        """Return a meeting as its relay has it; None: no relay holds it."""
        for state in list(self._states.values()):
            for meeting in state.meetings:
                if meeting.meeting_id == meeting_id:
                    return meeting
        return None
