"""Two sites over an emulated line that is bad: what a room behind it sees and hears of the home.

    sudo python -m bench.trunk_line [--seconds 30]

The chair's room is at the home and speaks; B's is at the other end of the line, beside a relay of
its own. Both are the testcard in two sizes. Lines: clean; 2 % loss and 80 ms; 2 Mbit/s and
500 kbit/s for a picture of 1.5; 20 s of nothing; no UDP.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.relay import CHAIR, B, C, RelayProcess, declare_two, start_two_relays
from tests.fakes.rooms import Room, now_ms, start_rooms
from tests.integration.relay.test_meeting import one_mic
from tests.lab.shape import Shape
from tests.lab.site import Site, a_site
from tests.waiting import until

BITRATE_BPS = 1_500_000
OUTAGE_S = 20.0
SETTLE_S = 10.0
RUNG = "diemcau_relay_trunk_rung_lowest"
LINES = {
    "clean": Shape(),
    "2 % loss each way, 80 ms": Shape(delay_ms=80, loss_ratio=0.02),
    "2 Mbit/s, 40 ms": Shape(rate_bps=2e6, delay_ms=40),
    "500 kbit/s, 40 ms": Shape(rate_bps=500e3, delay_ms=40),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What B has of the chair in a while."""

    frames_per_s: float
    longest_gap_ms: int
    rung: float


@asynccontextmanager
async def two_sites(folder: Path, site: Site) -> AsyncIterator[tuple[RelayProcess, Room]]:
    """Run the meeting; the home and B's room."""
    async with (
        start_two_relays(folder, machine=site.machine) as (home, outer),
        start_rooms(folder, home, points=(CHAIR,), is_started=False) as here,
        start_rooms(folder, outer, points=(B,), first_number=2, is_started=False) as there,
    ):
        document = await declare_two(home, points=(B,), floor=one_mic(1), invited=(CHAIR, B, C))
        for rooms in (here, there):
            room = rooms.rooms[0]
            text = room.config.read_text()
            source = '[source]\nkind = "synthetic"\n'
            room.config.write_text(text.replace(source, f"{source}bitrate_bps = {BITRATE_BPS}\n"))
            await rooms.start()
            rooms.write_schedule(room, document)
        b = there.rooms[0]
        await until(lambda: b.shown("stage") == 1 and 1 in b.heard(), 60, "B sees the chair")
        yield home, b


async def seen(home: RelayProcess, b: Room, seconds: float) -> Seen:
    """Look for a while."""
    since_ms, before = now_ms(), b.video("stage")["frames"]
    await asyncio.sleep(seconds)
    video = b.state(since_ms)["meeting"]["videos"]["stage"]
    longest = max((gap["ms"] for gap in video["gaps"]), default=0)
    rung = await home.metric(RUNG)
    return Seen((b.video("stage")["frames"] - before) / seconds, longest, rung)


async def bench(seconds: float) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as name, a_site(Path(name)) as site:
        async with two_sites(Path(name), site) as (home, b):
            line = site.lines[0]
            for word, shape in LINES.items():
                line.become(shape)
                await asyncio.sleep(SETTLE_S)
                line.read()
                found = await seen(home, b, seconds)
                queue_ms = line.read().down.queue_p95_ms
                print(
                    f"{word}: {found.frames_per_s:.1f} frames/s, longest gap "
                    f"{found.longest_gap_ms} ms, rung {found.rung:.0f}, queue p95 {queue_ms} ms"
                )
            line.become(Shape())
            await asyncio.sleep(SETTLE_S)
            line.cut()
            await asyncio.sleep(OUTAGE_S)
            line.become(Shape())
            began = time.monotonic()
            await until(lambda: b.shown("stage") == 1, 30)
            print(
                f"after {OUTAGE_S:g} s of nothing: picture after {time.monotonic() - began:.2f} s"
            )
    with tempfile.TemporaryDirectory() as name, a_site(Path(name)) as site:
        rule = "{ type filter hook output priority 0; policy accept; }"
        site.run_inside("nft", "add table inet wall")
        site.run_inside("nft", f"add chain inet wall out {rule}")
        interface = site.lines[0].interface
        site.run_inside("nft", f"add rule inet wall out oifname {interface} meta l4proto udp drop")
        async with two_sites(Path(name), site) as (home, b):
            found = await seen(home, b, seconds)
            tunnels = await home.metric("diemcau_relay_tunnels")
            print(
                f"no UDP: {found.frames_per_s:.1f} frames/s, longest gap {found.longest_gap_ms} "
                f"ms, tunnels {tunnels:.0f}"
            )


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    args = parser.parse_args()
    asyncio.run(bench(args.seconds))


if __name__ == "__main__":
    main()
