"""What is over leaves the state database, some rows at a time, by a clock that is believed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from controller.clock import WatchedClock
from controller.db.engine import writing
from controller.enrolment import service as enrolment
from controller.errors import StorageError
from controller.meetings import service as meetings
from controller.settings import RetentionSettings
from runtime.guard import guarded

_log = structlog.get_logger()

EVERY_S = 3600.0
STEP_ROWS = 500
PAUSE_S = 0.1

Forget = Callable[[Session, datetime], int]


def rules(settings: RetentionSettings) -> tuple[tuple[Forget, timedelta], ...]:
    """Return what leaves, and after how long."""
    return (
        (
            lambda session, limit: meetings.forget_log(session, limit, count=STEP_ROWS),
            timedelta(days=settings.meeting_log_days),
        ),
        (
            lambda session, limit: enrolment.forget_codes(session, limit, count=STEP_ROWS),
            timedelta(days=settings.enrolment_code_days),
        ),
    )


async def run(settings: RetentionSettings, state: Engine, clock: WatchedClock) -> None:
    """Look every hour, for ever."""
    while True:
        if clock.doubt() is None:
            with guarded("retention"):
                try:
                    await prune(settings, state, now=clock.now())
                except StorageError as exc:
                    _log.warning("retention_stopped", error=str(exc))
        await asyncio.sleep(EVERY_S)


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
