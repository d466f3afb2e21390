"""A province's rehearsal: how long 170 points take, and what a relay's part of it costs.

    python -m bench.rehearsal [--points 170] [--at-once 24] [--seconds 15]

Whose turn is when comes from the centre's own plan (`controller/rehearsals/turns.py`), once
with lines of their own and once with eight on each line. Then a turn with media: so many clients
at once send 1.5 Mbit/s of pictures and sound to the relay's engine, and each gets its own back.
CPU is the relay's process alone, as a share of one core. A client that gets less than it sent
fails the bench, as on a machine with other work: what tells late is taken for a line with a queue.
"""

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from bench._load import FRAMES_PER_S, Client, Source, play
from bench._relay_worker import OWN
from bench.relay import WARM_UP_S, cpu_s, relay_process
from contracts.ids import PointId, RelayId
from controller.rehearsals.turns import LEAD, WITHIN, PointToRehearse, TurnRules, plan

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RELAY = RelayId("relay-1")
ECHO = {"stage": OWN, "sound-0": OWN}
LEAST_RATIO = 0.98
MOST_CORES = 0.8


def taken(points: int, at_once: int, seconds: int, *, share: int) -> timedelta | None:
    """Return how long a whole run takes; None: somebody gets no turn within its ten minutes.

    Args:
        share: so many points are on each line.
    """
    asked = [
        PointToRehearse(PointId(f"p-{n}"), RELAY, frozenset((f"line-{n // share}",)))
        for n in range(points)
    ]
    rules = TurnRules(at_once=at_once, duration_s=seconds)
    found = plan(asked, (), rules, now=NOW, by=NOW + WITHIN)
    if found.left:
        return None
    return max(turn.ends_at for turn in found.turns.values()) - NOW


async def echoed(points: int, seconds: float) -> tuple[float, float]:
    """Return the relay's share of a core, and the least that a point got of what it sent."""
    async with relay_process(ECHO) as (pid, join), AsyncExitStack() as stack:
        pairs: list[tuple[Source, Client]] = []
        for number in range(points):
            sender, player = Client("sendonly"), Client("recvonly")
            for client in (sender, player):
                stack.push_async_callback(client.close)
                await join(client, f"p-{number}")
            pairs.append((Source(sender), player))
            for source, other in pairs:  # who came first waits for the last
                source.client.check()
                other.check()
        await _sent(pairs, WARM_UP_S)
        cpu = cpu_s(pid)
        before = [(source.sent, player.received) for source, player in pairs]
        await _sent(pairs, seconds)
        await asyncio.sleep(0.2)
        cpu = cpu_s(pid) - cpu
        ratios = [
            (player.received - received) / (source.sent - sent)
            for (source, player), (sent, received) in zip(pairs, before, strict=True)
        ]
        return cpu / seconds, min(ratios)


async def _sent(pairs: list[tuple[Source, Client]], seconds: float) -> None:
    """Send for a while, cameras a part of a picture's time apart."""
    apart_s = 1 / FRAMES_PER_S / len(pairs)

    async def one(number: int, source: Source, player: Client) -> None:
        await asyncio.sleep(number * apart_s)
        await play(source, [player], seconds)

    await asyncio.gather(*(one(n, source, player) for n, (source, player) in enumerate(pairs)))


def main() -> int:
    """Measure, print, and return 0 where everything is within its bound."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("--points", type=int, default=170)
    parser.add_argument("--at-once", type=int, default=TurnRules().at_once)
    parser.add_argument("--seconds", type=int, default=TurnRules().duration_s)
    asked = parser.parse_args()
    is_good = True
    for share, what in ((1, "a line each"), (8, "eight on each line")):
        took = taken(asked.points, asked.at_once, asked.seconds, share=share)
        said = f"{took.total_seconds():.0f} s" if took else "not all within it"
        print(f"{asked.points} points, {what}: {said}, the first {LEAD.total_seconds():.0f} s on")
        is_good = is_good and took is not None and took <= WITHIN
    cores, least = asyncio.run(echoed(asked.at_once, float(asked.seconds)))
    each = cores / asked.at_once
    print(f"{asked.at_once} at once: relay {cores:.0%} of a core, {each:.2%} a point")
    print(f"who got the least of what he sent: {least:.1%}")
    return 0 if is_good and cores <= MOST_CORES and least >= LEAST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
