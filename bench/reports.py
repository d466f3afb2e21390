"""Reports of a year of a large province: how soon they are on screen, and as files.

A year of 170 points and 500 meetings, some in person, with roll calls and what was heard, is
written as rows; then its quarters, months and the whole year are asked for of the real
application, on SQLite and on PostgreSQL.

    python -m bench.reports [--points 170] [--meetings 500] [--asked 20] [--only SQLite]
"""

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from bench._installations import KINDS, installations
from controller.db.engine import open_engine
from controller.reports import periods
from controller.reports.periods import PeriodKind
from tests.integration.controller.centre import Installation, serving
from tests.integration.controller.province_year import YearSize, seed_places, seed_year

RESULTS = Path(__file__).parent / "results" / "reports.json"
SCREEN_MS, FILE_MS = 2_000, 5_000


def filled(installation: Installation, size: YearSize) -> None:
    """Write the year into an installation's state database."""
    engine, now = open_engine(installation.settings.state_database_url), datetime.now(UTC)
    seed_places(engine, size, now)
    seed_year(engine, size, now)
    engine.dispose()


async def asked(installation: Installation, count: int) -> dict[str, dict[str, int]]:
    """Return how many milliseconds each address takes."""
    now = datetime.now(UTC)
    quarter = periods.before(periods.at(now, PeriodKind.QUARTER, 1), 1).query
    month = periods.before(periods.at(now, PeriodKind.MONTH, 1), 1).query
    year = periods.at(now, PeriodKind.YEAR, 1).query
    found = {}
    async with serving(installation) as centre:
        office = await centre.sign_in()
        for name, address, times in (
            ("quarter", f"/reports?{quarter}", count),
            ("quarter of a branch", f"/reports?{quarter}&unit=half-a", count),
            ("month", f"/reports?{month}", count),
            ("year", f"/reports?{year}", max(3, count // 5)),
            ("quarter's interruptions", f"/reports/turns?{quarter}&heard=interrupted", count),
            ("quarter, API", f"/api/v1/reports?{quarter}", count),
            ("quarter, XLSX", f"/reports/report.xlsx?{quarter}", 3),
            ("quarter, DOCX", f"/reports/report.docx?{quarter}", 3),
            ("year, XLSX", f"/reports/report.xlsx?{year}", 2),
        ):
            took, worked = [], []
            for _ in range(times):
                began, worked_s = time.perf_counter(), time.process_time()
                answer = await office.client.get(address)
                took.append(1000 * (time.perf_counter() - began))
                worked.append(1000 * (time.process_time() - worked_s))
                assert answer.status_code == 200, (address, answer.text[:300])
            p95 = quantiles(took, n=20)[-1] if len(took) > 3 else max(took)
            found[name] = {
                "median_ms": round(median(took)),
                "p95_ms": round(p95),
                "longest_ms": round(max(took)),
                "processor_ms": round(median(worked)),
                "kib": round(len(answer.content) / 1024),
            }
            print(f"  {name:24} {found[name]}")
    return found


def main() -> None:
    """Measure and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=170)
    parser.add_argument("--meetings", type=int, default=500)
    parser.add_argument("--asked", type=int, default=20)
    parser.add_argument("--only", choices=KINDS)
    given = parser.parse_args()
    size = YearSize(given.points, given.meetings)
    results: dict[str, object] = {"points": size.points, "meetings": size.meetings}
    with installations(given.only) as kinds:
        for name, installation in kinds:
            print(name)
            filled(installation, size)
            results[name] = asyncio.run(asked(installation, given.asked))
    if size == YearSize():
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
