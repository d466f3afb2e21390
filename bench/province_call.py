"""A whole province at one relay: players of three videos and three sounds, CPU and memory.

    python -m bench.province_call [--players 170] [--seconds 10] [--turnover 2000]

Three publishers fill the slots of stage, speaker and shared content, and the sounds; their
pictures come one after another, as those of cameras that know nothing of each other. CPU and
memory are the relay's own process'; the clients are another. The delay ends where the kernel has
a packet at a player's socket. Then players leave and join, and what the process has grown by is
printed.
"""

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench._delay import Delays, shares_ms
from bench._load import Client, Source, play
from bench.relay import WARM_UP_S, Join, measured, relay_process
from media.wire.sdp import SessionDescription

SUBJECTS = ("a", "b", "c")
VIDEOS, SOUNDS = ("stage", "speaker", "content"), ("sound-0", "sound-1", "sound-2")
SLOTS = dict(zip((*VIDEOS, *SOUNDS), 2 * SUBJECTS, strict=True))
MEMORY_BOUND_MIB = 150
GROWTH_BOUND_RATIO = 0.02
HALF_BOUND_MS, MOST_BOUND_MS = 3, 10
AT_ONCE = 20
MEASURES_EACH = 10
CACHES_FULL_S = 22.0  # a cache keeps 1,024 packets, sound has 50 a second


def resident_mib(pid: int) -> float:
    """Return what a process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def player() -> Client:
    """Return a client of every slot."""
    return Client("recvonly", videos=3, sounds=3)


def _streams(answer: SessionDescription, subject: str) -> list[int]:
    """Return the SSRCs of the slots that a subject fills."""
    slots = {slot for slot, by in SLOTS.items() if by == subject}
    return [m.ssrcs[0].ssrc for m in answer.media if m.ssrcs and m.msid.split()[0] in slots]


@asynccontextmanager
async def joined(
    join: Join, count: int, sources: Sequence[Source] = ()
) -> AsyncIterator[tuple[list[Client], list[Delays]]]:
    """Let so many players in; some measure the delays of one of the sources each."""
    players = [player() for _ in range(count)]
    measuring: list[Delays] = []
    try:
        for number, client in enumerate(players):
            answer = await join(client)
            if sources and number % MEASURES_EACH == 0:
                subject = len(measuring) % len(sources)
                delays = Delays(sources[subject].record, _streams(answer, SUBJECTS[subject]))
                client.measure(delays)
                measuring.append(delays)
        yield players, measuring
    finally:
        for client in players:
            with contextlib.suppress(TimeoutError):
                await client.close()


async def turned_over(join: Join, source: Source, turnover: int) -> None:
    """Let players come and go, some at a time, while media flows."""
    for _ in range(turnover // AT_ONCE):
        async with joined(join, AT_ONCE) as (players, _measuring):
            await play(source, players, 0.2)


async def bench(count: int, seconds: float, turnover: int) -> None:
    """Run and print."""
    async with relay_process(SLOTS) as (pid, join):
        sources = [Source(Client("sendonly")) for _ in SUBJECTS]
        for subject, source in zip(SUBJECTS, sources, strict=True):
            await join(source.client, subject)
        empty_mib = resident_mib(pid)
        async with joined(join, count, sources) as (players, measuring):
            joined_mib = resident_mib(pid)
            one = await measured(pid, sources, players, seconds)
            half_ms, most_ms = shares_ms([s for delays in measuring for s in delays.measured_s])
            print(
                f"{count} players: {one.packets_per_s:,.0f} packets/s, "
                f"{one.us_per_packet:.2f} us/packet, {one.cpu_ratio:.0%} of a core, "
                f"{one.received_ratio:.3%} arrived"
            )
            print(
                f"added delay of a picture's last packet and of sound: p50 {half_ms:.1f} ms, "
                f"p99 {most_ms:.1f} ms (<= {HALF_BOUND_MS}, {MOST_BOUND_MS})"
            )
            print(
                f"memory: {empty_mib:.0f} MiB empty, {joined_mib:.0f} joined, "
                f"{resident_mib(pid):.0f} playing (<= {MEMORY_BOUND_MIB})"
            )
        source = sources[0]
        await turned_over(join, source, 10 * AT_ONCE)  # what is loaded at first is no leak
        await play(source, [], CACHES_FULL_S)
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
        for source in sources:
            await source.client.close()


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
