"""One meeting at two sites: what crosses the line between their relays, counted on the line.

    sudo python -m bench.sites [--viewers 20] [--seconds 10]

The outer relay and its viewers are in a network namespace, and what goes over its veth pair is
counted by the kernel: media and everything else. The chair and the speaker are at the home, so
that one copy of what a viewer gets goes to the other site.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench._load import Client, played
from bench._two_relays import speakers, two_places
from tests.fakes.namespace import Machine, a_machine, run

WARM_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Crossed:
    """Packets in a while: on the line to the other site and back, and what a viewer got."""

    there: int
    back: int
    one_viewer_here: float
    one_viewer_there: float

    @property
    def copies(self) -> float:
        """How many viewers' packets crossed."""
        return self.there / self.one_viewer_here


def _on_line(machine: Machine) -> tuple[int, int]:
    folder = Path(f"/sys/class/net/{machine.host_interface}/statistics")
    counted = [int((folder / name).read_text()) for name in ("tx_packets", "rx_packets")]
    return counted[0], counted[1]


def _received(players: Sequence[Client]) -> float:
    return sum(player.received for player in players) / len(players)


async def crossed(folder: Path, machine: Machine, *, viewers: int, seconds: float) -> Crossed:
    """Run the meeting and return what crossed."""
    # What is sent as a train crosses as its packets, as on any cable.
    run("ip", "link", "set", machine.host_interface, "gso_max_segs", "1")
    run(*machine.prefix, "ip", "link", "set", machine.interface, "gso_max_segs", "1")
    async with two_places(folder, machine) as (here, there):
        sources = await speakers(here)
        for number in range(viewers):
            for place, word in ((here, "here"), (there, "there")):
                await place.player(f"{word}-{number}")
        everybody = [*here.players, *there.players]
        await played(sources, everybody, WARM_UP_S)
        line, mine, theirs = _on_line(machine), _received(here.players), _received(there.players)
        await played(sources, everybody, seconds)
        after = _on_line(machine)
        return Crossed(
            after[0] - line[0],
            after[1] - line[1],
            _received(here.players) - mine,
            _received(there.players) - theirs,
        )


async def bench(viewers: int, seconds: float) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder, a_machine() as machine:
        found = await crossed(Path(folder), machine, viewers=viewers, seconds=seconds)
    print(f"two sites, {viewers} viewers each, {seconds:g} s")
    print(f"one viewer at the home {found.one_viewer_here:,.0f} packets")
    print(f"one viewer at the other site {found.one_viewer_there:,.0f} packets")
    print(f"over the line {found.there:,} packets: {found.copies:.1%} of one viewer's")
    print(f"back over it {found.back:,} packets (reports, words, the broker)")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    args = parser.parse_args()
    asyncio.run(bench(args.viewers, args.seconds))


if __name__ == "__main__":
    main()
