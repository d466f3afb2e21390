"""What the others of a call notice of one whose line is bad: a real relay, real sockets.

    sudo python -m bench.bad_line [--players 20] [--pairs 5] [--seconds 5]

One player is in a network namespace at the end of an emulated line, and does what Chromium does
there: it asks again for what is missing, for keyframes, tells of its losses. The line is clean
and bad by turns; of what the others get then the medians are compared, and may be worse by three
times the median deviation of the clean turns, or by what cannot be told from nothing.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import median

from bench._delay import Delays, shares_ms
from bench._load import Client, Source, play
from bench._viewer import Viewer
from bench.hostile_door import join
from bench.joining import published
from tests.fakes.relay import meeting, start_relay
from tests.lab.shape import Shape
from tests.lab.site import EmulatedLine, a_site

CLEAN = Shape(delay_ms=20)
BAD = {
    "10 % lost, in bursts of 5": Shape(delay_ms=20, loss_ratio=0.1, burst_packets=5),
    "100 kbit/s": Shape(delay_ms=20, rate_bps=100e3),
}
SETTLE_S, BACK_LIMIT_S = 2.0, 20.0
ASK_EVERY_S = 0.02
DEVIATIONS = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What all the others together got in a while."""

    arrived_percent: float
    delay_p50_ms: float
    delay_p99_ms: float


LEAST = Figures(0.01, 0.1, 1.0)  # less than this is no difference


@dataclass(frozen=True, slots=True)
class Turn:
    """What the others got, what the one got, and the keyframes asked of the publisher."""

    others: Figures
    one_kbps: float
    keyframes: int


@dataclass(slots=True)
class Call:
    """A call that goes on."""

    source: Source
    others: list[Client]
    delays: list[Delays]
    one: Viewer
    line: EmulatedLine

    async def plays(self, seconds: float) -> None:
        """Let it go on."""
        self.source.client.check()
        await play(self.source, self.others, seconds)

    async def becomes(self, shape: Shape) -> None:
        """Let the line become so, and wait until the one has what he can have of it."""
        self.line.become(CLEAN)
        began_s, was_full = time.monotonic(), False
        while not was_full and time.monotonic() - began_s < BACK_LIMIT_S:
            before = self.source.sent, self.one.received
            await self.plays(1.0)
            was_full = self.one.received - before[1] > 0.9 * (self.source.sent - before[0])
        self.line.become(shape)
        await self.plays(SETTLE_S)

    async def turn(self, shape: Shape, seconds: float) -> Turn:
        """Measure a while with the line so."""
        await self.becomes(shape)
        for delays in self.delays:
            delays.measured_s.clear()
        await asyncio.sleep(0.2)
        sent, got = self.source.sent, sum(other.received for other in self.others)
        keyframes = self.source.client.keyframe_requests
        self.line.read()
        await self.plays(seconds)
        await asyncio.sleep(0.2)
        sent = (self.source.sent - sent) * len(self.others)
        got = sum(other.received for other in self.others) - got
        measured_s = [value for delays in self.delays for value in delays.measured_s]
        return Turn(
            Figures(100 * got / sent, *shares_ms(measured_s)),
            self.line.read().down.octets * 8 / seconds / 1000,
            self.source.client.keyframe_requests - keyframes,
        )


@asynccontextmanager
async def a_call(folder: Path, count: int) -> AsyncIterator[Call]:
    """Run a relay and a call of so many, one of them at the end of a line."""
    with a_site(folder) as site:
        line = site.lines[0]
        line.become(CLEAN)
        async with start_relay(folder) as relay:
            await relay.centre.declare(meeting())
            await relay.centre.hears(lambda: "floor_applied" in relay.centre.kinds())
            source = await published(relay)
            others, delays = [Client("recvonly") for _ in range(count - 1)], list[Delays]()
            for other in others:
                other.feedback.is_asking = False
                streams = [m.ssrcs[0].ssrc for m in (await join(relay, other)).media if m.ssrcs]
                delays.append(Delays(source.record, streams))
                other.measure(delays[-1])
            one = site.machine.inside(lambda: Viewer(line.address))
            await join(relay, one)
            asking = asyncio.create_task(one.live(ASK_EVERY_S))
            yield Call(source, others, delays, one, line)
            asking.cancel()
            await asyncio.wait({asking})
            for client in (source.client, *others, one):
                await client.close()


def compared(calm: Sequence[Turn], worse: Sequence[Turn]) -> bool:
    """Print what is worse, and return whether nothing is."""
    is_same = True
    for field in fields(Figures):
        before, after = ([getattr(turn.others, field.name) for turn in ts] for ts in (calm, worse))
        middle = median(before)
        deviation = median(abs(value - middle) for value in before)
        worse_by = (median(after) - middle) * (-1 if field.name == "arrived_percent" else 1)
        is_good = worse_by <= max(DEVIATIONS * deviation, getattr(LEAST, field.name))
        is_same &= is_good
        print(
            f"  {field.name:16} {middle:8.3f} -> {median(after):8.3f}; "
            f"worse by {worse_by:.3f}, deviation {deviation:.3f}: "
            f"{'same' if is_good else 'NOT THE SAME'}"
        )
    for name in ("one_kbps", "keyframes"):
        told = [median(getattr(turn, name) for turn in turns) for turns in (calm, worse)]
        print(f"  {name:16} {told[0]:8.0f} -> {told[1]:8.0f}", flush=True)
    return is_same


async def bench(count: int, pairs: int, seconds: float) -> bool:
    """Run and print; return whether the others noticed nothing."""
    is_good = True
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
        async with a_call(Path(folder), count) as call:
            for name, shape in BAD.items():
                calm, worse = list[Turn](), list[Turn]()
                for _ in range(pairs):
                    calm.append(await call.turn(CLEAN, seconds))
                    worse.append(await call.turn(shape, seconds))
                print(f"one of {count}: {name}; the others, medians of {pairs}:")
                is_good &= compared(calm, worse)
    return is_good


def main() -> None:
    """Run; the exit code says whether the others noticed nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    raise SystemExit(not asyncio.run(bench(given.players, given.pairs, given.seconds)))


if __name__ == "__main__":
    main()
