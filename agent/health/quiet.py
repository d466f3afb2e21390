"""When a point keeps its line free: for meetings and rehearsals, by the room's word and by plan."""

from datetime import datetime, timedelta

from contracts.desired import Live, Schedule
from contracts.meeting_times import LINE_FREE_BEFORE
from contracts.rehearsal import Rehearsal
from contracts.reports import RoomState

BEFORE_MEETING = timedelta(minutes=1)


def is_in_meeting(media: RoomState) -> bool:
    """Return whether the room's process is in a meeting or on its way in."""
    return media in ("joining", "in_meeting")


def may_send_backlog(media: RoomState, schedule: Schedule | None, *, now: datetime) -> bool:
    """Return whether the past may follow now: not during a meeting.

    A process that is stuck cannot tell; then the plan decides.
    """
    if is_in_meeting(media):
        return False
    return not (media == "stuck" and _is_planned(schedule, now, before=timedelta(0)))


def may_run_train(
    media: RoomState,
    schedule: Schedule | None,
    *,
    now: datetime,
    rehearsal: Rehearsal | None = None,
) -> bool:
    """Return whether a packet train may go now: nowhere near a meeting, planned or running."""
    if is_in_meeting(media) or is_rehearsed(rehearsal, now=now):
        return False
    return not _is_planned(schedule, now, before=BEFORE_MEETING)


def is_rehearsed(rehearsal: Rehearsal | None, *, now: datetime) -> bool:
    """Return whether the room may be rehearsing now, or is about to: its line is measured by it."""
    if rehearsal is None or rehearsal.begins_at is None or rehearsal.expires_at is None:
        return False
    duration = timedelta(seconds=rehearsal.duration_s)
    return rehearsal.begins_at - BEFORE_MEETING <= now < rehearsal.expires_at + duration


def may_test_line(
    media: RoomState,
    schedule: Schedule | None,
    live: Live | None,
    *,
    now: datetime,
    rehearsal: Rehearsal | None = None,
) -> bool:
    """Return whether the line may be filled now: no meeting is on by anybody's word, nor near.

    Also by the word for the screen, which is the first to come of a meeting that nobody planned.
    """
    if (live is not None and live.meeting_id is not None) or is_rehearsed(rehearsal, now=now):
        return False
    is_planned = _is_planned(schedule, now, before=LINE_FREE_BEFORE)
    return not is_in_meeting(media) and not is_planned


def _is_planned(schedule: Schedule | None, now: datetime, *, before: timedelta) -> bool:
    meetings = schedule.meetings if schedule else ()
    return any(m.begins_at - before <= now < m.ends_at for m in meetings)
