"""A province behind one address after its relay was killed: seconds until all rooms are in again.

A real relay process over HTTPS; each room asks as diemcau-room does: a nonce and an offer to
publish, a nonce and an offer to play, with its own certificate. What the rooms cost runs on
the same cores. Signalling only; media are another bench's.
"""

import argparse
import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from contracts.ids import PointId
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import RelayRefused, RelayUnreachable
from tests.fakes.relay import RelayProcess, meeting, start_relay
from tests.waiting import until

BOUND_S = 5.0
ROOT = Path(__file__).parents[1]
OFFERS = {
    path: (ROOT / "tests" / "data" / "sdp" / f"chromium-{path}.sdp").read_text()
    for path in ("whip", "whep")
}


class Province:
    """The rooms, and what they were answered."""

    def __init__(self, relay: RelayProcess, rooms: int) -> None:
        self.points = tuple(PointId(f"p-{number}") for number in range(1, rooms + 1))
        self.refused: dict[int, int] = {}
        self.unreachable_total = 0
        self._clients = [self._client(relay, point) for point in self.points]

    def _client(self, relay: RelayProcess, point: PointId) -> WhipClient:
        issued = relay.pki.issue(point)
        return WhipClient(
            relay.url,
            ca_file=relay.pki.ca_file,
            identity=PointIdentity(issued.certificate_file, issued.key_file),
            now=lambda: datetime.now(UTC),
        )

    async def join(self) -> list[float]:
        """Have every room publish and play; return when each was in, in ascending order."""
        return sorted(await asyncio.gather(*(self._in(client) for client in self._clients)))

    async def _in(self, client: WhipClient) -> float:
        await asyncio.sleep(random.uniform(0, 0.5))  # what they notice, they notice apart
        for path, offer in OFFERS.items():
            await until(partial(self._opened, client, f"/{path}/m1", offer), timeout_s=60)
        return time.monotonic()

    async def _opened(self, client: WhipClient, path: str, offer: str) -> bool:
        try:
            await client.open(path, offer)
        except RelayRefused as exc:
            self.refused[exc.status] = self.refused.get(exc.status, 0) + 1
            return False
        except RelayUnreachable:
            self.unreachable_total += 1
            return False
        return True


async def bench(rooms: int) -> bool:
    """Kill the relay under its rooms and print how long they take; return whether it is good."""
    with tempfile.TemporaryDirectory() as folder:
        async with start_relay(Path(folder)) as relay:
            province = Province(relay, rooms)
            await relay.centre.declare(meeting(invited=province.points))
            await relay.centre.hears(lambda: "floor_applied" in relay.centre.kinds())
            await province.join()
            province.refused.clear()
            province.unreachable_total = 0
            relay.kill()
            spawned_s = time.monotonic()
            await relay.start()
            answers_s = time.monotonic()
            times = await province.join()
    took_s = times[-1] - answers_s
    print(
        f"{rooms} rooms behind one address: all in after {took_s:.2f} s (<= {BOUND_S:g}), half "
        f"after {times[len(times) // 2] - answers_s:.2f} s; the relay took "
        f"{answers_s - spawned_s:.2f} s to start; refused {province.refused or 'none'}, "
        f"not answered {province.unreachable_total}"
    )
    return took_s <= BOUND_S


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=170)
    raise SystemExit(not asyncio.run(bench(parser.parse_args().rooms)))


if __name__ == "__main__":
    main()
