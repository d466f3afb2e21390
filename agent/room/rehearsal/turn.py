"""What a room does with a rehearsal now: by its document, the time, meetings, and who is there.

    rest       nothing: there is none, it is not its time yet, or it was answered
    announce   the screen says that it comes, and takes a refusal, until `starts_at`
    run        media go both ways; it ends by itself
    answer     it is not made, and the centre is told why (`outcome`)

Nobody's camera is opened unannounced: whose document comes late announces it as long as any, and
begins later or not at all. A meeting has precedence, also one that begins meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from agent.point.schedule import Decision, Idle
from contracts.clock_error import is_clock_known
from contracts.desired import Live, Schedule
from contracts.ids import MeetingId
from contracts.meeting_times import opens_at
from contracts.rehearsal import Rehearsal, RehearsalId, RehearsalOutcome
from contracts.reports import ClockState


@dataclass(frozen=True, slots=True)
class RehearsalTurn:
    """What to do now; `starts_at` where it is announced, `outcome` where it is answered."""

    step: Literal["rest", "announce", "run", "answer"]
    starts_at: datetime | None = None
    outcome: RehearsalOutcome | None = None


REST = RehearsalTurn("rest")
RUN = RehearsalTurn("run")


@dataclass(frozen=True, slots=True)
class KnownRehearsal:
    """What the room knows of the rehearsal in its document.

    `announced_at`: since when the screen has said it. `is_running`: its media flow.
    """

    announced_at: datetime | None = None
    is_refused: bool = False
    is_answered: bool = False
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class Meetings:
    """What the room knows of meetings; `over`: those that their relay has called so lately."""

    decision: Decision
    schedule: Schedule | None = None
    live: Live | None = None
    over: frozenset[MeetingId] = frozenset()


def turn_of(
    document: Rehearsal | None,
    known: KnownRehearsal,
    meetings: Meetings,
    *,
    now: datetime,
    clock: ClockState,
) -> RehearsalTurn:
    """Return what to do now."""
    if document is None or document.rehearsal_id is None or known.is_answered:
        return REST
    if document.begins_at is None or document.expires_at is None:
        return _answer("too_late")
    starts_at = max(now, _starts_at(document, document.begins_at, known, now))
    if not known.is_running and now < document.begins_at - timedelta(seconds=document.announce_s):
        return REST
    until = now if known.is_running else starts_at + timedelta(seconds=document.duration_s)
    if is_meeting_first(meetings, now=now, until=until):
        return _answer("in_meeting")
    if known.is_refused:
        return _answer("refused")
    if known.is_running:
        return RUN
    if starts_at >= document.expires_at or not is_clock_known(clock):
        return _answer("too_late")
    return RUN if now >= starts_at else RehearsalTurn("announce", starts_at=starts_at)


def _starts_at(
    document: Rehearsal, begins_at: datetime, known: KnownRehearsal, now: datetime
) -> datetime:
    """Return when media may begin: at its time, and not before it was announced in full."""
    announced_at = known.announced_at or now
    return max(begins_at, announced_at + timedelta(seconds=document.announce_s))


def is_meeting_first(meetings: Meetings, *, now: datetime, until: datetime) -> bool:
    """Return whether a meeting is on by anybody's word, or may be joined before a time."""
    if not isinstance(meetings.decision, Idle):
        return True
    live = meetings.live
    if live is not None and live.meeting_id is not None and live.meeting_id not in meetings.over:
        return True
    planned = meetings.schedule.meetings if meetings.schedule else ()
    open_ones = (one for one in planned if one.meeting_id not in meetings.over)
    return any(opens_at(one.begins_at) <= until and now < one.ends_at for one in open_ones)


def _answer(outcome: RehearsalOutcome) -> RehearsalTurn:
    return RehearsalTurn("answer", outcome=outcome)


def is_same(document: Rehearsal | None, rehearsal_id: RehearsalId) -> bool:
    """Return whether a document still asks for this rehearsal."""
    return document is not None and document.rehearsal_id == rehearsal_id
