"""A meeting on two real relays, and clients made of packets at each."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench import _load
from bench._load import Client, Source
from contracts.floor import FloorState
from media.wire import sdp
from tests.fakes.namespace import Machine
from tests.fakes.relay import CHAIR, B, RelayProcess, declare_two, start_two_relays
from tests.waiting import until

VIDEOS, SOUNDS = 2, 2  # stage and speaker


@contextmanager
def _at(host: str) -> Iterator[None]:
    before, _load.HOST = _load.HOST, host
    try:
        yield
    finally:
        _load.HOST = before


class Place:
    """A relay, the machine where it and its clients are, and the clients."""

    def __init__(self, relay: RelayProcess, machine: Machine | None) -> None:
        self.relay = relay
        self.machine = machine
        self.players: list[Client] = []

    def _new_client(self, direction: sdp.MediaDirection, *, videos: int, sounds: int) -> Client:
        def made() -> Client:
            return Client(direction, videos=videos, sounds=sounds)

        return self.machine.inside(made) if self.machine else made()

    async def publisher(self, point: str) -> Source:
        """Let a point in that sends a picture and a sound."""
        with _at(self.relay.address):
            client = self._new_client("sendonly", videos=1, sounds=1)
            answer = await self.relay.offer("publish", client.offer(), point=point)
            assert answer.status_code == 201, answer.text
            await client.connect(sdp.parse(answer.text), "client")
        return Source(client)

    async def player(self, name: str) -> None:
        """Let a person in who watches stage and speaker."""
        with _at(self.relay.address):
            client = self._new_client("recvonly", videos=VIDEOS, sounds=SOUNDS)
            answer = await self.relay.offer_of_person("play", client.offer(), name=name)
            assert answer.status_code == 201, answer.text
            await client.connect(sdp.parse(answer.text), "client")
        self.players.append(client)

    async def close(self) -> None:
        """Let all go."""
        for client in self.players:
            await client.close()


@asynccontextmanager
async def two_places(folder: Path, machine: Machine | None) -> AsyncIterator[tuple[Place, Place]]:
    """Run the home here and the outer relay on a machine, in a meeting of the chair and B."""
    async with start_two_relays(folder, machine=machine) as (home, outer):
        await declare_two(home, points=(), floor=FloorState(epoch=1, holders=(B,)))
        await until(lambda: "trunk_up" in home.log and "forwarding_began" in outer.log)
        here, there = Place(home, None), Place(outer, machine)
        try:
            yield here, there
        finally:
            await here.close()
            await there.close()


async def speakers(place: Place) -> list[Source]:
    """Let the chair and the speaker in."""
    return [await place.publisher(point) for point in (CHAIR, B)]
