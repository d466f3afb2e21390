"""What reports add up to in five minutes and in hours; how, the columns' names say.

Sums, counts, minima and maxima add up in any order, so that late reports land in their own
bucket, and an hour is what its five minutes add up to. So do histograms; they are texts, which
no database adds, so that those that are there already are read and written anew. Nobody else
writes meanwhile: the transaction has the database for itself.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from controller.db.base import SeriesTable
from controller.ingest.bulk import Bulk, added, counted, kept, largest, smallest
from monitoring import histogram
from monitoring.histogram import Histogram

FIVE_MINUTES_MS, HOUR_MS = 300_000, 3_600_000

Values = list[float | None]
"""The columns after the key, in order: of one report, or of all in a bucket."""
Key = tuple[str, int, tuple[str | int, ...]]
"""Point, time in ms, and the rest of a table's key."""


class Buckets:
    """The two tables of one roll-up, of the same columns; a histogram is the last of them."""

    def __init__(self, five_minutes: type[SeriesTable], hours: type[SeriesTable]) -> None:
        columns = hours.metadata.tables[str(hours.__tablename__)].columns
        names = [column.name for column in columns if not column.primary_key]
        self._histogram = next((name for name in names if name.endswith("_histogram")), None)
        names = [name for name in names if name != self._histogram]
        self.nothing: Values = [None if _is_unknown_at_first(n) else 0 for n in names]
        self.place_of = {name: place for place, name in enumerate(names)}
        self._lowest = [place for place, name in enumerate(names) if _is_lowest(name)]
        self._highest = [place for place, name in enumerate(names) if _is_highest(name)]
        self._counted = [place for place, name in enumerate(names) if _is_counted(name)]
        self._added = [place for place, value in enumerate(self.nothing) if value == 0]
        merge: dict[str, str] = {}
        for name in names:
            merge |= _merged(name)
        if self._histogram is not None:
            merge |= kept(self._histogram)
        self._five_minutes, self._hours = Bulk(five_minutes, merge), Bulk(hours, merge)

    def add(
        self,
        connection: Connection,
        found: Iterable[tuple[Key, Values]],
        spread: Iterable[tuple[Key, Histogram]] = (),
    ) -> None:
        """Add what was found at a time, and how it was spread."""
        short: dict[Key, Values] = {}
        for key, values in found:
            self._take(short, _begins(key, FIVE_MINUTES_MS), values)
        long: dict[Key, Values] = {}
        for key, values in short.items():
            self._take(long, _begins(key, HOUR_MS), values)
        narrow = _summed(spread, FIVE_MINUTES_MS)
        wide = _summed(narrow.items(), HOUR_MS)
        self._write(connection, self._five_minutes, short, narrow)
        self._write(connection, self._hours, long, wide)

    def _write(
        self,
        connection: Connection,
        bulk: Bulk,
        sums: Mapping[Key, Values],
        spread: Mapping[Key, Histogram],
    ) -> None:
        if self._histogram is None:
            rows = [(point, ms, *rest, *v) for (point, ms, rest), v in sums.items()]
            bulk.write(connection, rows)
            return
        texts = dict.fromkeys(sums, None) | self._joined(connection, bulk, self._histogram, spread)
        bulk.write(connection, [(*key[:2], *key[2], *v, texts[key]) for key, v in sums.items()])

    def _joined(
        self, connection: Connection, bulk: Bulk, column: str, spread: Mapping[Key, Histogram]
    ) -> dict[Key, str | None]:
        """Return the texts of histograms together with what is stored of them."""
        stored = bulk.read(connection, column, [(point, ms) for point, ms, _ in spread])
        for (point, begins_ms), text in stored:
            histogram.add(spread[point, begins_ms, ()], histogram.decoded(text))
        return {key: histogram.encoded(one) for key, one in spread.items()}

    def _take(self, sums: dict[Key, Values], key: Key, values: Values) -> None:
        old = sums.get(key)
        if old is None:
            sums[key] = values.copy()
            return
        for place in self._added:
            old[place] += values[place]  # type: ignore[operator]  # no None among these
        for place in self._counted:
            if (count := values[place]) is not None:
                old[place] = count + (old[place] or 0)
        for place in self._lowest:
            new, before = values[place], old[place]
            if new is not None and (before is None or new < before):
                old[place] = new
        for place in self._highest:
            new, before = values[place], old[place]
            if new is not None and (before is None or new > before):
                old[place] = new


def _begins(key: Key, width_ms: int) -> Key:
    point_id, at_ms, rest = key
    return point_id, at_ms - at_ms % width_ms, rest


def _summed(found: Iterable[tuple[Key, Histogram]], width_ms: int) -> dict[Key, Histogram]:
    sums: dict[Key, Histogram] = {}
    for key, one in found:
        histogram.add(sums.setdefault(_begins(key, width_ms), {}), one)
    return sums


def _merged(name: str) -> dict[str, str]:
    if _is_lowest(name):
        return smallest(name)
    if _is_counted(name):
        return counted(name)
    return largest(name) if _is_highest(name) else added(name)


def _is_unknown_at_first(name: str) -> bool:
    return _is_lowest(name) or _is_highest(name) or _is_counted(name)


def _is_counted(name: str) -> bool:
    """Say whether it is a sum that may not be known."""
    return name.endswith("_counted")


def _is_lowest(name: str) -> bool:
    return "_min" in name or name == "lowest"


def _is_highest(name: str) -> bool:
    return "_max" in name or name == "highest"
