"""A province comes back after days without its line: what is lost, doubled, late, and how soon.

Each point has its outbox file full of what it measured meanwhile, sends as the agent does, and
goes on measuring; ingest, Mosquitto and TLS are real. "live": how long a report that is measured
meanwhile takes until the centre has it.

    python -m bench.catch_up [--points 170] [--hours 72] [--every-s 10] [--limit-s 3600]

With --every-s 60 there are a sixth of the reports. Ends by itself.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psutil
from sqlmodel import col, select

from agent.point.outbox import Entry, Outbox
from bench.outage import metric
from contracts import codec
from contracts.ids import PointId
from controller.db.engine import open_engine, reading
from controller.ingest.tables import StoredReport
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.integration.ingest.backlog import held_count, stored_count
from tests.integration.ingest.harness import IngestProcess
from tests.integration.ingest.reports import report
from tests.integration.ingest.resending import SendingPoint, sending

RESULTS = Path(__file__).parent / "results" / "catch_up.json"
LIVE_EVERY_S, LOOK_S = 10.0, 2.0
AT_ONCE = 5_000


def entries(began: datetime, count: int, every_s: float) -> Iterator[tuple[Entry, int]]:
    """Yield what a point measured during the outage, for its outbox."""
    outbox_id = os.urandom(16).hex()
    for seq in range(1, count + 1):
        at = began + timedelta(seconds=every_s * seq)
        one = msgspec.structs.replace(report(seq, outbox_id=outbox_id), measured_at=at)
        yield Entry(0, outbox_id, seq, codec.encode(one)), int(at.timestamp() * 1000)


def fill(path: Path, began: datetime, count: int, every_s: float) -> None:
    """Leave an outage's reports in a point's outbox."""
    outbox, batch = Outbox(path), []
    for one in entries(began, count, every_s):
        batch.append(one)
        if len(batch) == AT_ONCE:
            outbox.adopt(batch)
            batch = []
    outbox.adopt(batch)
    outbox.close()


def cpu_s(pid: int) -> float:
    """Return how long a process has had a core; how long that took says nothing here."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def live_ms(url: str, since: datetime) -> list[int]:
    """Return how long the reports measured since an instant took, sorted."""
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.exec(
            select(StoredReport.measured_at, StoredReport.received_at).where(
                col(StoredReport.measured_at) >= since
            )
        ).all()
    engine.dispose()
    return sorted(int((came - at) / timedelta(milliseconds=1)) for at, came in found)


async def caught_up(
    folder: Path, count: int, hours: float, every_s: float, limit_s: float
) -> dict[str, object]:
    """Return what became of an outage's reports."""
    names = [PointId(f"diem-{n}") for n in range(count)]
    each = int(hours * 3600 / every_s)
    with start_mosquitto(folder) as broker:
        url = f"sqlite:///{folder / 'series.db'}"
        ingest = IngestProcess(folder / "centre", broker, url, names, silence_s=25)
        port = free_port()
        text = ingest.config.read_text().replace("metrics_port = 0", f"metrics_port = {port}")
        ingest.config.write_text(text)
        began = datetime.now(UTC) - timedelta(hours=hours)
        for name in names:
            fill(folder / f"{name}.db", began, each, every_s)
        points = [SendingPoint(folder, broker, name, every_s=LIVE_EVERY_S) for name in names]
        print(f"{count * each} reports wait in {count} outboxes", flush=True)
        try:
            await ingest.started()
            back, back_s = datetime.now(UTC), time.monotonic()
            pids = {"centre": ingest.pid, "points": os.getpid()}
            before_s = {name: cpu_s(pid) for name, pid in pids.items()}
            async with sending(points):
                while held_count(url) < count * each + sum(p.measured for p in points) - count:
                    await asyncio.sleep(LOOK_S)
                    took_s = time.monotonic() - back_s
                    if took_s > limit_s:
                        break
                took_s = time.monotonic() - back_s
                used_s = {name: cpu_s(pid) - before_s[name] for name, pid in pids.items()}
                came = held_count(url)
                await asyncio.sleep(LIVE_EVERY_S)
            missing = count * each + sum(point.measured for point in points)
            held, stored = held_count(url), stored_count(url)
            doubled = metric(port, "diemcau_ingest_duplicates_total")
            late = live_ms(url, back)
        finally:
            ingest.end()
    return {
        "name": f"{count} points, {hours:g} h, every {every_s:g} s",
        "missing": missing,
        "held": held,
        "stored": stored,
        "received_ratio": round((stored + doubled) / missing, 4),
        "took_s": round(took_s),
        "cpu_ms_per_report": {name: round(s * 1000 / came, 3) for name, s in used_s.items()},
        "live_ms": {
            "p50": late[len(late) // 2],
            "p99": late[len(late) * 99 // 100],
            "longest": late[-1],
            "above_2_s": sum(one > 2000 for one in late),
            "of": len(late),
        },
    }


async def main() -> None:
    """Run it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=170)
    parser.add_argument("--hours", type=float, default=72)
    parser.add_argument("--every-s", type=float, default=10)
    parser.add_argument("--limit-s", type=float, default=3600)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
        result = await caught_up(
            Path(folder), asked.points, asked.hours, asked.every_s, asked.limit_s
        )
    print(json.dumps(result))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
