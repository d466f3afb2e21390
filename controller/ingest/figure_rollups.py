"""Roll-ups of the open figures (monitoring/figures.py): a row a figure and bucket."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts.ids import PointId
from contracts.reports import HealthBody
from controller.ingest.bulk import Bulk, added, largest, smallest
from controller.ingest.tables import Figure1H, Figure5Min
from monitoring.figures import known

_MERGE = added("samples") | added("total") | smallest("lowest") | largest("highest")
Measured = tuple[PointId, int, HealthBody]


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


def add(connection: Connection, measured: Iterable[Measured]) -> None:
    """Add figures of reports that were not stored before; `measured`: point, time in ms, body."""
    found = [
        (point_id, at_ms, figure.name, value)
        for point_id, at_ms, body in measured
        if body.figures
        for figure, value in known(body.figures)
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
