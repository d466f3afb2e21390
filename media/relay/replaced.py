"""Which sessions a new one of the same participant stands in for."""

from collections.abc import Iterable

from contracts.participants import ParticipantKind
from media.sfu.session import MediaSession

MAX_WINDOWS = 4


def replaced_by(session: MediaSession, sessions: Iterable[MediaSession]) -> list[MediaSession]:
    """Return those among the sessions that a new one replaces, the oldest first.

    A point has one session per direction, and so has whoever publishes; a person
    may play in a few windows, and the oldest goes first.
    """
    new = session.info
    is_person_playing = new.direction == "play" and new.viewer.kind is ParticipantKind.PERSON
    allowed = MAX_WINDOWS if is_person_playing else 1
    same = [
        old
        for old in sessions
        if (old.info.router_name, old.info.viewer, old.info.direction)
        == (new.router_name, new.viewer, new.direction)
    ]
    return same[:-allowed]
