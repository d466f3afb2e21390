"""What one hostile peer costs the relay's process, and what the others of its call notice.

One publisher and some players are served throughout; each act is measured beside the
calm relay of the same seconds, in turns. The acts (`bench._floods`) have valid sign-ins.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bench import _floods as floods
from bench._floods import Act
from bench._load import FRAMES_PER_S, Client, Source, play
from bench.relay import Join, cpu_s, relay_process
from media.transport.address import Address
from media.wire import rtp
from media.wire.sdp_offer import incoming_of

BOUND_POINTS = 10.0


class Watcher(Client):
    """A player that looks at the picture of the stage: whole frames, and the time between two."""

    def __init__(self) -> None:
        super().__init__("recvonly", videos=2)
        self.stage = 0
        self.frames = 0
        self.frame_gap_s = self._frame_at_s = 0.0
        self._next: int | None = None
        self._is_whole = True

    def begin_frames(self) -> None:
        """Count from now on."""
        self.frames, self.frame_gap_s, self._frame_at_s = 0, 0.0, time.monotonic()

    def _media(self, view: memoryview, size: int, address: Address) -> None:
        super()._media(view, size, address)
        if self.srtp is None or rtp.is_rtcp(view[:2]) or int.from_bytes(view[8:12]) != self.stage:
            return
        number, is_last = int.from_bytes(view[2:4]), bool(view[1] & 0x80)
        self._is_whole &= self._next in (None, number)
        self._next = (number + 1) & 0xFFFF
        if not is_last:
            return
        if self._is_whole:
            now_s = time.monotonic()
            self.frames += 1
            self.frame_gap_s = max(self.frame_gap_s, now_s - self._frame_at_s)
            self._frame_at_s = now_s
        self._is_whole = True


@dataclass(slots=True)
class Call:
    """A call that goes on."""

    pid: int
    source: Source
    players: list[Client]
    watcher: Watcher


@dataclass(frozen=True, slots=True)
class Figures:
    """The relay's share of a core in percent, and of the others: how many packets arrived, the
    longest time without one at any player, and what one of them saw.
    """

    share: float
    arrived: float
    gap_ms: float
    frames_per_s: float
    frame_gap_ms: float


async def perform(act: Act, seconds: float) -> None:
    """Send at the act's rate for a while."""
    began, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - began) < seconds:
        for _ in range(int(elapsed * act.per_s) - sent):
            act.send()
            sent += 1
        await asyncio.sleep(random.uniform(0.002, 0.006))


async def measured(call: Call, seconds: float, act: Act | None) -> Figures:
    """Let the call go on for a while, with an act or without."""
    source, players = call.source, call.players
    used, sent, got = cpu_s(call.pid), source.sent, sum(p.received for p in players)
    began = time.monotonic()
    for player in players:
        player.begin_gaps()
    call.watcher.begin_frames()
    source.client.check()  # whoever sends no check for half a minute is forgotten
    if act is not None:
        act.client.check()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(play(source, players, seconds))
        if act is not None:
            tasks.create_task(perform(act, seconds))
    passed_s = time.monotonic() - began
    await asyncio.sleep(0.2)
    share = 100 * (cpu_s(call.pid) - used) / (time.monotonic() - began)
    arrived = (sum(p.received for p in players) - got) / ((source.sent - sent) * len(players))
    return Figures(
        share,
        arrived,
        1000 * max(player.gap_s for player in players),
        call.watcher.frames / passed_s,
        1000 * call.watcher.frame_gap_s,
    )


def acts(join: Join) -> dict[str, Callable[[], Awaitable[Act]]]:
    """Return every act by its name; it joins when it is called."""
    return {
        "nacks": partial(floods.nacks, join),
        "streams": partial(floods.streams, join),
        "flood": partial(floods.flood, join, "flood", "nobody watches"),
        "staged": partial(floods.flood, join, "staged", "all watch"),
        "crumbs": partial(floods.crumbs, join),
        "flips": partial(floods.flips, join),
        "leaps": partial(floods.leaps, join),
        "sizes": partial(floods.sizes, join),
        "checks": partial(floods.checks, join),
        "forged": partial(floods.forged_checks, join),
        "replays": partial(floods.replays, join),
        "handshakes": partial(floods.handshakes, join),
        "reports": partial(floods.reports, join),
    }


async def _call(pid: int, join: Join, player_count: int) -> Call:
    publisher, watcher = Client("sendonly"), Watcher()
    players = [Client("recvonly", videos=2) for _ in range(player_count - 1)]
    await join(publisher)
    for player in (watcher, *players):
        slots = incoming_of(await join(player))
        player.unwatched = frozenset(s.ssrc for s in slots if s.slot == "speaker")
        watcher.stage = watcher.stage or next(s.ssrc for s in slots if s.slot == "stage")
    source = Source(publisher)
    await play(source, [watcher, *players], 1.0)
    return Call(pid, source, [watcher, *players], watcher)


def _told(act: Act, calm: list[Figures], worse: list[Figures]) -> tuple[str, bool]:
    before, after = (sum(one.share for one in taken) / len(taken) for taken in (calm, worse))
    is_good = after - before <= BOUND_POINTS

    def longest(name: str) -> str:
        return " -> ".join(f"{max(getattr(f, name) for f in ts):.0f}" for ts in (calm, worse))

    fewest = " -> ".join(f"{min(f.frames_per_s for f in ts):.1f}" for ts in (calm, worse))
    arrived = min(one.arrived for one in worse)
    return (
        f"{act.name:40} {before:5.1f} % -> {after:5.1f} % of a core, {after - before:+.1f} points "
        f"(<= {BOUND_POINTS:g}); the others' packets arrived: {arrived:.2%}, longest gap "
        f"{longest('gap_ms')} ms; one saw {fewest} of {FRAMES_PER_S} frames/s, longest gap "
        f"{longest('frame_gap_ms')} ms",
        is_good,
    )


async def bench(player_count: int, rounds: int, seconds: float, only: list[str]) -> bool:
    """Measure every act; return whether all are within the bound."""
    is_good = True
    async with relay_process() as (pid, join):
        call = await _call(pid, join, player_count)
        for name, joining in acts(join).items():
            if only and name not in only:
                continue
            act = await joining()
            calm, worse = [], []
            for _ in range(rounds):
                calm.append(await measured(call, seconds, None))
                worse.append(await measured(call, seconds, act))
            told, is_within = _told(act, calm, worse)
            is_good &= is_within
            print(told, flush=True)
            await act.client.close()
    return is_good


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--acts", nargs="*", default=[], help="some of them, by name")
    given = parser.parse_args()
    is_good = asyncio.run(bench(given.players, given.rounds, given.seconds, given.acts))
    raise SystemExit(not is_good)


if __name__ == "__main__":
    main()
