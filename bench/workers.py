"""A meeting on one relay and on two of one machine: what a packet costs, and what joining costs.

    python -m bench.workers [--viewers 120] [--seconds 8] [--rounds 3]

The same viewers, first all at the home, then half of them at a worker beside it, by turns;
medians. Each relay is bound to a core of its own (where there are two). The clients run on the
same cores and need more of them than the relays do, so that no relay can be driven until it is
full: what a core carries is told by the CPU that a packet costs the relay that is bound to it,
which the kernel counts, and by the packets that the relays count as they send them. With more to
send a packet costs less, never more. Two workers carry as many times the packets of one as the
busier of them needs less for each. What is lost is told by the gaps in the numbers of what
viewers get, who ask for nothing again.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench._load import Client, Source, played
from bench._two_relays import Place, speakers, two_places
from bench.relay import cpu_s
from bench.sites import WARM_UP_S

SENT = "diemcau_relay_packets_sent_total"
TIMES_BOUND, LOSS_BOUND_RATIO = 1.7, 0.0001


@dataclass(frozen=True, slots=True)
class Cost:
    """What a while has cost the home and the worker, what they sent, and what was lost."""

    home_s: float
    worker_s: float
    packets: float
    lost_ratio: float

    @property
    def us_per_packet(self) -> float:
        """Both processes' CPU for a packet that was sent."""
        return (self.home_s + self.worker_s) / self.packets * 1e6

    @property
    def busier_us(self) -> float:
        """The busier one's CPU for a packet that either sent."""
        return max(self.home_s, self.worker_s) / self.packets * 1e6


def _bind(places: tuple[Place, Place]) -> bool:
    """Give each relay a core; return whether there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < len(places):
        return False
    for place, core in zip(places, cores, strict=False):
        os.sched_setaffinity(place.relay.pid, {core})
    return True


async def _counted(places: tuple[Place, Place]) -> tuple[float, float, float]:
    sent = [await place.relay.metric(SENT) for place in places]
    return cpu_s(places[0].relay.pid), cpu_s(places[1].relay.pid), sum(sent)


def _lost_ratio(players: Sequence[Client]) -> float:
    numbered = sum(player.feedback.numbered for player in players)
    return 1 - sum(player.feedback.counted for player in players) / numbered


async def _cost(places: tuple[Place, Place], sources: list[Source], seconds: float) -> Cost:
    players = [*places[0].players, *places[1].players]
    for player in players:
        player.feedback.is_asking = False
    await played(sources, players, WARM_UP_S)
    before = await _counted(places)
    for player in players:
        player.feedback.begin_counting()
    await played(sources, players, seconds)
    after = await _counted(places)
    home_s, worker_s, packets = (now - was for was, now in zip(before, after, strict=True))
    return Cost(home_s, worker_s, packets, _lost_ratio(players))


async def _round(viewers: int, at_worker: int, seconds: float) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        async with two_places(Path(folder), None) as (here, there):
            if not _bind((here, there)):
                print("one core only: both relays share it")
            sources = await speakers(here)
            for number in range(viewers):
                await (there if number < at_worker else here).player(f"viewer-{number}")
            return await _cost((here, there), sources, seconds)


async def bench(viewers: int, seconds: float, rounds: int) -> None:
    """Run and print."""
    ones: list[Cost] = []
    twos: list[Cost] = []
    for _ in range(rounds):
        ones.append(await _round(viewers, 0, seconds))
        twos.append(await _round(viewers, viewers // 2, seconds))
    for word, costs in (("one relay", ones), ("two", twos)):
        print(
            f"{word}: {median(c.packets for c in costs) / seconds:,.0f} packets/s sent to "
            f"{viewers} viewers, {median(c.us_per_packet for c in costs):.2f} us/packet; home "
            f"{median(c.home_s for c in costs) / seconds:.1%}, worker "
            f"{median(c.worker_s for c in costs) / seconds:.1%} of a core; with a core each "
            f"{1e6 / median(c.busier_us for c in costs):,.0f} packets/s, lost "
            f"{median(c.lost_ratio for c in costs):.4%} (< {LOSS_BOUND_RATIO:.2%})"
        )
    dearer = median(t.us_per_packet / o.us_per_packet for o, t in zip(ones, twos, strict=True))
    times = median(o.busier_us / t.busier_us for o, t in zip(ones, twos, strict=True))
    print(f"CPU of both together for a packet: {dearer:.2f} x one relay's with an idle one beside")
    print(f"two workers carry {times:.2f} x one's (>= {TIMES_BOUND}), each on a core of its own")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    asyncio.run(bench(args.viewers, args.seconds, args.rounds))


if __name__ == "__main__":
    main()
