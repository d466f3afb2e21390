"""Who is in which meeting now, by what the relays last said. Kept in memory only.

A meeting on several relays is one: its home says how it stands, each relay who is at it.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from contracts.floor import MAX_PEOPLE
from contracts.ids import MeetingId, RelayId
from contracts.participants import ParticipantKind, speaker_id
from contracts.relay import (
    MAX_OUTSIDE,
    Attendee,
    MeetingState,
    Outside,
    RelayState,
    TrunkState,
)


def taking_part(attendee: Attendee) -> str | None:
    """Return how the floor names a person who takes part; None: it is another, or watches."""
    is_person = attendee.participant_kind is ParticipantKind.PERSON
    if not (is_person and attendee.direction == "publish" and attendee.is_connected):
        return None
    return speaker_id(attendee.subject, attendee.participant_kind)


def merged(states: Iterable[tuple[RelayId, MeetingState]]) -> MeetingState | None:
    """Return a meeting's states as one, the home's first; None: nobody has it.

    Of two sessions of one participant, who has gone from one relay to another, the newer one
    that is connected counts. Whoever waits outside at several relays does so once, since the
    earliest; the first of them first, MAX_OUTSIDE at most.
    """
    said = dict(states)
    if not said:
        return None
    attendees: dict[tuple[str, ParticipantKind, str], Attendee] = {}
    for state in said.values():
        for one in state.attendees:
            key = (one.subject, one.participant_kind, one.direction)
            known = attendees.get(key)
            if known is None or _counts_before(one, known):
                attendees[key] = one
    first = next(iter(said.values()))
    return msgspec.structs.replace(
        first, attendees=tuple(attendees.values()), outside=_outside(said.values())
    )


def _outside(states: Iterable[MeetingState]) -> tuple[Outside, ...]:
    waiting: dict[tuple[str, ParticipantKind], Outside] = {}
    for one in sorted((one for state in states for one in state.outside), key=lambda o: o.since):
        waiting.setdefault((one.subject, one.participant_kind), one)
    return tuple(waiting.values())[:MAX_OUTSIDE]


def _counts_before(one: Attendee, other: Attendee) -> bool:
    return (one.is_connected, one.joined_at) > (other.is_connected, other.joined_at)


class Attendance:
    """The last state of every relay. Whole states replace each other, so threads may read."""

    def __init__(self, outer: Iterable[RelayId] = ()) -> None:
        """Begin with nobody.

        Args:
            outer: the relays that carry what is another's meeting.
        """
        self._outer = frozenset(outer)
        self._states: dict[RelayId, RelayState] = {}
        self._online: dict[RelayId, bool] = {}

    def is_outer(self, relay_id: RelayId) -> bool:
        """Whether a relay's meetings are another's, which alone speaks for them as a whole."""
        return relay_id in self._outer

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

    def is_there(self, relay_id: RelayId) -> bool:
        """Whether a relay is online, or some home at least has it."""
        return self.is_online(relay_id) or any(
            relay_id in meeting.trunks
            for state in list(self._states.values())
            for meeting in state.meetings
        )

    def reported_at(self, relay_id: RelayId) -> datetime | None:
        """When the relay last said what it holds."""
        state = self._states.get(relay_id)
        return state.reported_at if state else None

    def speakers(self, meeting_id: MeetingId) -> tuple[str, ...]:
        """Return who speaks in a discussion, and who spoke before; nobody where it is none."""
        meeting = self.meeting_state(meeting_id)
        return meeting.speakers if meeting else ()

    def trunk_states(self, meeting_id: MeetingId) -> dict[tuple[RelayId, RelayId], TrunkState]:
        """Return what goes over the lines between a meeting's relays, by from which to which."""
        return {
            (relay_id, line.relay): line
            for relay_id, state in list(self._states.items())
            for meeting in state.meetings
            if meeting.meeting_id == meeting_id
            for line in meeting.trunk_states
        }

    def people(self, meeting_id: MeetingId) -> frozenset[str]:
        """Return who takes part by a browser now, as the floor names them: MAX_PEOPLE at most."""
        meeting = self.meeting_state(meeting_id)
        attendees = meeting.attendees if meeting else ()
        return frozenset(sorted(filter(None, map(taking_part, attendees)))[:MAX_PEOPLE])

    def forwarded(self) -> frozenset[MeetingId]:
        """Return which meetings go on now, each by its home's word."""
        said: dict[MeetingId, bool] = {}
        for _, meeting in self._homes_first():
            said.setdefault(meeting.meeting_id, meeting.is_forwarding)
        return frozenset(meeting_id for meeting_id, is_forwarded in said.items() if is_forwarded)

    def meeting_state(self, meeting_id: MeetingId) -> MeetingState | None:
        """Return a meeting as its relays have it; None: no relay holds it."""
        return merged(one for one in self._homes_first() if one[1].meeting_id == meeting_id)

    def _homes_first(self) -> list[tuple[RelayId, MeetingState]]:
        states = sorted(list(self._states.items()), key=lambda one: one[0] in self._outer)
        return [(relay_id, meeting) for relay_id, state in states for meeting in state.meetings]
