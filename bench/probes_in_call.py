"""Does a call over a line of 2 Mbit/s notice the point's probes?

A meeting of two rooms (testcard, 1.2 Mbit/s) goes over an emulated line. Spans with and without
the point's prober follow each other; of each: what the call lost of its packets, both ways, the
95th percentile of the room's own round trips, and that of the packets' wait in the line.

    python -m bench.probes_in_call [--pairs 5] [--seconds 20] [--per-s 1]

Beside a meeting a point sends one a second. "same": the medians differ by at most three times the
median deviation of the spans without. Ends by itself; needs root.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from monitoring.reflector.probe import point_key
from tests.fakes.mosquitto import free_port
from tests.fakes.reflector import running_reflector
from tests.fakes.rooms import Rooms
from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import ROOT, EmulatedLine, Site, a_site

RESULTS = Path(__file__).parent / "results" / "probes_in_call.json"
SHAPE = Shape(delay_ms=20, rate_bps=2e6)
BITRATE_BPS = 1_200_000
SETTLE_S, LOOK_S = 10.0, 0.25
BOUNDS = ("lost_ratio", "round_trip_p95_ms", "wait_p95_ms")
Span = dict[str, float]


def packets(rooms: Rooms) -> tuple[int, int]:
    """Return what both rooms were to receive of the meeting so far, and lost of it."""
    slots = [
        slot
        for room in (rooms.chair, rooms.b)
        for kind in ("videos", "sounds")
        for slot in (room.state().get("meeting") or {}).get(kind, {}).values()
    ]
    lost = sum(slot["packets_lost"] for slot in slots)
    return sum(slot["packets"] for slot in slots) + lost, lost


async def span(rooms: Rooms, line: EmulatedLine, seconds: float) -> Span:
    """Return what the call was like for some seconds."""
    before, trips = packets(rooms), []
    line.read()
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        await asyncio.sleep(LOOK_S)
        trips.append(rooms.b.meeting()["play"]["rtt_ms"])
    after, carried = packets(rooms), line.read()
    return {
        "lost_ratio": (after[1] - before[1]) / (after[0] - before[0]),
        "round_trip_p95_ms": quantiles(trips, n=20)[-1],
        "wait_p95_ms": carried.up.queue_p95_ms + carried.down.queue_p95_ms,
    }


@contextmanager
def probing(site: Site, port: int, key: str, per_s: float, seconds: float) -> Iterator[None]:
    """Let the point's prober send until the block ends."""
    count = int(2 * per_s * seconds)
    sender = f"tests.lab.stamp_sender {site.lines[0].host} {port} {key}"
    rates = f"--count {count} --per-s {per_s}"
    command = [*site.prefix, sys.executable, "-m", *sender.split(), *rates.split()]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


async def tried(pairs: int, seconds: float, per_s: float) -> dict[str, list[Span]]:
    """Return the spans without and with probes, in pairs of changing order."""
    found: dict[str, list[Span]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory(prefix="dc-probes-") as text, ExitStack() as stack:
        folder, port = Path(text), free_port()
        reflector = stack.enter_context(
            running_reflector(folder / "reflector", port=port, host="0.0.0.0")  # noqa: S104 - the line's end is asked
        )
        site = stack.enter_context(a_site(folder))
        site.lines[0].become(SHAPE)
        key = point_key(reflector.master, 1).hex()
        async with rooms_on_line(folder, site, maker="testcard", bitrate_bps=BITRATE_BPS) as rooms:
            await asyncio.sleep(SETTLE_S)
            for number in range(pairs):
                for way in ("without", "with") if number % 2 else ("with", "without"):
                    with ExitStack() as held:
                        if way == "with":
                            held.enter_context(probing(site, port, key, per_s, seconds))
                        await asyncio.sleep(SETTLE_S)
                        found[way].append(await span(rooms, site.lines[0], seconds))
                        print(way, json.dumps(found[way][-1]), flush=True)
    return found


def compared(found: dict[str, list[Span]]) -> dict[str, str]:
    """Return of each figure whether the call noticed."""
    rows = {}
    for name in BOUNDS:
        without, probed = ([one[name] for one in found[way]] for way in ("without", "with"))
        middle = median(without)
        mad = median(abs(one - middle) for one in without)
        is_same = abs(median(probed) - middle) <= 3 * mad
        word = "same" if is_same else "NOT the same"
        rows[name] = f"{middle:.4g} -> {median(probed):.4g}, MAD {mad:.3g}: {word}"
    return rows


def main() -> None:
    """Run it, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--per-s", type=float, default=1)
    asked = parser.parse_args()
    rows = compared(asyncio.run(tried(asked.pairs, asked.seconds, asked.per_s)))
    for name, row in rows.items():
        print(f"{name:20} {row}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    main()
