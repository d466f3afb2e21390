"""A year of a province: how large its database is, and how soon a point's year is drawn.

One point's rows are made up, with days on 4G, forty outages and a month without data, and
copied for all others in the order of time, as they would come: reports of ten seconds for 14
days, five minutes for 90 (interfaces and a switch's 24 ports 30), hours and trains for a year.
Then the year is asked for of the real application, on SQLite and on PostgreSQL.

    python -m bench.year [--points 170] [--asked 40] [--hours-only] [--only SQLite]
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import sqlalchemy
from sqlalchemy import Connection, Engine

from controller.db.base import SeriesTable
from controller.db.engine import open_engine
from controller.db.millis import to_ms
from controller.ingest.bulk import Bulk, Row
from controller.ingest.tables import (
    Bandwidth,
    Figure1H,
    Figure5Min,
    Health1H,
    Health5Min,
    Interface1H,
    Interface5Min,
    InterfaceSample,
    Port1H,
    Port5Min,
    PresenceInterval,
    StoredReport,
)
from monitoring import histogram
from tests.fakes import postgresql
from tests.integration.controller.centre import Installation, serving

RESULTS = Path(__file__).parent / "results" / "year.json"
MODEL, OTHERS = "p-b", ("p-c", "p-chair")
FIGURES = (
    "inode_ratio", "disk_temperature_c", "throttled_ratio", "swap_ratio", "load_1min_count",
    "dns_rtt_ms", "segment_devices_count", "wifi_signal_dbm",
)  # fmt: skip
PORTS, INTERFACES = 24, ("enp1s0", "(virtual)")
DAY_MS, HOUR_MS, FIVE_MINUTES_MS, TEN_S_MS = 86_400_000, 3_600_000, 300_000, 10_000
BOUND_MS, BOUND_GB, PROVINCE = 300, 20, 170


class Year:
    """The rows of one point, newest time last; the same for the same seed."""

    def __init__(self, now: datetime, seed: int = 7) -> None:
        self._end_ms = to_ms(now) // HOUR_MS * HOUR_MS
        self._chance = random.Random(seed)

    def times(self, days: int, width_ms: int) -> Iterator[int]:
        """Give the times of some days, without the month of which nothing is known."""
        for at_ms in range(self._end_ms - days * DAY_MS, self._end_ms, width_ms):
            if not 200 <= (self._end_ms - at_ms) // DAY_MS < 230:
                yield at_ms

    def rtt_ms(self, at_ms: int) -> float:
        """Return what a probe takes: on 4G on one day of thirty."""
        is_4g = at_ms // DAY_MS % 30 == 0
        return (70 if is_4g else 12) * self._chance.lognormvariate(0, 0.3 if is_4g else 0.1)

    def spread(self, at_ms: int, count: int) -> str:
        """Return so many probes' histogram."""
        found: histogram.Histogram = {}
        for _ in range(count):
            histogram.add(found, {histogram.bin_of(self.rtt_ms(at_ms)): 1})
        return histogram.encoded(found)

    def health(self, days: int, width_ms: int) -> Iterator[Row]:
        """Give rows of health."""
        chance = self._chance
        for at_ms in self.times(days, width_ms):
            samples = width_ms // TEN_S_MS
            rtt = self.rtt_ms(at_ms)
            yield (
                MODEL, at_ms, samples, 3 * samples, 3 * samples - chance.randrange(3), samples,
                rtt * samples, rtt * 0.8, rtt * 1.9, samples, chance.random() * samples, samples,
                samples, chance.random() * samples, samples, chance.random() * samples,
                chance.random(), chance.random(), chance.random(), 40 + 20 * chance.random(), 0,
                self.spread(at_ms, 3 * samples),
            )  # fmt: skip

    def figures(self, days: int, width_ms: int) -> Iterator[Row]:
        """Give rows of figures."""
        chance, samples = self._chance, width_ms // TEN_S_MS
        for at_ms in self.times(days, width_ms):
            for name in FIGURES:
                value = chance.random()
                yield MODEL, at_ms, name, samples, value * samples, value / 2, value * 2

    def interfaces(self, days: int, width_ms: int) -> Iterator[Row]:
        """Give rows of interfaces."""
        chance, samples = self._chance, width_ms // TEN_S_MS
        for at_ms in self.times(days, width_ms):
            for name in INTERFACES:
                bps = chance.randrange(20_000_000)
                yield (
                    MODEL, at_ms, name, samples, samples, samples, bps * samples, 2 * bps,
                    samples, bps * samples // 5, bps, 3, 3, 0, 0,
                )  # fmt: skip

    def ports(self, days: int, width_ms: int) -> Iterator[Row]:
        """Give rows of a switch's ports."""
        chance, samples = self._chance, width_ms // FIVE_MINUTES_MS
        for at_ms in self.times(days, width_ms):
            for index in range(1, PORTS + 1):
                bps = chance.randrange(2_000_000)
                yield (
                    MODEL, at_ms, "switch01", index, samples, samples, samples, bps * samples,
                    bps, samples, bps * samples, bps, 0, 0,
                )  # fmt: skip

    def reports(self) -> Iterator[Row]:
        """Give the reports that are kept as they came."""
        chance = self._chance
        for seq, at_ms in enumerate(self.times(14, TEN_S_MS)):
            rtt = round(self.rtt_ms(at_ms), 2)
            yield (
                1, seq, MODEL, "health", at_ms, at_ms, at_ms + 90, 1, 10_000 * seq, "ntp", 2.5,
                chance.random(), chance.random(), None, 10 * seq, None, "192.168.1.1",
                round(chance.random(), 2), 3, 3, rtt, rtt, round(rtt * 1.2, 2),
                round(chance.random(), 2), "idle", None,
                self.spread(at_ms, 60) if seq % 6 == 0 else None,
            )  # fmt: skip

    def samples(self) -> Iterator[Row]:
        """Give their interfaces."""
        for seq, _ in enumerate(self.times(14, TEN_S_MS)):
            for name in INTERFACES:
                bps = self._chance.randrange(20_000_000)
                yield 1, seq, name, True, bps, bps // 5, 3, 0

    def trains(self) -> Iterator[Row]:
        """Give what trains said."""
        for seq, at_ms in enumerate(self.times(365, 2 * FIVE_MINUTES_MS)):
            bps = self._chance.randrange(5_000_000, 50_000_000)
            back = (bps, 0.9) if seq % 3 == 0 else (None, None)
            yield 1, seq, MODEL, at_ms, 20, 20, 28_000, bps, 0.9, "", *back

    def presence(self) -> Iterator[Row]:
        """Give forty outages of a quarter of an hour, and the time between them."""
        begin_ms = self._end_ms - 365 * DAY_MS
        for number in range(40):
            end_ms = begin_ms + 9 * DAY_MS
            yield 2 * number, MODEL, "up", begin_ms, begin_ms, end_ms
            begin_ms = end_ms + DAY_MS // 96
            yield 2 * number + 1, MODEL, "down", end_ms, end_ms, begin_ms
        yield 80, MODEL, "up", begin_ms, begin_ms, None


def tables(year: Year, *, hours_only: bool) -> dict[type[SeriesTable], Iterator[Row]]:
    """Return what stands in each table of the model."""
    hours: dict[type[SeriesTable], Iterator[Row]] = {
        Health1H: year.health(365, HOUR_MS),
        Figure1H: year.figures(365, HOUR_MS),
        Interface1H: year.interfaces(365, HOUR_MS),
        Port1H: year.ports(365, HOUR_MS),
        Bandwidth: year.trains(),
        PresenceInterval: year.presence(),
    }
    fine: dict[type[SeriesTable], Iterator[Row]] = {
        StoredReport: year.reports(),
        InterfaceSample: year.samples(),
        Health5Min: year.health(90, FIVE_MINUTES_MS),
        Figure5Min: year.figures(90, FIVE_MINUTES_MS),
        Interface5Min: year.interfaces(30, FIVE_MINUTES_MS),
        Port5Min: year.ports(30, FIVE_MINUTES_MS),
    }
    return hours if hours_only else hours | fine


def fill(engine: Engine, year: Year, points: int, *, hours_only: bool) -> dict[str, int]:
    """Write the model and its copies; return the bytes of each table with its indexes."""
    sizes: dict[str, int] = {}
    names = [*OTHERS, *(f"diem-{n:03}" for n in range(points))][: points - 1]
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE bench_point (number bigint, point_id text)")
        number = sqlalchemy.text("INSERT INTO bench_point VALUES (:number, :point_id)")
        connection.execute(
            number, [{"number": n, "point_id": name} for n, name in enumerate(names, start=2)]
        )
    for model, rows in tables(year, hours_only=hours_only).items():
        before = size(engine)
        with engine.begin() as connection:
            _write(connection, model, rows)
            _copy(connection, model)
        sizes[str(model.__tablename__)] = size(engine) - before
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE bench_point")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return sizes


def _write(connection: Connection, model: type[SeriesTable], rows: Iterator[Row]) -> None:
    bulk, batch = Bulk(model), list[Row]()
    for row in rows:
        batch.append(row)
        if len(batch) == 5000:
            bulk.write(connection, batch)
            batch = []
    bulk.write(connection, batch)


def _copy(connection: Connection, model: type[SeriesTable]) -> None:
    """Copy the model's rows for all points, in the order of time."""
    columns = [column.name for column in SeriesTable.metadata.tables[str(model.__tablename__)].c]
    instead = {"point_id": "p.point_id", "outbox_key": "p.number"}
    if "interval_id" in columns:
        instead["interval_id"] = "t.interval_id + 1000 * p.number"
    shown = ", ".join(instead.get(name, f"t.{name}") for name in columns)
    of_model = "point_id = 'p-b'" if "point_id" in columns else "outbox_key = 1"
    order = next(name for name in ("begins_at", "began_at", "seq") if name in columns)
    connection.exec_driver_sql(
        f"INSERT INTO {model.__tablename__} ({', '.join(columns)}) SELECT {shown} FROM "  # noqa: S608 - our names
        f"(SELECT * FROM {model.__tablename__} WHERE {of_model} ORDER BY {order}) AS t "
        f"CROSS JOIN bench_point AS p ORDER BY t.{order}"
    )


def size(engine: Engine) -> int:
    """Return the bytes of a database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            return pages * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        found = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(found.scalar_one())


Times = list[tuple[float, float]]
"""Milliseconds by the clock, and of this process's CPU, in which SQLite is and PostgreSQL not."""


async def asked(installation: Installation, count: int) -> dict[str, Times]:
    """Return what each part of a point's year takes, one point after another."""
    took: dict[str, Times] = {"series.json": [], "figures.json": [], "": []}
    async with serving(installation) as centre:
        person = await centre.sign_in()
        for number in range(count):
            point = (MODEL, *OTHERS)[number % 3]
            for name, times in took.items():
                began_s, cpu_s = time.perf_counter(), time.process_time()
                answer = await person.get(f"/points/{point}/{name}".rstrip("/"), span="1y")
                spent_s = time.perf_counter() - began_s, time.process_time() - cpu_s
                times.append((1000 * spent_s[0], 1000 * spent_s[1]))
                assert answer.status_code == 200, answer.text[:200]
                if name == "series.json":
                    assert sum(1 for samples in answer.json()["samples"] if samples) > 300
    return took


def measure(
    name: str, installation: Installation, arguments: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Give what one kind of database comes to."""
    points = int(arguments.points)
    engine = open_engine(installation.settings.series_database_url)
    year = Year(datetime.now(UTC) - timedelta(hours=1))
    sizes = fill(engine, year, points, hours_only=arguments.hours_only)
    engine.dispose()
    if not arguments.hours_only:
        whole_gb = sum(sizes.values()) / 1e9
        yield {
            "name": f"database after a year, {name}, {points} points",
            "value": round(whole_gb, 2),
            "unit": "GB",
            "of_170_gb": round(whole_gb * PROVINCE / points, 2),
            "bound": f"<= {BOUND_GB} of {PROVINCE} points",
            "tables_mb": {table: round(one / 1e6, 1) for table, one in sizes.items()},
        }
    for part, times in asyncio.run(asked(installation, arguments.asked)).items():
        clock_ms, cpu_ms = ([one[place] for one in times] for place in (0, 1))
        yield {
            "name": f"a point's year, {part or 'the page'}, {name}, {points} points",
            "value": round(quantiles(clock_ms, n=20)[-1], 1),
            "median": round(median(clock_ms), 1),
            "first": round(clock_ms[0], 1),
            "cpu_p95": round(quantiles(cpu_ms, n=20)[-1], 1),
            "unit": "ms, p95",
            "bound": f"<= {BOUND_MS}",
        }


def main() -> None:
    """Measure on both and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=PROVINCE)
    parser.add_argument("--asked", type=int, default=40)
    parser.add_argument("--hours-only", action="store_true")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    arguments = parser.parse_args()
    results: list[dict[str, object]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dc-bench-")))
        made = Installation.make(folder / "centre")
        wanted = {"SQLite": made} if arguments.only != "PostgreSQL" else {}
        if postgresql.programs() and arguments.only != "SQLite":
            server = stack.enter_context(postgresql.start_postgresql())
            wanted["PostgreSQL"] = made.on(server)
        for name, installation in wanted.items():
            for result in measure(name, installation, arguments):
                print(json.dumps(result), flush=True)
                results.append(result)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    main()
