"""How much more than it missed does ingest receive after an outage of its own?

Points measure every ten seconds and send as the agent does; ingest is stopped, and begun
again a quarter of an hour later. Two of the lines break in the middle.

    python -m bench.outage [--seconds 900] [--points 10]
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

from contracts.ids import PointId
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.integration.ingest.backlog import held_count
from tests.integration.ingest.harness import IngestProcess
from tests.integration.ingest.resending import SendingPoint, sending
from tests.waiting import until

RESULTS = Path(__file__).parent / "results" / "outage.json"
EVERY_S = 10.0
BOUND = 1.1


def metric(port: int, name: str) -> int:
    """Return one figure that ingest shows."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith(name + " "))))


async def outage(folder: Path, seconds: float, count: int) -> dict[str, object]:
    """Return what came in after an outage, and what was missing."""
    names = [PointId(f"diem-{n}") for n in range(count)]
    with start_mosquitto(folder) as broker:
        url = f"sqlite:///{folder / 'series.db'}"
        ingest = IngestProcess(folder / "centre", broker, url, names, silence_s=25)
        port = free_port()
        text = ingest.config.read_text().replace("metrics_port = 0", f"metrics_port = {port}")
        ingest.config.write_text(text)
        points = [SendingPoint(folder, broker, name, every_s=EVERY_S) for name in names]
        try:
            await ingest.started()
            async with sending(points):
                await asyncio.sleep(3 * EVERY_S)
                ingest.end()
                await asyncio.sleep(seconds / 2)
                for point in points[:2]:
                    await point.disconnect()
                    point.connect()
                await asyncio.sleep(seconds / 2)
                missing = sum(point.measured for point in points) - held_count(url)
                measured = sum(point.measured for point in points)
                await ingest.started()
                await until(lambda: ingest.events("ingest_listens"), 60)
                await until(lambda: held_count(url) >= measured, 120, "all is held")
                await asyncio.sleep(6 * EVERY_S)
                since = sum(point.measured for point in points) - measured
                received = metric(port, "diemcau_ingest_stored_total") + metric(
                    port, "diemcau_ingest_duplicates_total"
                )
        finally:
            ingest.end()
    return {
        "name": f"reports received for those missing after {seconds:g} s without ingest",
        "missing": missing,
        "received": received - since,
        "value": round((received - since) / missing, 3),
        "bound": f"<= {BOUND}",
    }


async def main() -> None:
    """Run it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--points", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
        result = await outage(Path(folder), arguments.seconds, arguments.points)
    print(json.dumps(result))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
