"""How many keyframes a province that joins within ten seconds asks of a publisher.

    python -m bench.joining [--viewers 170] [--seconds 10]

The relay is its real process, everybody comes by its door, and asks for a keyframe as Chromium
does until one has come. What is counted is what reaches the publisher: PLI and FIR.
"""

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

import httpx

from bench._delay import shares_ms
from bench._load import Client, Source, play
from bench._viewer import Viewer
from media.wire import sdp
from tests.fakes.relay import CHAIR, SDP, RelayProcess, meeting, start_relay
from tests.waiting import until

BOUND = 5
LAST_SEEN_S = 30.0  # on a busy machine joining takes longer than was asked for


class Joined:
    """One who joins at a moment of his own, and how long the picture took."""

    def __init__(self, name: str, at_s: float) -> None:
        self.name = name
        self.at_s = at_s
        self.viewer = Viewer()
        self.connected_s: float | None = None

    async def join(self, relay: RelayProcess, http: httpx.AsyncClient) -> None:
        """Come by the door when it is time, and stay until this is cancelled."""
        await asyncio.sleep(max(0.0, self.at_s - time.monotonic()))
        headers = {"Authorization": relay.token(self.name, "play"), "Content-Type": SDP}
        answer = await http.post("/whep/m1", content=self.viewer.offer(), headers=headers)
        assert answer.status_code == 201, answer.text
        await self.viewer.connect(sdp.parse(answer.text), "client")
        self.connected_s = time.monotonic()
        await self.viewer.live()


async def published(relay: RelayProcess) -> Source:
    """Let the chair in, who publishes."""
    client = Client("sendonly")
    answer = await relay.offer("publish", client.offer(), point=CHAIR)
    assert answer.status_code == 201, answer.text
    await client.connect(sdp.parse(answer.text), "client")
    return Source(client)


async def bench(count: int, seconds: float) -> bool:
    """Let them join, print what came of it, and return whether the bound held."""
    with tempfile.TemporaryDirectory() as folder:
        async with start_relay(Path(folder)) as relay, relay.client() as http:
            await relay.centre.declare(meeting())
            await relay.centre.hears(lambda: "floor_applied" in relay.centre.kinds())
            source = await published(relay)
            playing = asyncio.create_task(play(source, [], seconds + 3 * LAST_SEEN_S))
            await asyncio.sleep(1.0)
            before = source.client.keyframe_requests
            began_s = time.monotonic()
            moments = sorted(random.uniform(0, seconds) for _ in range(count))
            all_of_them = [Joined(f"v-{n}", began_s + at) for n, at in enumerate(moments)]
            staying = [asyncio.create_task(one.join(relay, http)) for one in all_of_them]
            await asyncio.sleep(seconds)
            asked = source.client.keyframe_requests - before
            await until(
                lambda: all(one.viewer.seen_s for one in all_of_them),
                LAST_SEEN_S,
                "everybody sees",
            )
            until_seen = source.client.keyframe_requests - before
            for task in (playing, *staying):
                task.cancel()
            await asyncio.wait({playing, *staying})
    _print(all_of_them, began_s, asked, until_seen)
    return asked <= BOUND


def _print(all_of_them: list[Joined], began_s: float, asked: int, until_seen: int) -> None:
    connected = [one.connected_s for one in all_of_them if one.connected_s is not None]
    waited = [
        one.viewer.seen_s - one.connected_s
        for one in all_of_them
        if one.viewer.seen_s is not None and one.connected_s is not None
    ]
    half_ms, most_ms = shares_ms(waited)
    print(f"{len(connected)} joined, the last after {max(connected) - began_s:.1f} s")
    print(f"keyframes asked of the publisher: {asked} (<= {BOUND}), {until_seen} until all had one")
    print(f"connected -> first keyframe: p50 {half_ms:.0f} ms, p99 {most_ms:.0f} ms")


def main() -> None:
    """Run; the exit code says whether the bound held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=170)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    raise SystemExit(not asyncio.run(bench(given.viewers, given.seconds)))


if __name__ == "__main__":
    main()
