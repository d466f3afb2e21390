"""What was measured as one file a month and table, for who keeps years elsewhere.

Rows leave as they are kept, sums with their counts, so that nothing is lost by a mean of means. A
file is there whole or not at all: a run that was ended goes on where it was. Rows are read point
by point, as they lie, so that a month takes no more memory than one point's rows.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy
from sqlalchemy import Column, Engine, Table, func

from contracts.local_days import midnight
from controller.db.engine import reading
from controller.ingest.tables import Health1H
from controller.spreadsheet import harmless
from runtime import atomic

ROWS_AT_ONCE = 1000
MODE = 0o644
"""Others read what leaves the centre, as its file mask lets them."""
_TABLES = Health1H.metadata.tables
# What is kept longest, and by which instant a row is of a month.
_KEPT = {
    "health_1h": "begins_at",
    "figure_1h": "begins_at",
    "interface_1h": "begins_at",
    "port_1h": "begins_at",
    "bandwidth": "at",
    "throughput": "at",
    "presence_interval": "began_at",
}


@dataclass(slots=True)
class Exported:
    """What became of an export; files by their names."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    not_over: list[str] = field(default_factory=list)
    rows: int = 0


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def export(
    series: Engine, folder: Path, *, first: date, last: date, now: datetime, is_again: bool
) -> Exported:
    """Write every month from the first to the last that is over and not there yet.

    Args:
        is_again: months that are there are written anew, with what came late.

    Raises:
        OSError: the folder cannot be written; what was written before stays.
        StorageError: the database cannot be read now; likewise.
    """
    done, month = Exported(), first
    folder.mkdir(parents=True, exist_ok=True)
    while month <= last:
        begins_at, ends_at = midnight(month), midnight(next_month(month))
        if ends_at > now:
            done.not_over.append(f"{month:%Y-%m}")
        else:
            for name, instant in _KEPT.items():
                path = folder / f"{name}-{month:%Y-%m}.csv.gz"
                if path.exists() and not is_again:
                    done.kept.append(path.name)
                    continue
                table = _TABLES[name]
                done.rows += _write(series, path, table, table.c[instant], (begins_at, ends_at))
                done.written.append(path.name)
        month = next_month(month)
    return done


def _write(
    series: Engine,
    path: Path,
    table: Table,
    instant: Column[Any],
    period: tuple[datetime, datetime],
) -> int:
    for left in path.parent.glob(f".{path.name}.*"):  # by a run that was killed
        left.unlink(missing_ok=True)
    with atomic.replacing(path, mode=MODE) as raw:
        return _packed(raw, table, _rows(series, table, instant, period))


def _packed(raw: BinaryIO, table: Table, rows: Iterable[Sequence[Any]]) -> int:
    """Write a table; without a name and a time in it the same rows are the same file."""
    count = 0
    with (
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        io.TextIOWrapper(packed, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.name for column in table.columns)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _rows(
    series: Engine, table: Table, instant: Column[Any], period: tuple[datetime, datetime]
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a month, point by point, each in the order of its time."""
    own, order = table.c.point_id, (instant, *table.primary_key.columns)
    point_id = ""
    while True:
        with reading(series) as session:
            connection = session.connection()
            following = sqlalchemy.select(func.min(own)).where(own > point_id)
            found_id: str | None = connection.execute(following).scalar()
            if found_id is None:
                return
            point_id = found_id
            query = sqlalchemy.select(table).where(
                own == point_id, instant >= period[0], instant < period[1]
            )
            found = connection.execute(
                query.order_by(*order), execution_options={"yield_per": ROWS_AT_ONCE}
            )
            yield from found


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return harmless(value) if isinstance(value, str) else value
