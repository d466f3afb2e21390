"""Questions that the database answers summed up, a row a bucket of the grid."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, Select, SQLColumnExpression, func
from sqlmodel import col

from contracts.ids import PointId
from controller.health.steps import Step, bucket_in, bucket_of
from monitoring.judgement.periods import Period

Columns = tuple[SQLColumnExpression[Any], ...]


def within(
    point: str,
    instant: datetime,
    point_id: PointId,
    period: Period,
    step: Step,
    columns: Columns,
) -> Select[Any]:
    """Return the query for a point's rows of the period's grid: their buckets in ms, and columns.

    Args:
        point: the table's column of points.
        instant: its column of times.
    """
    at = col(instant)
    shown: Columns = (bucket_in(at, step), *columns)
    return sqlalchemy.select(*shown).where(
        col(point) == point_id, at >= bucket_of(period.begins_at, step), at < period.ends_at
    )


def whole(column: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """Return the sum of whole numbers as one: PostgreSQL makes a decimal of it."""
    return func.sum(column).cast(BigInteger)
