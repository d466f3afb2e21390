"""Every page of the office on a year of a large province: how long the centre takes over it.

A year of 170 points and 500 meetings with all that it leaves behind (`_office_year.py`) is written
as rows, on SQLite and on PostgreSQL. Then every page that the application has is asked for as an
administrator's browser does, who sees most; one that nobody said how to ask for ends the run.
Last, whether points are free is asked as with each key that somebody types into the booking form.

    python -m bench.office [--asked 40] [--only SQLite] [--page /meetings/new] [--queries]
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import select

from bench._installations import KINDS, installations
from bench._office_pages import AskedPage, pages
from bench._office_today import note_attendance, seed_heard
from bench._office_year import enrol_points, seed_office
from controller.db.engine import open_engine, reading
from controller.ingest.tables import PresenceInterval
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.attendance import Attendance
from controller.meetings.rollcall.tables import RollCall
from controller.meetings.tables import Meeting
from controller.roles import Role
from runtime import memory
from tests.integration.controller.centre import Centre, Installation, Person, serving
from tests.integration.controller.province_year import YearSize, point_id

RESULTS = Path(__file__).parent / "results" / "office.json"
BOUNDS_MS = {"page": 150, "report": 2000, "file": 5000, "key": 50}
KEYS = 200


@dataclass(slots=True)
class Took:
    """What one address took, in ms by the clock and of the processor."""

    asked: AskedPage
    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: int = 0
    kib: int = 0

    def row(self) -> dict[str, Any]:
        """Return its figures."""
        return {
            "address": self.asked.address,
            "kind": self.asked.kind,
            "p50_ms": round(median(self.clock), 1),
            "p95_ms": round(p95(self.clock), 1),
            "cpu_p50_ms": round(median(self.cpu), 1),
            "cpu_p95_ms": round(p95(self.cpu), 1),
            "queries": self.queries,
            "kib": self.kib,
            "bound_ms": BOUNDS_MS[self.asked.kind],
        }


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20)[-1] if len(values) > 3 else max(values)


class Statements:
    """Counts what is asked of databases."""

    def __init__(self, *engines: Engine) -> None:
        self.seen: Counter[str] = Counter()
        for engine in engines:
            event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.seen[statement] += 1


def filled(installation: Installation, size: YearSize) -> tuple[str, str]:
    """Write the year; return a meeting that is over, and when an outage began."""
    now = datetime.now(UTC)
    state = open_engine(installation.settings.state_database_url)
    series = open_engine(installation.settings.series_database_url)
    seed_office(state, size, now)
    enrol_points(state, now)
    with reading(state) as session:
        over = select(Meeting).join(RollCall, RollCall.meeting_id == Meeting.meeting_id)  # type: ignore[arg-type]
        over = over.where(Meeting.state == "ended", Meeting.held_as == "online")
        past = session.exec(over.order_by(Meeting.meeting_id.desc())).first()  # type: ignore[attr-defined]
        assert past is not None
    invited = [point_id(one) for one in range(size.points)]
    seed_heard(series, invited, past.meeting_id, past.begins_at, now)
    RecordDesk(state, series, lambda: now, timedelta(days=1825)).make(past.meeting_id, 10**7)
    with reading(series) as session:
        down = select(PresenceInterval).where(
            PresenceInterval.point_id == invited[1], PresenceInterval.state == "down"
        )
        outage = session.exec(down.order_by(PresenceInterval.began_at.desc())).first()  # type: ignore[attr-defined]
        assert outage is not None
    for engine in (state, series):
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        engine.dispose()
    return past.meeting_id, f"{outage.began_at:%Y%m%dT%H%M%SZ}"


async def measured(
    installation: Installation, given: argparse.Namespace, past: str, began: str, size: YearSize
) -> list[Took]:
    """Ask for every page."""
    async with serving(installation) as centre:
        invited = [point_id(one) for one in range(size.points)]
        note_attendance(centre.web.part(Attendance), invited, centre.time.now())
        person = await centre.sign_in(Role.ADMIN)
        statements = Statements(centre.web.state, centre.web.series)
        memory.settle()  # as the web process does when it serves
        found = []
        for page in pages(centre.transport.app, past, began):  # type: ignore[arg-type]
            if given.page and not page.address.startswith(given.page):
                continue
            times = given.asked if page.kind == "page" else 3
            found.append(await one(person, page, times, statements, given.queries))
        if not given.page:
            found.append(await keys(centre, invited, statements))
        return found


async def one(
    person: Person, page: AskedPage, times: int, statements: Statements, is_shown: bool
) -> Took:
    """Ask for one address some times, and once before."""
    took = Took(page)
    for number in range(times + 1):
        statements.seen.clear()
        began, worked = time.perf_counter(), time.process_time()
        answer = await person.client.get(page.address)
        clock, cpu = time.perf_counter() - began, time.process_time() - worked
        if answer.status_code != 200:
            raise SystemExit(f"{page.address} answers {answer.status_code}")
        if number:
            took.clock.append(1000 * clock)
            took.cpu.append(1000 * cpu)
    took.queries, took.kib = statements.seen.total(), len(answer.content) // 1024
    if is_shown:
        for statement, count in statements.seen.most_common(12):
            print(f"    {count:3} × {' '.join(statement.split())[:150]}")
    return took


async def keys(centre: Centre, invited: list[str], statements: Statements) -> Took:
    """Ask whether all points are free, as with each key of an hour and of a name."""
    office = await centre.sign_in(Role.OFFICE)
    took = Took(AskedPage("clash", "clash check, a key", "key"))
    day = centre.time.now() + timedelta(days=2)
    for number in range(KEYS):
        form = {
            "csrf_token": office.csrf_token, "title": "Giao ban"[: number % 8 + 1],
            "date": f"{day:%Y-%m-%d}", "begins": f"{7 + number % 10:02}:{number % 6}0",
            "minutes": "90", "chair_point_id": invited[0], "participants": invited,
            "classification": "normal",
        }  # fmt: skip
        statements.seen.clear()
        began, worked = time.perf_counter(), time.process_time()
        answer = await office.client.post("/parts/booking/clashes", data=form)
        took.clock.append(1000 * (time.perf_counter() - began))
        took.cpu.append(1000 * (time.process_time() - worked))
        assert answer.status_code == 200, answer.text[:300]
    took.queries, took.kib = statements.seen.total(), len(answer.content) // 1024
    return took


def shown(name: str, rows: list[dict[str, Any]]) -> None:
    """Print the worst first, each kind by itself."""
    for kind in BOUNDS_MS:
        of_kind = [row for row in rows if row["kind"] == kind]
        print(f"{name}, {kind}: bound {BOUNDS_MS[kind]} ms, {len(of_kind)} addresses")
        for row in of_kind:
            mark = "!" if row["cpu_p95_ms"] > row["bound_ms"] else " "
            print(
                f" {mark} {row['p50_ms']:7} {row['p95_ms']:7} cpu {row['cpu_p50_ms']:7} "
                f"{row['cpu_p95_ms']:7} {row['queries']:4} queries {row['kib']:5} KiB "
                f"{row['address']}"
            )


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=170)
    parser.add_argument("--meetings", type=int, default=500)
    parser.add_argument("--asked", type=int, default=40)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--page", default="")
    parser.add_argument("--queries", action="store_true")
    given = parser.parse_args()
    size = YearSize(given.points, given.meetings)
    results: dict[str, object] = {"points": size.points, "meetings": size.meetings}
    with installations(given.only) as kinds:
        for name, installation in kinds:
            past, began = filled(installation, size)
            took = asyncio.run(measured(installation, given, past, began, size))
            rows = sorted((one.row() for one in took), key=lambda row: -row["p95_ms"])
            shown(name, rows)
            results[name] = rows
    if size == YearSize() and not given.page and given.only is None:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
