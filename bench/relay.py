"""CPU per forwarded packet: our relay beside Janus as Debian ships it, the same clients for both.

One publisher (1.5 Mbit/s in bursts, and sound) to N players that send a browser's feedback. CPU
is read from the processes, user and system time; publisher and players are another process.
Rounds alternate; the median counts, and the ratio: microseconds are the machine's, whose own
speed stands beside them. The players' loopback sockets are fed inside the sender's system calls,
for both alike.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import _janus
from bench._load import FRAMES_PER_S, Client, Source, played
from bench._speed import SPEED_BYTES, machine_speed
from media.native.library import library
from media.wire import sdp

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "relay.json"
DEFAULT, BEST = "Janus", "Janus, 2 loops"
BOUNDS = {DEFAULT: 0.3, BEST: 0.55}  # of its cost
WARM_UP_S = 2.0
SLOTS = {"stage": "p", "speaker": "staged", "sound-0": "p"}  # `staged`: of the hostile bench

Join = Callable[..., Awaitable[sdp.SessionDescription]]
# A server's process id, the publisher and the players, all connected.
System = AbstractAsyncContextManager[tuple[int, Client, list[Client]]]


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement."""

    us_per_packet: float
    received_ratio: float
    packets_per_s: float
    cpu_ratio: float


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(
    pid: int, sources: Sequence[Source], players: list[Client], seconds: float
) -> Round:
    """Send for a while and return what it cost the process; each player gets all.

    Cameras know nothing of each other: their pictures are spread over a picture's time.
    """
    apart_s = 1 / FRAMES_PER_S / len(sources)
    await played(sources, players, WARM_UP_S, apart_s=apart_s)
    cpu, received = cpu_s(pid), sum(p.received for p in players)
    sent = sum(source.sent for source in sources)
    await played(sources, players, seconds, apart_s=apart_s)
    await asyncio.sleep(0.2)
    cpu = cpu_s(pid) - cpu
    expected = (sum(source.sent for source in sources) - sent) * len(players)
    received = sum(p.received for p in players) - received
    return Round(cpu / received * 1e6, received / expected, received / seconds, cpu / seconds)


@asynccontextmanager
async def relay_process(slots: Mapping[str, str] = SLOTS) -> AsyncIterator[tuple[int, Join]]:
    """Run the relay's engine; yield its process id, and what lets a client in."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench._relay_worker", json.dumps(dict(slots)), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, limit=1 << 20,
    )  # fmt: skip
    to_relay, from_relay = process.stdin, process.stdout
    assert to_relay is not None and from_relay is not None

    async def join(client: Client, subject: str = "p") -> sdp.SessionDescription:
        direction = "publish" if client.direction == "sendonly" else "play"
        asked = {"direction": direction, "offer": client.offer(), "subject": subject}
        to_relay.write(f"{json.dumps(asked)}\n".encode())
        while not (line := (await from_relay.readline()).decode()).startswith("{"):
            assert line, "the relay has ended"
        answer = sdp.parse(json.loads(line)["answer"])
        await client.connect(answer, "client")
        return answer

    try:
        yield process.pid, join
    finally:
        to_relay.close()
        await process.wait()


@asynccontextmanager
async def ours(player_count: int) -> AsyncIterator[tuple[int, Client, list[Client]]]:
    """Run the relay's engine with everybody connected."""
    publisher = Client("sendonly")
    players = [Client("recvonly") for _ in range(player_count)]
    async with relay_process() as (pid, join):
        try:
            for client in (publisher, *players):
                await join(client)
            yield pid, publisher, players
        finally:
            for client in (publisher, *players):
                await client.close()


async def one_round(name: str, system: System, seconds: float) -> Round:
    """Measure one system once, and print it."""
    async with system as (pid, publisher, players):
        one = await measured(pid, [Source(publisher)], players, seconds)
    print(
        f"  {name:14} {one.us_per_packet:6.2f} us/packet {one.packets_per_s:9,.0f} packets/s "
        f"{one.cpu_ratio:5.0%} of a core  {one.received_ratio:.2%} arrived",
        flush=True,
    )
    return one


async def bench(player_count: int, rounds: int, seconds: float) -> dict[str, float]:
    """Return the median cost of each system; rounds alternate their order."""
    systems: dict[str, Callable[[], System]] = {"relay": lambda: ours(player_count)}
    if _janus.is_installed():
        systems[DEFAULT] = lambda: _janus.janus(player_count)
        systems[BEST] = lambda: _janus.janus(player_count, event_loops=2)
    found: dict[str, list[Round]] = {name: [] for name in systems}
    for number in range(rounds):
        names = list(systems) if number % 2 == 0 else list(reversed(systems))
        for name in names:
            found[name].append(await one_round(name, systems[name](), seconds))
    return {
        name: statistics.median(one.us_per_packet for one in taken) for name, taken in found.items()
    }


def written(costs: dict[str, float], player_count: int) -> list[dict[str, object]]:
    """Return the results as they are kept."""
    return [
        {
            "name": f"CPU per outgoing packet to {player_count} players, of {peer}'s",
            "value": round(costs["relay"] / costs[peer], 3),
            "unit": "ratio",
            "bound": f"<= {bound}",
            "peer": peer,
            "value_us": round(costs["relay"], 2),
            "peer_value_us": round(costs[peer], 2),
        }
        for peer, bound in BOUNDS.items()
        if peer in costs
    ]


def main() -> None:
    """Run, print, and write bench/results/relay.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0)
    given = parser.parse_args()
    costs = asyncio.run(bench(given.players, given.rounds, given.seconds))
    results = written(costs, given.players)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    for row in results:
        print(f"{row['name']}: {row['value']} ({row['bound']})")
    for name, cost in costs.items():
        print(f"  {name:14} {cost:6.2f} us a packet")
    print(f"the relay's C: {'compiled' if library() is not None else 'not there, Python'}")
    speed = machine_speed()
    print(f"this machine: AES-128-GCM {speed.aes_us:.2f} us and sendto {speed.sendto_us:.2f} us "
          f"for {SPEED_BYTES} bytes")  # fmt: skip


if __name__ == "__main__":
    main()
