"""The floor as it is moved here while the centre is away: by whose word, and what rooms are told.

A room's microphone follows the centre's word. What the centre does not know yet the relay says
itself, in the session by which the room plays, and says nothing any more once the centre has it.
"""

import time
from collections.abc import Iterable

from contracts import codec
from contracts.desired import RelayMeeting
from contracts.floor import FloorState, adopt
from contracts.floor_request import Participants, with_people
from contracts.participants import ParticipantKind
from contracts.steering import word_for
from media.relay import refusals
from media.relay.grants import Grant, is_barred
from media.relay.relayed_meeting import RelayedMeeting, view_of
from media.sfu.session import MediaSession
from media.sfu.subscriber import Subscriber


def note_centre(meeting: RelayedMeeting, floor: FloorState) -> None:
    """Note the floor that a document of the centre's has; an older one comes late."""
    known = meeting.centre_floor
    meeting.centre_floor = floor if known is None else adopt(known, floor)


def tell_rooms(meeting: RelayedMeeting, sessions: Iterable[MediaSession]) -> None:
    """Tell points the floor where it was moved here, and no more where the centre has it."""
    moved, now = meeting.moved, time.monotonic()
    for session in sessions:
        viewer = session.info.viewer
        if isinstance(session, Subscriber) and viewer.kind is ParticipantKind.POINT:
            word = codec.encode(word_for(moved, viewer.subject)) if moved else b""
            session.tell_floor(word, now=now)


def participants(meeting: RelayedMeeting) -> Participants:
    """Return who may be moved: the invited, and people who take part or are on the floor."""
    view = view_of(meeting)
    seats = Participants(view.chair, frozenset(meeting.invited))
    return with_people(seats, view.floor, view.invited - seats.invited)


def check_may_steer(grant: Grant, meeting: RelayMeeting, *, is_over: bool) -> None:
    """Check that whoever has proved himself may move the floor here.

    Raises:
        AccessRefused: he may not, or not at this relay.
    """
    if grant.viewer.kind is not ParticipantKind.PERSON or not grant.sees_all:
        raise refusals.no_steering()
    if is_barred(grant, meeting):
        raise refusals.put_out()
    if is_over or meeting.is_echo is True:
        raise refusals.over()
    if meeting.home:
        raise refusals.not_home()
