"""What one hostile peer costs the relay's process, in points of a core over the calm relay.

One publisher and some players are served throughout; each act is measured beside the
calm relay of the same seconds, in turns. The acts have valid sign-ins.
"""

import argparse
import asyncio
import random
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench._load import VP8, Client, Source, play
from bench.relay import Join, cpu_s, relay_process
from media.wire import rtcp, rtp
from media.wire.sdp_offer import incoming_of

BOUND_POINTS = 10.0
STREAMS = 30_000
FLOOD_BPS, NACK_BPS = 50_000_000, 1_000_000
_NUMBERS = 8_534  # as many as a datagram holds


@dataclass(frozen=True, slots=True)
class Act:
    """Datagrams of one hostile peer, and how many of them a second."""

    name: str
    client: Client
    per_s: float
    send: Callable[[], None]


async def nacks(join: Join) -> Act:
    """Ask for 8,534 numbers with every datagram, at 1 Mbit/s."""
    client = Client("recvonly")
    answer = await join(client, "nacks")
    ssrc = next(m.ssrcs[0].ssrc for m in answer.media if m.kind == "video")
    entries = b"".join(
        struct.pack("!HH", (1000 + index * 17 % 983) & 0xFFFF, 0xFFFF)
        for index in range(_NUMBERS // 17)
    )
    compound = rtcp.build_feedback(rtcp.Feedback(rtcp.RTPFB, rtcp.FMT_NACK, 1, ssrc, entries))

    def send() -> None:
        assert client.srtp is not None
        client.send_raw(client.srtp.protect_rtcp(compound))

    return Act("8,534 numbers a NACK, 1 Mbit/s", client, NACK_BPS / 8 / len(compound), send)


async def streams(join: Join) -> Act:
    """Send media of 30,000 SSRCs."""
    client = Client("sendonly")
    await join(client, "streams")
    assert client.srtp is not None
    protect = client.srtp.protect
    ready = [protect(_packet(1, ssrc, b"\0x")) for ssrc in range(1, STREAMS + 1)]
    packets: Iterator[bytes] = iter(ready * 20)
    return Act(
        "30,000 SSRCs, 5,000 packets/s", client, 5000.0, lambda: client.send_raw(next(packets))
    )


async def flood(join: Join, subject: str, watched_by: str) -> Act:
    """Publish 50 Mbit/s; `staged` is in a slot of every player."""
    client = Client("sendonly")
    await join(client, subject)
    numbers = iter(range(1, 1 << 30))

    def send() -> None:
        number = next(numbers)
        payload = b"\0" if number % 100 else b"\x10\x10\x02\0\x9d\x01\x2a\x80\x02\x68\x01"
        client.send_rtp(_packet(number, client.ssrcs["video"], payload.ljust(1188, b"x")))

    return Act(f"50 Mbit/s that {watched_by}", client, FLOOD_BPS / 8 / 1200, send)


def _packet(number: int, ssrc: int, payload: bytes) -> bytes:
    return rtp.build(
        payload_type=VP8.payload_type,
        sequence_number=number & 0xFFFF,
        timestamp=number * 100 & 0xFFFFFFFF,
        ssrc=ssrc,
        payload=payload,
    )


async def perform(act: Act, seconds: float) -> None:
    """Send at the act's rate for a while."""
    began, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - began) < seconds:
        for _ in range(int(elapsed * act.per_s) - sent):
            act.send()
            sent += 1
        await asyncio.sleep(random.uniform(0.002, 0.006))


async def measured(
    pid: int, source: Source, players: list[Client], seconds: float, act: Act | None
) -> tuple[float, float, float]:
    """Return the relay's share of a core in percent, and of the others' packets: how many of
    them arrived, and the longest time without one at any player, in milliseconds.
    """
    used, sent, got = cpu_s(pid), source.sent, sum(p.received for p in players)
    began = time.monotonic()
    for player in players:
        player.begin_gaps()
    source.client.check()  # whoever sends no check for half a minute is forgotten
    if act is not None:
        act.client.check()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(play(source, players, seconds))
        if act is not None:
            tasks.create_task(perform(act, seconds))
    await asyncio.sleep(0.2)
    share = 100 * (cpu_s(pid) - used) / (time.monotonic() - began)
    arrived = (sum(p.received for p in players) - got) / ((source.sent - sent) * len(players))
    return share, arrived, 1000 * max(player.gap_s for player in players)


async def bench(player_count: int, rounds: int, seconds: float) -> bool:
    """Measure every act; return whether all are within the bound."""
    is_good = True
    async with relay_process() as (pid, join):
        publisher = Client("sendonly")
        players = [Client("recvonly", videos=2) for _ in range(player_count)]
        await join(publisher)
        for player in players:
            answer = await join(player)
            player.unwatched = frozenset(s.ssrc for s in incoming_of(answer) if s.slot == "speaker")
        source = Source(publisher)
        await play(source, players, 1.0)
        begun = (
            nacks(join),
            streams(join),
            flood(join, "flood", "nobody watches"),
            flood(join, "staged", "all watch"),
        )
        for joining in begun:
            act = await joining
            calm, worse = [], []
            for _ in range(rounds):
                calm.append(await measured(pid, source, players, seconds, None))
                worse.append(await measured(pid, source, players, seconds, act))
            before, after = (sum(one[0] for one in taken) / rounds for taken in (calm, worse))
            arrived = min(one[1] for one in worse)
            gaps = [max(one[2] for one in taken) for taken in (calm, worse)]
            is_good &= after - before <= BOUND_POINTS
            print(
                f"{act.name:32} {before:5.1f} % -> {after:5.1f} % of a core, "
                f"{after - before:+.1f} points (<= {BOUND_POINTS:g}), {after / before:.2f} times; "
                f"the others' packets arrived: {arrived:.2%}, longest gap "
                f"{gaps[0]:.0f} -> {gaps[1]:.0f} ms",
                flush=True,
            )
    return is_good


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    raise SystemExit(not asyncio.run(bench(given.players, given.rounds, given.seconds)))


if __name__ == "__main__":
    main()
