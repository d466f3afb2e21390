"""What is over leaves the state database, some rows at a time, by a clock that is believed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from controller.audit.service import AuditLog
from controller.centre import service as centre
from controller.clock import WatchedClock
from controller.db.engine import writing
from controller.enrolment import service as enrolment
from controller.errors import StorageError
from controller.heard import service as heard
from controller.incidents import service as incidents
from controller.knock import knock
from controller.line_tests import service as line_tests
from controller.mail import service as mail
from controller.meetings import service as meetings
from controller.meetings.after import service as records
from controller.meetings.guests import service as guests
from controller.meetings.handouts import service as handouts
from controller.meetings.holds import service as rooms
from controller.meetings.minutes import service as minutes
from controller.meetings.rollcall import service as roll_calls
from controller.meetings.tasks import service as tasks
from controller.places import service as places
from controller.rehearsals import service as rehearsals
from controller.settings import ControllerSettings, RetentionSettings
from runtime.guard import guarded

_log = structlog.get_logger()

EVERY_S = 3600.0
STEP_ROWS = 500
STEP_MINUTES = 10  # with all their files
STEP_MEETINGS = 10  # with what was said of all their points
PAUSE_S = 0.1
# A renewed point may be in a meeting, or its answer may have been lost.
KEPT_BESIDE = timedelta(days=14)
# Wide: who forgets an ended certificate too early lets a stolen machine in again.
KEPT_EXPIRED = timedelta(days=365)

Forget = Callable[[Session, datetime], int]


def rules(settings: RetentionSettings) -> tuple[tuple[Forget, timedelta], ...]:
    """Return what leaves, and after how long."""
    return (
        (
            lambda session, limit: meetings.forget_log(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (rooms.forget, timedelta(days=settings.meeting_log_days)),
        (
            lambda session, limit: roll_calls.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        *_with_minutes(timedelta(days=settings.minutes_days)),
        (
            lambda session, limit: records.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: heard.forget(session, limit, count=STEP_MEETINGS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: guests.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: incidents.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: centre.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: line_tests.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: rehearsals.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.rehearsal_days),
        ),
        (
            lambda session, limit: mail.forget(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: enrolment.forget_codes(session, limit, count=STEP_ROWS),
            timedelta(days=settings.enrolment_code_days),
        ),
        (enrolment.forget_certificates, KEPT_EXPIRED),
        (places.forget_files, places.LOOKED_THROUGH_FOR),
    )


def _with_minutes(age: timedelta) -> tuple[tuple[Forget, timedelta], ...]:
    """Return what leaves when minutes do."""
    return (
        (lambda session, limit: minutes.forget(session, limit, count=STEP_MINUTES), age),
        (lambda session, limit: handouts.forget(session, limit, count=STEP_MINUTES), age),
        (
            lambda session, limit: handouts.forget_removed(session, limit, count=STEP_MINUTES),
            handouts.HAD_BACK_FOR,
        ),
        (lambda session, limit: tasks.forget(session, limit, count=STEP_ROWS), age),
    )


async def run(settings: ControllerSettings, state: Engine, clock: WatchedClock) -> None:
    """Look every hour, for ever."""
    while True:
        with guarded("retention"):
            await look(settings, state, clock)
        await asyncio.sleep(EVERY_S)


async def look(settings: ControllerSettings, state: Engine, clock: WatchedClock) -> None:
    """Remove and end what is due by its age, unless the clock is in doubt."""
    if clock.doubt() is not None:
        return
    now = clock.now()
    try:
        await prune(settings.retention, state, now=now)
        await asyncio.to_thread(_end_by_age, settings, state, now)
    except (StorageError, OSError) as exc:
        _log.warning("retention_stopped", error=str(exc))


async def prune(settings: RetentionSettings, state: Engine, *, now: datetime) -> int:
    """Remove what has been over for long enough; return how many rows.

    Raises:
        StorageError: the database cannot be written now.
    """
    total = 0
    for forget, age in rules(settings):
        while removed := await asyncio.to_thread(_step, state, forget, now - age):
            total += removed
            await asyncio.sleep(PAUSE_S)
    return total


def _step(state: Engine, forget: Forget, limit: datetime) -> int:
    with writing(state) as session:
        return forget(session, limit)


def _end_by_age(settings: ControllerSettings, state: Engine, now: datetime) -> None:
    audit = settings.audit
    AuditLog(state, lambda: now).prune(
        before=now - timedelta(days=audit.keep_days), max_rows=audit.max_rows
    )
    with writing(state) as session:
        ended = enrolment.end_former(session, issued_before=now - KEPT_BESIDE, now=now)
    if ended:
        knock(settings.state_dir)  # for the broker's list, and the relays'
