"""The wall view of a province and of the whole country: milliseconds a request costs the server.

The real application over real databases, asked for the part of the page that changes, as a
screen asks for it, one after the other. `--points 170` for a province; both engines in turn.
`--paths '/parts/search?q=xa'` measures another page.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

from tests.fakes import postgresql
from tests.fakes.country import fill
from tests.integration.controller.centre import Installation, serving

BOUND_MS = 500.0
PATHS = ["/parts/wall", "/wall"]


async def measured(
    installation: Installation, paths: list[str], points: int, wrong: int, times: int
) -> tuple[list[float], list[float]]:
    """Return what requests took, and what of the processor, in ms, in ascending order."""
    async with serving(installation) as centre:
        fill(centre.web, points=points, wrong=wrong, now=centre.time.now() - timedelta(seconds=1))
        person = await centre.sign_in()
        taken: list[float] = []
        busy: list[float] = []
        for number in range(times):
            path, _, query = paths[number % len(paths)].partition("?")
            began_s, busy_s = time.perf_counter(), time.process_time()
            answer = await person.get(path, **dict(parse_qsl(query)))
            busy.append(1000 * (time.process_time() - busy_s))
            taken.append(1000 * (time.perf_counter() - began_s))
            if answer.status_code != 200:
                raise SystemExit(f"{answer.url.path} answers {answer.status_code}")
    return sorted(taken), sorted(busy)


async def bench(paths: list[str], points: int, wrong: int, times: int) -> bool:
    """Measure on both engines and print; return whether the bound held."""
    is_good = True
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = Installation.make(folder)
        engines = {"SQLite": made.copy(folder / "own")}
        if postgresql.programs() is not None:
            server = stack.enter_context(postgresql.start_postgresql())
            engines["PostgreSQL"] = made.on(server)
        for name, installation in engines.items():
            taken, busy = await measured(installation, paths, points, wrong, times)
            p95 = taken[int(0.95 * (len(taken) - 1))]
            is_good = is_good and p95 <= BOUND_MS
            print(
                f"{points} points, {wrong} wrong, {name}: p50 {statistics.median(taken):.0f} ms, "
                f"p95 {p95:.0f} ms (<= {BOUND_MS:g}), {len(taken)} requests; our processor time "
                f"p50 {statistics.median(busy):.0f} ms"
            )
    return is_good


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", nargs="+", default=PATHS)
    parser.add_argument("--points", type=int, default=3321)
    parser.add_argument("--wrong", type=int, default=120)
    parser.add_argument("--times", type=int, default=40)
    chosen = parser.parse_args()
    raise SystemExit(
        not asyncio.run(bench(chosen.paths, chosen.points, chosen.wrong, chosen.times))
    )


if __name__ == "__main__":
    main()
