"""A whole province at one relay: players of three videos and three sounds, CPU and memory.

    python -m bench.province_call [--players 170] [--seconds 10] [--turnover 2000]

One publisher fills every slot, so that each player gets what the stage, the speaker and shared
content would be. CPU and memory are the relay's own process'; the clients are another. Then
players leave and join, and what the process has grown by is printed.
"""

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench._delay import Delays, shares_ms
from bench._load import Client, Source, play
from bench.relay import WARM_UP_S, Join, measured, relay_process

SLOTS = {slot: "p" for slot in ("stage", "speaker", "content", "sound-0", "sound-1", "sound-2")}
MEMORY_BOUND_MIB = 150
GROWTH_BOUND_RATIO = 0.02
AT_ONCE = 20
MEASURES_EACH = 10


def resident_mib(pid: int) -> float:
    """Return what a process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def player() -> Client:
    """Return a client of every slot."""
    return Client("recvonly", videos=3, sounds=3)


@asynccontextmanager
async def joined(join: Join, count: int) -> AsyncIterator[list[Client]]:
    """Let so many players in."""
    players = [player() for _ in range(count)]
    try:
        for client in players:
            await join(client)
        yield players
    finally:
        for client in players:
            with contextlib.suppress(TimeoutError):
                await client.close()


async def turned_over(join: Join, source: Source, turnover: int) -> None:
    """Let players come and go, some at a time, while media flows."""
    for _ in range(turnover // AT_ONCE):
        async with joined(join, AT_ONCE) as players:
            await play(source, players, 0.2)


async def bench(count: int, seconds: float, turnover: int) -> None:
    """Run and print."""
    async with relay_process(SLOTS) as (pid, join):
        publisher = Client("sendonly")
        await join(publisher)
        empty_mib = resident_mib(pid)
        source = Source(publisher)
        async with joined(join, count) as players:
            joined_mib = resident_mib(pid)
            for client in players[::MEASURES_EACH]:
                client.delays = Delays(source.record)
            one = await measured(pid, source, players, seconds, copies=3)
            half_ms, most_ms = shares_ms(
                [s for client in players if client.delays for s in client.delays.measured_s]
            )
            print(
                f"{count} players: {one.packets_per_s:,.0f} packets/s, "
                f"{one.us_per_packet:.2f} us/packet, {one.cpu_ratio:.0%} of a core, "
                f"{one.received_ratio:.3%} arrived"
            )
            print(
                f"added delay of a picture's last packet and of sound: p50 {half_ms:.1f} ms, "
                f"p99 {most_ms:.1f} ms, with the player's own waiting for the processor"
            )
            print(
                f"memory: {empty_mib:.0f} MiB empty, {joined_mib:.0f} joined, "
                f"{resident_mib(pid):.0f} playing (<= {MEMORY_BOUND_MIB})"
            )
        await turned_over(join, source, 10 * AT_ONCE)  # what is loaded at first is no leak
        await play(source, [], WARM_UP_S)
        before_mib = resident_mib(pid)
        for quarter in range(1, 5):
            await turned_over(join, source, turnover // 4)
            await play(source, [], WARM_UP_S)
            growth = resident_mib(pid) / before_mib - 1
            print(
                f"growth over {quarter * turnover // 4} joins: {growth:+.1%} "
                f"(<= {GROWTH_BOUND_RATIO:.0%})",
                flush=True,
            )
        await publisher.close()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=170)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--turnover", type=int, default=2000)
    given = parser.parse_args()
    asyncio.run(bench(given.players, given.seconds, given.turnover))


if __name__ == "__main__":
    main()
