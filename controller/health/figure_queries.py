"""Open figures of a point over time: one query for whichever the table has."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.ids import PointId
from controller.health.chart_queries import Step
from controller.ingest.tables import Figure1H, Figure5Min
from monitoring.judgement.availability import Period

_TABLES: dict[Step, type[Figure5Min] | type[Figure1H]] = {
    Step.FIVE_MINUTES: Figure5Min,
    Step.HOUR: Figure1H,
}


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """One figure over one bucket that has samples."""

    begins_at: datetime
    samples: int
    mean: float
    lowest: float
    highest: float


def series(
    session: Session, point_id: PointId, name: str, period: Period, step: Step
) -> list[FigurePoint]:
    """Return the buckets of a period, oldest first; gaps are left out."""
    table = _TABLES[step]
    query = (
        select(table)
        .where(col(table.point_id) == point_id, col(table.name) == name)
        .where(col(table.begins_at) >= period.begins_at, col(table.begins_at) < period.ends_at)
        .order_by(col(table.begins_at))
    )
    return [
        FigurePoint(row.begins_at, row.samples, row.total / row.samples, row.lowest, row.highest)
        for row in session.exec(query)
        if row.samples
    ]
