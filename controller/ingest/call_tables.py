"""The table of what a meeting's lines were like: a key, and every figure of a `LineMinute`.

call_minute    a row a participant and minute; kept a year
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, get_args, get_type_hints

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table
from sqlalchemy.types import TypeEngine

from controller.db.base import SERIES, SeriesTable
from controller.db.millis import UtcMillis
from controller.ingest.line_minute import LineMinute

MAX_SUBJECT = 80  # `person:` and a name of 60


@dataclass(kw_only=True, eq=False)
class CallMinute(LineMinute):
    """One participant's line in a meeting over a minute; `subject` as the floor names it."""

    __hash__ = object.__hash__

    meeting_id: str
    subject: str
    begins_at: datetime


def _columns() -> list[Column[object]]:
    hints = get_type_hints(LineMinute)
    return [
        Column(
            one.name,
            _type_of(one.name, hints[one.name]),
            nullable=type(None) in get_args(hints[one.name]),
        )
        for one in fields(LineMinute)
    ]


def _type_of(name: str, hint: object) -> type[TypeEngine[Any]]:
    if hint is float or float in get_args(hint):
        return Float
    return BigInteger if "_bps_" in name else Integer


TABLE = Table(
    "call_minute",
    SeriesTable.metadata,
    Column("meeting_id", String(40), primary_key=True),
    Column("subject", String(MAX_SUBJECT), primary_key=True),
    Column("begins_at", UtcMillis, primary_key=True),
    *_columns(),
    Index("ix_call_minute_begins_at", "begins_at"),
    sqlite_with_rowid=False,
)
SERIES.map_imperatively(CallMinute, TABLE)
