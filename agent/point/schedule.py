"""Which meeting a point should be in now: from its cached schedule alone.

    Idle      no meeting's time has come; `next_one` is shown on the screen
    Distrust  a meeting's time has come by a clock that cannot be trusted: nothing is
              started from the cache by itself
    Join      be in this meeting: connected, muted until it begins

A point connects from five minutes before the beginning, spread by its id over all but
the last 30 s of them, so that 170 points do not come at one moment; who learns of a
meeting later than his moment joins at once. Once in, a point stays until the relay says
that the meeting has ended, or for four hours beyond its planned end at most. A clock that
was set, or denies what is known otherwise, takes nobody out of the meeting he is in.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts import hosts
from contracts.clock_error import is_clock_known
from contracts.desired import Schedule, ScheduledMeeting
from contracts.ids import MeetingId, PointId
from contracts.meeting_times import JOIN_BEFORE, closes_at
from contracts.reports import ClockState
from runtime.clock_trust import Doubt

NOT_SPREAD = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Idle:
    """Be in no meeting."""

    next_one: ScheduledMeeting | None = None


@dataclass(frozen=True, slots=True)
class Distrust:
    """Would join, but what time it is cannot be known."""

    meeting: ScheduledMeeting


@dataclass(frozen=True, slots=True)
class Join:
    """Be in this meeting, through the relay at `relay_url`."""

    meeting: ScheduledMeeting
    relay_url: str
    has_begun: bool


Decision = Idle | Distrust | Join


def connects_at(meeting: ScheduledMeeting, point: PointId) -> datetime:
    """Return when a point connects: the same at every start of its programs."""
    digest = hashlib.sha256(f"{point}\0{meeting.meeting_id}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    return meeting.begins_at - JOIN_BEFORE + share * (JOIN_BEFORE - NOT_SPREAD)


def unusable_relays(schedule: Schedule) -> list[str]:
    """Return a sentence for each relay of a schedule whose address cannot be one."""
    problems = ((one.relay_id, hosts.problem_of_origin(one.url)) for one in schedule.relays)
    return [f"{relay_id}: {problem}" for relay_id, problem in problems if problem]


def decide(
    schedule: Schedule | None,
    *,
    point: PointId,
    now: datetime,
    clock: ClockState,
    over: frozenset[MeetingId],
    current: Join | None = None,
    is_connected: bool = False,
    doubt: Doubt | None = None,
) -> Decision:
    """Return what the point should do.

    Args:
        over: meetings whose relay has said lately that they have ended.
        current: what was last decided and is being done.
        is_connected: whether the current meeting's relay holds us; it then outlives a
            schedule that no longer names it.
        doubt: why the clock is not to be believed; then the current meeting goes on.
    """
    meetings = list(schedule.meetings) if schedule else []
    known = {meeting.meeting_id for meeting in meetings}
    if current and is_connected and current.meeting.meeting_id not in known:
        meetings.append(current.meeting)
    open_ones = [m for m in meetings if m.meeting_id not in over]
    by_clock = _chosen([m for m in open_ones if _is_due(m, point, now)], now, current)
    # A schedule that nobody changed for a week makes any clock look ahead: another meeting counts.
    doubts = {Doubt.LEAPT, Doubt.BEHIND} if by_clock else {Doubt.LEAPT, Doubt.BEHIND, Doubt.AHEAD}
    kept = current if current and doubt in doubts else None
    chosen = next((m for m in open_ones if kept and _is_as_it_was(m, kept.meeting)), by_clock)
    if chosen is None:
        return Idle(_next_of(meetings, now, over))
    is_running = current is not None and current.meeting.meeting_id == chosen.meeting_id
    if not is_clock_known(clock) and not is_running:
        return Distrust(chosen)
    url = _relay_url(schedule, chosen, current)
    has_begun = now >= chosen.begins_at or (kept is not None and kept.has_begun and is_running)
    return Join(chosen, url, has_begun) if url else Idle(chosen)


def _is_as_it_was(meeting: ScheduledMeeting, before: ScheduledMeeting) -> bool:
    """Return whether it is the same meeting, and was not put off."""
    return (meeting.meeting_id, meeting.begins_at) == (before.meeting_id, before.begins_at)


def _is_due(meeting: ScheduledMeeting, point: PointId, now: datetime) -> bool:
    return connects_at(meeting, point) <= now < closes_at(meeting.ends_at)


def _chosen(
    due: Iterable[ScheduledMeeting], now: datetime, current: Join | None
) -> ScheduledMeeting | None:
    """Return the meeting to be in.

    The present one, unless it is past its planned end and another begins; else the one
    that begins first of those not past their end; else the one that ended last.
    """
    in_time = [m for m in due if now < m.ends_at]
    for meeting in in_time:
        if current and meeting.meeting_id == current.meeting.meeting_id:
            return meeting
    if in_time:
        return min(in_time, key=lambda m: (m.begins_at, m.meeting_id))
    return max(due, key=lambda m: (m.ends_at, m.meeting_id), default=None)


def _next_of(
    meetings: Iterable[ScheduledMeeting], now: datetime, over: frozenset[MeetingId]
) -> ScheduledMeeting | None:
    coming = [m for m in meetings if m.ends_at > now and m.meeting_id not in over]
    return min(coming, key=lambda m: (m.begins_at, m.meeting_id), default=None)


def _relay_url(schedule: Schedule | None, meeting: ScheduledMeeting, current: Join | None) -> str:
    for relay in schedule.relays if schedule else ():
        if relay.relay_id == meeting.relay_id and not hosts.problem_of_origin(relay.url):
            return relay.url
    if current and current.meeting.relay_id == meeting.relay_id:
        return current.relay_url
    return ""
