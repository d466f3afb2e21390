"""Figures of a point over time: those with columns of their own, and those that share a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.ids import PointId
from controller.health.steps import Step, bucket_of, grid_of
from controller.ingest.tables import (
    Figure1H,
    Figure5Min,
    FigureBucket,
    Health1H,
    Health5Min,
    HealthBucket,
    InterfaceBucket,
)
from monitoring.figures import Columns, Figure
from monitoring.judgement.availability import Period

HEALTH: dict[Step, type[Health5Min] | type[Health1H]] = {
    Step.FIVE_MINUTES: Health5Min,
    Step.HOUR: Health1H,
    Step.DAY: Health1H,
}
_SHARED: dict[Step, type[Figure5Min] | type[Figure1H]] = {
    Step.FIVE_MINUTES: Figure5Min,
    Step.HOUR: Figure1H,
    Step.DAY: Figure1H,
}
_SHARED_COLUMNS = Columns("", "samples", "total", "lowest", "highest")
_Row = HealthBucket | FigureBucket
_B = TypeVar("_B", bound=HealthBucket | FigureBucket | InterfaceBucket)


@dataclass(frozen=True, slots=True)
class Over:
    """A figure over some buckets; None: not measured, or not kept."""

    samples: int = 0
    mean: float | None = None
    lowest: float | None = None
    highest: float | None = None


def series(
    session: Session, point_id: PointId, figures: Iterable[Figure], period: Period, step: Step
) -> dict[str, list[Over]]:
    """Return each figure, by name, over every bucket of the period's grid."""
    grid, wanted = grid_of(period, step), list(figures)
    rows: dict[str, dict[datetime, list[_Row]]] = {}

    def put(key: str, row: _Row) -> None:
        rows.setdefault(key, {}).setdefault(bucket_of(row.begins_at, step), []).append(row)

    if any(figure.columns for figure in wanted):
        for row in session.exec(buckets(HEALTH[step], point_id, period, step)):
            put("", row)
    if names := [figure.name for figure in wanted if not figure.columns]:
        shared = buckets(_SHARED[step], point_id, period, step)
        for one in session.exec(shared.where(col(_SHARED[step].name).in_(names))):
            put(one.name, one)
    found = {f.name: rows.get("" if f.columns else f.name, {}) for f in wanted}
    return {f.name: [over(found[f.name].get(at, ()), f) for at in grid] for f in wanted}


def buckets(table: type[_B], point_id: PointId, period: Period, step: Step) -> SelectOfScalar[_B]:
    """Return the query for what a table has of a point on the period's grid."""
    begins_at = bucket_of(period.begins_at, step)
    return (
        select(table)
        .where(col(table.point_id) == point_id)
        .where(col(table.begins_at) >= begins_at, col(table.begins_at) < period.ends_at)
    )


def over(rows: Sequence[_Row], figure: Figure) -> Over:
    """Return a figure over some buckets taken together."""
    columns = figure.columns or _SHARED_COLUMNS
    lowest, highest = _values(rows, columns.lowest), _values(rows, columns.highest)
    counted = sum(_values(rows, columns.count))
    mean = sum(_values(rows, columns.total)) / counted if counted else None
    samples = counted if columns.count else sum(_values(rows, "samples")) if highest else 0
    return Over(int(samples), mean, min(lowest, default=None), max(highest, default=None))


def _values(rows: Iterable[_Row], column: str) -> list[float]:
    if not column:
        return []
    found = (getattr(row, column) for row in rows)
    return [value for value in found if value is not None]
