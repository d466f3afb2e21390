"""A call that goes on while somebody is hostile: what it costs the relay, what the others see."""

import argparse
import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from bench._load import FRAMES_PER_S, Client, Source, play
from bench.relay import Join, cpu_s
from media.transport.address import Address
from media.wire import rtp
from media.wire.sdp_offer import incoming_of

BOUND_POINTS, ARRIVED = 10.0, 0.999
# Does something for so many seconds.
Busy = Callable[[float], Coroutine[None, None, None]]


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


async def begin(pid: int, join: Join, player_count: int) -> Call:
    """Return a call of one publisher and so many players, which is up."""
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


async def measured(call: Call, seconds: float, busy: Busy | None) -> Figures:
    """Let the call go on for a while; somebody is busy beside it, or nobody."""
    source, players = call.source, call.players
    used, sent, got = cpu_s(call.pid), source.sent, sum(p.received for p in players)
    began = time.monotonic()
    for player in players:
        player.begin_gaps()
    call.watcher.begin_frames()
    source.client.check()  # whoever sends no check for half a minute is forgotten
    played_s = 0.0

    async def plays() -> None:
        nonlocal played_s
        await play(source, players, seconds)
        played_s = time.monotonic() - began

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(plays())
        if busy is not None:
            tasks.create_task(busy(seconds))
    await asyncio.sleep(0.2)
    share = 100 * (cpu_s(call.pid) - used) / (time.monotonic() - began)
    arrived = (sum(p.received for p in players) - got) / ((source.sent - sent) * len(players))
    return Figures(
        share,
        arrived,
        1000 * max(player.gap_s for player in players),
        call.watcher.frames / played_s,
        1000 * call.watcher.frame_gap_s,
    )


async def compared(
    call: Call, rounds: int, seconds: float, busy: Busy
) -> tuple[list[Figures], list[Figures]]:
    """Measure the call without and with somebody busy, in turns."""
    calm, worse = [], []
    for _ in range(rounds):
        calm.append(await measured(call, seconds, None))
        worse.append(await measured(call, seconds, busy))
    return calm, worse


def asked(
    description: str | None, *, players: int, rounds: int, seconds: float
) -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--players", type=int, default=players)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=float, default=seconds)
    parser.add_argument("--acts", nargs="*", default=[], help="some of them, by name")
    return parser.parse_args()


def is_cheap(calm: list[Figures], worse: list[Figures]) -> bool:
    """Return whether an act cost the relay no more than it may."""
    return _share(worse) - _share(calm) <= BOUND_POINTS


def is_unharmed(worse: list[Figures]) -> bool:
    """Return whether the others got what they get in peace."""
    return min(one.arrived for one in worse) >= ARRIVED


def told(name: str, calm: list[Figures], worse: list[Figures]) -> str:
    """Return a line on an act."""

    def longest(figure: str) -> str:
        return " -> ".join(f"{max(getattr(f, figure) for f in ts):.0f}" for ts in (calm, worse))

    before, after = _share(calm), _share(worse)
    fewest = " -> ".join(f"{min(f.frames_per_s for f in ts):.1f}" for ts in (calm, worse))
    arrived = min(one.arrived for one in worse)
    return (
        f"{name:40} {before:5.1f} % -> {after:5.1f} % of a core, {after - before:+.1f} points; "
        f"the others' packets arrived: {arrived:.2%}, longest gap {longest('gap_ms')} ms; "
        f"one saw {fewest} of {FRAMES_PER_S} frames/s, longest gap {longest('frame_gap_ms')} ms"
    )


def _share(figures: list[Figures]) -> float:
    return sum(one.share for one in figures) / len(figures)
