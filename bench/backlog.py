"""Reports wait at a real Mosquitto for ingest: are all stored, in how many sessions, how soon?

Once undisturbed, and once with `kill -9` of ingest after a quarter. No point is there that
could send again: what is missing in the end is what the centre has thrown away.

    python -m bench.backlog [--reports 40000] [--points 200]
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from contracts.ids import PointId
from tests.fakes.mosquitto import start_mosquitto
from tests.integration.ingest.backlog import held_count, leave_reports, stored_count
from tests.integration.ingest.harness import IngestProcess
from tests.waiting import until

RESULTS = Path(__file__).parent / "results" / "backlog.json"
LIMIT_S = 300


async def taken(
    folder: Path, points: list[PointId], count: int, *, is_killed: bool
) -> dict[str, object]:
    """Return what became of `count` reports."""
    with start_mosquitto(folder) as broker:
        url = f"sqlite:///{folder / 'series.db'}"
        ingest = IngestProcess(folder / "centre", broker, url, points, silence_s=3600)
        try:
            await ingest.started()
            ingest.end()
            await leave_reports(broker, points, count)
            began_s = time.monotonic()
            await ingest.started()
            if is_killed:
                await until(lambda: held_count(url) >= count // 4, LIMIT_S)
                ingest.end(signal.SIGKILL)
                await ingest.started()
            await until(lambda: held_count(url) == count, LIMIT_S, f"{count} are held")
            took_s = time.monotonic() - began_s
        finally:
            ingest.end()
        return {
            "name": "a backlog, ingest killed in the middle" if is_killed else "a backlog",
            "waiting": count,
            "stored": stored_count(url),
            "sessions": len(ingest.events("bus_connected")) - 1,
            "took_s": round(took_s, 1),
        }


async def main() -> None:
    """Run both and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=40_000)
    parser.add_argument("--points", type=int, default=200)
    arguments = parser.parse_args()
    points = [PointId(f"diem-{n}") for n in range(arguments.points)]
    logging.getLogger("mqtt").setLevel(logging.ERROR)  # it warns of many publishes at once
    results = []
    for is_killed in (False, True):
        with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
            result = await taken(Path(folder), points, arguments.reports, is_killed=is_killed)
        print(json.dumps(result))
        results.append(result)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
