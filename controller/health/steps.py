"""The grid of buckets that charts and tables are drawn on."""

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    literal_column,
    type_coerce,
)

from controller.db.millis import from_ms, to_ms
from monitoring.judgement.periods import Period

_ZONE_MS = 7 * 3600 * 1000


class Step(Enum):
    """The widths of buckets: of reports, two that are kept, and Vietnam's days, of hours."""

    MINUTE = timedelta(minutes=1)
    FIVE_MINUTES = timedelta(minutes=5)
    HOUR = timedelta(hours=1)
    DAY = timedelta(days=1)


def grid_of(period: Period, step: Step) -> list[datetime]:
    """Return where each bucket begins that touches a period, oldest first."""
    begin = to_ms(bucket_of(period.begins_at, step))
    return [from_ms(at) for at in range(begin, to_ms(period.ends_at), _width_ms(step))]


def bucket_of(instant: datetime, step: Step) -> datetime:
    """Return where the bucket begins that an instant is in; days are Vietnam's."""
    at = to_ms(instant)
    return from_ms(at - (at + _ZONE_MS) % _width_ms(step))


def bucket_in(instant: SQLColumnExpression[datetime], step: Step) -> ColumnElement[int]:
    """Return the same for a column of UtcMillis, as a database counts it, in milliseconds."""
    at: ColumnElement[int] = type_coerce(instant, BigInteger)
    # As text, not as parameters: PostgreSQL knows by its text what it has grouped by.
    zone: ColumnElement[int] = literal_column(str(_ZONE_MS))
    width: ColumnElement[int] = literal_column(str(_width_ms(step)))
    return at - (at + zone) % width


def _width_ms(step: Step) -> int:
    return step.value // timedelta(milliseconds=1)
