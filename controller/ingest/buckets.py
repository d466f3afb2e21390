"""What reports add up to in five minutes and in hours; how, the columns' names say.

Sums, counts, minima and maxima add up in any order, so that late reports land in their own
bucket, and an hour is what its five minutes add up to.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from controller.db.base import SeriesTable
from controller.ingest.bulk import Bulk, added, largest, smallest

FIVE_MINUTES_MS, HOUR_MS = 300_000, 3_600_000

Values = list[float | None]
"""The columns after the key, in order: of one report, or of all in a bucket."""
Key = tuple[str, int, tuple[str, ...]]
"""Point, time in ms, and the rest of a table's key."""


class Buckets:
    """The two tables of one roll-up, of the same columns."""

    def __init__(self, five_minutes: type[SeriesTable], hours: type[SeriesTable]) -> None:
        columns = hours.metadata.tables[str(hours.__tablename__)].columns
        names = [column.name for column in columns if not column.primary_key]
        self.nothing: Values = [None if _is_lowest(n) or _is_highest(n) else 0 for n in names]
        self.place_of = {name: place for place, name in enumerate(names)}
        self._lowest = [place for place, name in enumerate(names) if _is_lowest(name)]
        self._highest = [place for place, name in enumerate(names) if _is_highest(name)]
        self._added = [place for place, value in enumerate(self.nothing) if value == 0]
        merge: dict[str, str] = {}
        for name in names:
            merge |= _merged(name)
        self._five_minutes, self._hours = Bulk(five_minutes, merge), Bulk(hours, merge)

    def add(self, connection: Connection, found: Iterable[tuple[Key, Values]]) -> None:
        """Add what was found at a time."""
        short: dict[Key, Values] = {}
        for (point_id, at_ms, rest), values in found:
            self._take(short, (point_id, at_ms - at_ms % FIVE_MINUTES_MS, rest), values)
        long: dict[Key, Values] = {}
        for (point_id, begins_ms, rest), values in short.items():
            self._take(long, (point_id, begins_ms - begins_ms % HOUR_MS, rest), values)
        for bulk, sums in ((self._five_minutes, short), (self._hours, long)):
            bulk.write(
                connection, [(point, ms, *rest, *v) for (point, ms, rest), v in sums.items()]
            )

    def _take(self, sums: dict[Key, Values], key: Key, values: Values) -> None:
        old = sums.get(key)
        if old is None:
            sums[key] = values.copy()
            return
        for place in self._added:
            old[place] += values[place]  # type: ignore[operator]  # no None among these
        for place in self._lowest:
            new, before = values[place], old[place]
            if new is not None and (before is None or new < before):
                old[place] = new
        for place in self._highest:
            new, before = values[place], old[place]
            if new is not None and (before is None or new > before):
                old[place] = new


def _merged(name: str) -> dict[str, str]:
    if _is_lowest(name):
        return smallest(name)
    return largest(name) if _is_highest(name) else added(name)


def _is_lowest(name: str) -> bool:
    return "_min" in name or name == "lowest"


def _is_highest(name: str) -> bool:
    return "_max" in name or name == "highest"
