"""When a meeting is forwarded, who may join it and when, and which of its states counts."""

from datetime import datetime

import msgspec

from contracts import meeting_times
from contracts.desired import RelayMeeting, supersedes
from contracts.floor import FloorState, adopt
from runtime.clock_trust import Doubt


def adopted(new: RelayMeeting, old: RelayMeeting | None) -> RelayMeeting:
    """Return the meeting after a desired document has come.

    The document counts by (leader_epoch, generation), its floor by its own epoch: a
    floor that was moved here while the centre was away is not undone by an older one.
    """
    if old is None:
        return new
    winner = new if supersedes(new, old) else old
    floor = adopt(old.floor, new.floor)
    return winner if floor is winner.floor else _with_floor(winner, floor)


def _with_floor(meeting: RelayMeeting, floor: FloorState) -> RelayMeeting:
    return msgspec.structs.replace(meeting, floor=floor)


def opens_at(meeting: RelayMeeting) -> datetime:
    """Return from when points may join."""
    return meeting_times.opens_at(meeting.begins_at)


def closes_at(meeting: RelayMeeting) -> datetime:
    """Return when the relay ends a meeting that nobody has ended; a rehearsal at its end."""
    if meeting.is_echo is True:
        return meeting.ends_at
    return meeting_times.closes_at(meeting.ends_at)


def is_over(
    meeting: RelayMeeting, *, now: datetime, doubt: Doubt | None, was_over: bool = False
) -> bool:
    """Return whether the meeting has ended: by the centre's word, or by a clock without doubt.

    What was over stays so while the clock is in doubt, unless that clock itself denies it. A
    rehearsal ends by any clock: nobody misses it.
    """
    is_past_its_end = now >= closes_at(meeting)
    if meeting.is_echo is True:
        return meeting.has_ended or is_past_its_end
    return meeting.has_ended or (is_past_its_end and (doubt is None or was_over))


def has_begun(
    meeting: RelayMeeting, *, now: datetime, doubt: Doubt | None, had_begun: bool = False
) -> bool:
    """Return whether pictures and sound flow from now on; a clock set back stops none."""
    is_set_back = doubt in (Doubt.LEAPT, Doubt.BEHIND)
    return meeting.begins_at <= now or (had_begun and is_set_back)


def next_change(meeting: RelayMeeting, *, now: datetime) -> datetime | None:
    """Return the next instant at which what the clock decides here changes."""
    if meeting.has_ended:
        return None
    instants = (meeting.begins_at, closes_at(meeting))
    return min((at for at in instants if at > now), default=None)
