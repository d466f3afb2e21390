"""Reading what was kept of a meeting's lines."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, select, type_coerce
from sqlmodel import Session

from controller.db.millis import from_ms
from controller.ingest.call_tables import TABLE
from controller.ingest.line_minute import BriefMinute, LineMinute

Minute = TypeVar("Minute", BriefMinute, LineMinute)

ROWS = 2000
_FIGURES = [TABLE.c[one.name] for one in fields(LineMinute)]
_BRIEF = [TABLE.c[name] for name in BriefMinute._fields]


def minutes_of(session: Session, meeting_id: str) -> dict[str, dict[datetime, LineMinute]]:
    """Return a meeting's minutes by participant, oldest first."""
    return _minutes(session, meeting_id, _FIGURES, lambda row: LineMinute(*row))


def brief_minutes_of(session: Session, meeting_id: str) -> dict[str, dict[datetime, BriefMinute]]:
    """Return the same with what a page is made of alone: 15,000 of a meeting of 170 points."""
    return _minutes(session, meeting_id, _BRIEF, BriefMinute._make)


def _minutes(
    session: Session,
    meeting_id: str,
    figures: Sequence[Column[Any]],
    made: Callable[[Sequence[Any]], Minute],
) -> dict[str, dict[datetime, Minute]]:
    key = (TABLE.c.subject, type_coerce(TABLE.c.begins_at, BigInteger))
    query = select(*key, *figures).where(TABLE.c.meeting_id == meeting_id)
    ordered = query.order_by(TABLE.c.subject, TABLE.c.begins_at)
    found: dict[str, dict[datetime, Minute]] = {}
    at = cache(from_ms)  # its 170 points have the same minutes
    for rows in session.connection().execute(ordered).partitions(ROWS):
        for row in rows:
            found.setdefault(row[0], {})[at(row[1])] = made(row[2:])
    return found
