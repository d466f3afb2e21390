"""Whether a point is there, judged by the centre from what it hears. The only place
where a point's presence changes.

    UP         something was heard from it within the silence limit
    DEGRADED   its media are alive at a relay, but its reports are silent
    DOWN       silent, while the centre was listening
    UNKNOWN    the centre was not listening, or has not listened long enough to say

    heard              -> UP, from when it was heard on
    silence limit past -> DOWN from when it was last heard; DEGRADED where media are alive
    last will          -> the same, after a short patience instead of the whole limit
    blindness          -> UNKNOWN from when the centre stopped listening

While the centre is blind nothing that comes in counts: it may be hours old. When it
listens again every point has one more silence limit before anything is called down.
After a short blindness what was so before is taken to be so still, and revised should
it turn out otherwise; after a longer one it is unknown until something is heard or the
limit has passed.

A change may begin before it is noticed: whoever stores it ends the former state where
the new one begins.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from contracts.ids import PointId


class PresenceState(Enum):
    """What the centre knows of a point's presence; values as stored."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PresenceLimits:
    """How long is too long."""

    silence: timedelta = timedelta(seconds=25)
    will_patience: timedelta = timedelta(seconds=5)
    media: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A point's presence is another than before: since `began_at`, known at `noticed_at`."""

    point_id: PointId
    began_at: datetime
    noticed_at: datetime


class PointCameUp(PresenceChanged):
    """It was heard."""


class PointWentDown(PresenceChanged):
    """It was silent for longer than the limit."""


class PointBecameDegraded(PresenceChanged):
    """Its reports are silent and its media are not."""


class PointBecameUnknown(PresenceChanged):
    """The centre was not listening."""


STATE_OF: dict[type[PresenceChanged], PresenceState] = {
    PointCameUp: PresenceState.UP,
    PointWentDown: PresenceState.DOWN,
    PointBecameDegraded: PresenceState.DEGRADED,
    PointBecameUnknown: PresenceState.UNKNOWN,
}
_EVENT_OF = {state: event for event, state in STATE_OF.items()}


@dataclass(frozen=True, slots=True)
class Presence:
    """One point's presence; `deadline` is when silence means something.

    `blind_from` is set while the centre does not listen.
    """

    point_id: PointId
    state: PresenceState
    since: datetime
    deadline: datetime
    listening_since: datetime
    before_blindness: PresenceState | None = None
    blind_from: datetime | None = None
    heard_at: datetime | None = None
    media_seen_at: datetime | None = None


Step = tuple[Presence, tuple[PresenceChanged, ...]]


def first_heard(point_id: PointId, now: datetime, limits: PresenceLimits) -> Step:
    """Return the presence of a point that was never heard before."""
    presence = Presence(
        point_id,
        PresenceState.UP,
        since=now,
        deadline=now + limits.silence,
        listening_since=now,
        heard_at=now,
    )
    return presence, (PointCameUp(point_id, now, now),)


def restored(point_id: PointId, state: PresenceState, since: datetime) -> Presence:
    """Return a stored presence; `resumed` decides what it is worth now."""
    return Presence(point_id, state, since=since, deadline=since, listening_since=since)


def heard(presence: Presence, at: datetime, now: datetime, limits: PresenceLimits) -> Step:
    """Return the presence after something of the point that it sent at `at` came in.

    Old evidence changes nothing: what waited at the broker does not say that the
    point is there now.
    """
    if presence.blind_from is not None:
        return presence, ()
    at = min(at, now)
    if at + limits.silence < now or (presence.heard_at and at <= presence.heard_at):
        return presence, ()
    if presence.state is PresenceState.UNKNOWN and at < presence.listening_since:
        return presence, ()
    if presence.state is PresenceState.DOWN and at < presence.since:
        return presence, ()
    deadline = max(at, presence.listening_since) + limits.silence
    later = replace(presence, heard_at=at, deadline=deadline)
    return _moved(later, PresenceState.UP, max(at, presence.since), now)


def departed(presence: Presence, now: datetime, limits: PresenceLimits) -> Presence:
    """Return the presence after the point's last will: less patience, nothing else."""
    return replace(presence, deadline=min(presence.deadline, now + limits.will_patience))


def media_seen(presence: Presence, at: datetime) -> Presence:
    """Return the presence after a relay said that the point's media are connected."""
    return replace(presence, media_seen_at=at)


def due(presence: Presence, now: datetime, limits: PresenceLimits) -> Step:
    """Return the presence once time has passed; call it about every second."""
    media_at = presence.media_seen_at
    has_media = media_at is not None and now - media_at <= limits.media
    is_silent = now > presence.deadline
    match presence.state:
        case PresenceState.DOWN if has_media and media_at is not None:
            began_at = max(media_at, presence.since)
            return _moved(presence, PresenceState.DEGRADED, began_at, now)
        case PresenceState.DEGRADED if is_silent and not has_media:
            began_at = max(media_at or now, presence.since)
            return _moved(presence, PresenceState.DOWN, began_at, now)
        case PresenceState.UP | PresenceState.UNKNOWN if is_silent:
            state = PresenceState.DEGRADED if has_media else PresenceState.DOWN
            return _moved(presence, state, _silent_since(presence), now)
    return presence, ()


def blinded(presence: Presence, *, blind_from: datetime, now: datetime) -> Step:
    """Return the presence once the centre notices that it is blind, since `blind_from`."""
    if presence.blind_from is not None:
        return presence, ()
    blind_from = min(max(blind_from, presence.since), now)
    blind = replace(presence, heard_at=None, blind_from=blind_from, before_blindness=presence.state)
    return _moved(blind, PresenceState.UNKNOWN, blind_from, now)


def clock_set(presence: Presence, *, until: datetime, now: datetime) -> Step:
    """Return the presence once the centre's clock was set from `until` to `now`.

    Where it was set forward, nobody listened in between; where it was set back, what lies
    ahead was never. Blind in both cases, until `resumed`.
    """
    if now >= until:
        return blinded(presence, blind_from=until, now=now)
    blind_from = min(presence.blind_from or now, now)
    before = presence.state if presence.blind_from is None else presence.before_blindness
    back = replace(
        presence,
        since=min(presence.since, now),
        heard_at=None,
        media_seen_at=None,
        blind_from=blind_from,
        before_blindness=before,
    )
    return _moved(back, PresenceState.UNKNOWN, now, now)


def resumed(
    presence: Presence, *, blind_from: datetime, now: datetime, limits: PresenceLimits
) -> Step:
    """Return the presence once the centre listens again, blind since `blind_from`."""
    blind, events = blinded(presence, blind_from=blind_from, now=now)
    before, blind_from = blind.before_blindness, blind.blind_from or now
    unknown = replace(
        blind,
        deadline=now + limits.silence,
        listening_since=now,
        before_blindness=None,
        blind_from=None,
    )
    if before is None or now - blind_from > limits.silence:
        return unknown, events
    again, more = _moved(unknown, before, now, now)
    return again, events + more


def _silent_since(presence: Presence) -> datetime:
    """Return the last word heard; where there was none, when the centre began to listen."""
    return max(presence.heard_at or presence.listening_since, presence.since)


def _moved(presence: Presence, state: PresenceState, began_at: datetime, now: datetime) -> Step:
    if state is presence.state:
        return presence, ()
    event = _EVENT_OF[state](presence.point_id, began_at, now)
    return replace(presence, state=state, since=began_at), (event,)
