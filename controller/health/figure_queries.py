"""Figures of a point over time: those with columns of their own, and those that share a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col

from contracts.ids import PointId
from controller.db.millis import from_ms
from controller.health.bucket_sums import whole, within
from controller.health.steps import Step, bucket_in, grid_of
from controller.ingest.tables import Figure1H, Figure5Min, Health1H, Health5Min
from monitoring.figures import Columns, Figure
from monitoring.judgement.periods import Period

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
    """Return each figure, by name, over every bucket of the period's grid.

    Args:
        step: five minutes at least; shorter ones no figure but the line's is kept of.
    """
    wanted = list(figures)
    found: dict[str, dict[datetime, Over]] = {}
    with_columns = [figure for figure in wanted if figure.columns]
    if with_columns:
        _add_of_columns(session, point_id, with_columns, period, step, found)
    if names := [figure.name for figure in wanted if not figure.columns]:
        _add_shared(session, point_id, names, period, step, found)
    grid, none = grid_of(period, step), Over()
    return {
        f.name: [rows.get(at, none) for at in grid]
        for f in wanted
        for rows in (found.get(f.name, {}),)
    }


def _add_of_columns(
    session: Session,
    point_id: PointId,
    figures: list[Figure],
    period: Period,
    step: Step,
    found: dict[str, dict[datetime, Over]],
) -> None:
    table = HEALTH[step]
    sums = [whole(col(table.samples))]
    for figure in figures:
        sums += _sums_of(table, figure.columns)
    query = within(table.point_id, table.begins_at, point_id, period, step, tuple(sums))
    for at, samples, *values in session.execute(
        query.group_by(bucket_in(col(table.begins_at), step))
    ):
        for place, figure in enumerate(figures):
            count, total, lowest, highest = values[4 * place : 4 * place + 4]
            if figure.columns is None or not figure.columns.count:
                count = samples if highest is not None else 0
            mean = total / count if count and total is not None else None
            found.setdefault(figure.name, {})[from_ms(at)] = Over(count, mean, lowest, highest)


def _sums_of(table: type[Health5Min] | type[Health1H], columns: Columns | None) -> list[Any]:
    """Return count, sum, lowest and highest of a figure; nothing in place of what is not kept."""

    def of(name: str, combined: Any) -> ColumnElement[Any]:  # noqa: ANN401 - one of SQL's functions
        return combined(col(getattr(table, name))) if name else sqlalchemy.null()

    kept = columns or Columns("")
    return [
        of(kept.count, whole),
        of(kept.total, func.sum),
        of(kept.lowest, func.min),
        of(kept.highest, func.max),
    ]


def _add_shared(
    session: Session,
    point_id: PointId,
    names: list[str],
    period: Period,
    step: Step,
    found: dict[str, dict[datetime, Over]],
) -> None:
    table = _SHARED[step]
    name = col(table.name)
    columns = (
        name,
        whole(col(table.samples)),
        func.sum(col(table.total)),
        func.min(col(table.lowest)),
        func.max(col(table.highest)),
    )
    query = within(table.point_id, table.begins_at, point_id, period, step, columns)
    query = query.where(name.in_(names)).group_by(bucket_in(col(table.begins_at), step), name)
    for at, one, samples, total, lowest, highest in session.execute(query):
        mean = total / samples if samples else None
        found.setdefault(one, {})[from_ms(at)] = Over(samples, mean, lowest, highest)
