"""What one who may be there costs a real relay at its door, and what a call on it notices.

The acts are `bench._door_floods`, each from a process of its own beside the call; what that costs
runs on the same cores.
"""

import asyncio
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import _calls as calls
from bench._door_floods import ACTS
from bench._load import Client
from media.wire import sdp
from tests.fakes.relay import CHAIR, SDP, RelayProcess, meeting, start_relay

ROOT = Path(__file__).parents[1]


async def join(relay: RelayProcess, client: Client, subject: str = "") -> sdp.SessionDescription:
    """Let a client in: who publishes is the chair, who plays a viewer."""
    if client.direction == "sendonly":
        answer = await relay.offer("publish", client.offer(), point=CHAIR)
    else:
        name = subject or f"viewer-{id(client)}"
        headers = {"Authorization": relay.token(name, "play"), "Content-Type": SDP}
        async with relay.client() as http:
            answer = await http.post("/whep/m1", content=client.offer(), headers=headers)
    assert answer.status_code == 201, answer.text
    described = sdp.parse(answer.text)
    await client.connect(described, "client")
    return described


async def attack(relay: RelayProcess, name: str, seconds: float) -> None:
    """Do an act from another process, with a session of one's own."""
    token = relay.token("hostile", "play")
    headers = {"Authorization": token, "Content-Type": SDP}
    offer = Client("recvonly").offer()
    async with relay.client() as http:
        answer = await http.post("/whep/m1", content=offer, headers=headers)
    known = {
        "url": relay.url,
        "ca": str(relay.pki.ca_file),
        "seconds": seconds,
        "token": token,
        "session": answer.headers.get("location", "/session/none"),
        "etag": answer.headers.get("etag", ""),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench._door_floods", name, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate(json.dumps(known).encode())
    print(f"  {name}: {said.decode().strip()}", flush=True)


async def bench(player_count: int, rounds: int, seconds: float, only: list[str]) -> bool:
    """Measure every act; return whether the call stayed as it was."""
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        async with start_relay(Path(folder)) as relay:
            await relay.centre.declare(meeting())
            await relay.centre.hears(lambda: "floor_applied" in relay.centre.kinds())
            call = await calls.begin(relay.pid, partial(join, relay), player_count)
            for name, act in ACTS.items():
                if only and name not in only:
                    continue
                found = await calls.compared(call, rounds, seconds, partial(attack, relay, name))
                is_good &= calls.is_unharmed(found[1])
                print(calls.told((act.__doc__ or name).rstrip("."), *found), flush=True)
    return is_good


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    given = calls.asked(__doc__, players=5, rounds=1, seconds=5.0)
    is_good = asyncio.run(bench(given.players, given.rounds, given.seconds, given.acts))
    raise SystemExit(not is_good)


if __name__ == "__main__":
    main()
