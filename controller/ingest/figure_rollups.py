"""Roll-ups of figures without columns (monitoring/figures.py): a row a figure and bucket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts.ids import PointId
from controller.ingest.bulk import Bulk, added, largest, smallest
from controller.ingest.tables import Figure1H, Figure5Min
from monitoring.figures import FigureReading

_MERGE = added("samples") | added("total") | smallest("lowest") | largest("highest")


@dataclass(slots=True)
class _Sum:
    samples: int
    total: float
    lowest: float
    highest: float

    def add(self, value: float) -> None:
        self.samples += 1
        self.total += value
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)


_WIDTHS = ((300_000, Bulk(Figure5Min, _MERGE)), (3_600_000, Bulk(Figure1H, _MERGE)))


def add(
    connection: Connection, reports: Iterable[tuple[PointId, int, Sequence[FigureReading]]]
) -> None:
    """Add figures of reports that were not stored before; each with its point and time in ms."""
    found = [
        (point_id, at_ms, one.figure.name, one.value)
        for point_id, at_ms, figures in reports
        for one in figures
        if one.figure.columns is None
    ]
    for width_ms, bulk in _WIDTHS:
        sums: dict[tuple[str, int, str], _Sum] = {}
        for point_id, at_ms, name, value in found:
            key = (point_id, at_ms - at_ms % width_ms, name)
            if key in sums:
                sums[key].add(value)
            else:
                sums[key] = _Sum(1, value, value, value)
        bulk.write(
            connection,
            [(*key, s.samples, s.total, s.lowest, s.highest) for key, s in sums.items()],
        )
