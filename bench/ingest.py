"""How many reports ingest takes in a second on one core, on SQLite and on PostgreSQL.

Each report is one MQTT message that waits at a real Mosquitto; it counts once it is
stored, rolled up and acknowledged to its point. Beside it the same messages taken by
the same MQTT client and thrown away: what nobody can be faster than.

    python -m bench.ingest [--reports 40000] [--points 200]
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import aiomqtt
import psutil
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from contracts import topics
from contracts.ids import PointId
from runtime import tls
from runtime.bus import Received
from tests.fakes import postgresql
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.integration.ingest.backlog import bus_of, held_count, leave_reports, session
from tests.integration.ingest.harness import IngestProcess
from tests.waiting import until

RESULTS = Path(__file__).parent / "results" / "ingest.json"
LIMIT_S = 300


def cpu_s(process: psutil.Process) -> float:
    """Return what a process has used of processors."""
    times = process.cpu_times()
    return float(times.user + times.system)


def metric(port: int, name: str) -> float:
    """Return one figure that ingest shows."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(name + " ")))


async def ingest_rate(folder: Path, url: str, points: list[PointId], count: int) -> float:
    """Return reports per second of one core's time, from the broker to the acknowledgement."""
    with start_mosquitto(folder) as broker:
        ingest = IngestProcess(folder / "centre", broker, url, points, silence_s=3600)
        port = free_port()
        text = ingest.config.read_text().replace("metrics_port = 0", f"metrics_port = {port}")
        ingest.config.write_text(text)
        await ingest.started()  # leaves a session behind, for which the broker keeps reports
        ingest.end()
        await leave_reports(broker, points, count)
        try:
            await ingest.started()
            process = psutil.Process(ingest.pid)
            before_s, stored_before = cpu_s(process), metric(port, "diemcau_ingest_stored_total")
            await until(lambda: held_count(url) == count, LIMIT_S, f"{count} reports are held")
            statements = metric(port, "diemcau_ingest_statements_total")
            used_s = cpu_s(process) - before_s
        finally:
            ingest.end()
    assert statements >= len(points)
    return (count - stored_before) / used_s


async def bare_rate(folder: Path, points: list[PointId], count: int) -> float:
    """Return messages per second of one core's time for a client that throws them away."""
    with start_mosquitto(folder) as broker:
        topic_filter = [(topics.all_of_points("report"), 1)]
        kept = bus_of(broker, "centre-ingest", is_kept=True, subscriptions=topic_filter)
        async with session(kept, lambda _: None):
            pass
        await leave_reports(broker, points, count)
        taken = 0

        def count_one(_: Received) -> None:
            nonlocal taken
            taken += 1

        again = bus_of(broker, "centre-ingest", is_kept=True, subscriptions=topic_filter)
        own = psutil.Process()
        before_s = cpu_s(own)
        async with session(again, count_one):
            await until(lambda: taken >= count, LIMIT_S, f"{count} messages are taken")
            return count / (cpu_s(own) - before_s)


async def plain_rate(folder: Path, points: list[PointId], count: int) -> float:
    """Return the same for aiomqtt as it comes, as ingest used it once."""
    with start_mosquitto(folder) as broker:
        issued = broker.cert("centre-ingest")
        context = tls.client_context(
            broker.ca, issued.certificate_file, issued.key_file, is_time_checked=True
        )
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 3600

        def client() -> aiomqtt.Client:
            return aiomqtt.Client(
                broker.host,
                broker.port,
                identifier="centre-ingest",
                protocol=aiomqtt.ProtocolVersion.V5,
                clean_start=False,
                properties=properties,
                tls_context=context,
            )

        async with client() as first:
            await first.subscribe(topics.all_of_points("report"), qos=1)
        await leave_reports(broker, points, count)
        own = psutil.Process()
        before_s, taken = cpu_s(own), 0
        async with client() as again:
            async for _ in again.messages:
                taken += 1
                if taken >= count:
                    break
        return count / (cpu_s(own) - before_s)


async def main() -> None:
    """Run all and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=40_000)
    parser.add_argument("--points", type=int, default=200)
    arguments = parser.parse_args()
    count, points = arguments.reports, [PointId(f"diem-{n}") for n in range(arguments.points)]
    logging.getLogger("mqtt").setLevel(logging.ERROR)  # it warns of many publishes at once
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dc-bench-")))
        urls = {"SQLite": f"sqlite:///{folder / 'series.db'}"}
        if postgresql.programs():
            server = stack.enter_context(postgresql.start_postgresql())
            urls["PostgreSQL"] = server.new_database()
        plain = await plain_rate(folder / "plain", points, count)
        peer = await bare_rate(folder / "bare", points, count)
        for name, bound in (("SQLite", 6000), ("PostgreSQL", 5300)):
            if name in urls:
                rate = await ingest_rate(folder / name, urls[name], points, count)
                results.append(_result(name, rate, bound, plain, peer))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    for result in results:
        print(json.dumps(result, ensure_ascii=False))


def _result(name: str, rate: float, bound: int, plain: float, peer: float) -> dict[str, object]:
    return {
        "name": f"ingest on one core, {name}: stored, rolled up, acknowledged",
        "value": round(rate),
        "unit": "reports per CPU-second",
        "bound": f">= {bound} where aiomqtt alone makes 8500",
        "peer": "aiomqtt alone, messages thrown away",
        "peer_value": round(plain),
        "ratio": round(rate / plain, 3),
        "bound_ratio": round(bound / 8500, 3),
        "own_client_alone": round(peer),
    }


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
