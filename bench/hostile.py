"""What one hostile peer costs the relay's process, and what the others of its call notice.

One publisher and some players are served throughout; each act is measured beside the
calm relay of the same seconds, in turns. The acts (`bench._floods`) have valid sign-ins.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial

from bench import _calls as calls
from bench import _floods as floods
from bench._floods import Act
from bench.relay import Join, relay_process


async def perform(act: Act, seconds: float) -> None:
    """Send at the act's rate for a while."""
    act.client.check()
    began, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - began) < seconds:
        for _ in range(int(elapsed * act.per_s) - sent):
            act.send()
            sent += 1
        await asyncio.sleep(random.uniform(0.002, 0.006))


def acts(join: Join) -> dict[str, Callable[[], Awaitable[Act]]]:
    """Return every act by its name; it joins when it is called."""
    return {
        "nacks": partial(floods.nacks, join),
        "streams": partial(floods.streams, join),
        "flood": partial(floods.flood, join, "flood", "nobody watches"),
        "staged": partial(floods.flood, join, "staged", "all watch"),
        "crumbs": partial(floods.crumbs, join),
        "unseen": partial(floods.unseen_crumbs, join),
        "flips": partial(floods.flips, join),
        "leaps": partial(floods.leaps, join),
        "sizes": partial(floods.sizes, join),
        "checks": partial(floods.checks, join),
        "forged": partial(floods.forged_checks, join),
        "long-checks": partial(floods.long_checks, join),
        "replays": partial(floods.replays, join),
        "handshakes": partial(floods.handshakes, join),
        "reports": partial(floods.reports, join),
    }


async def bench(player_count: int, rounds: int, seconds: float, only: list[str]) -> bool:
    """Measure every act; return whether all are within the bound."""
    is_good = True
    async with relay_process() as (pid, join):
        call = await calls.begin(pid, join, player_count)
        for name, joining in acts(join).items():
            if only and name not in only:
                continue
            act = await joining()
            found = await calls.compared(call, rounds, seconds, partial(perform, act))
            is_good &= calls.is_cheap(*found) and calls.is_unharmed(found[1])
            print(calls.told(act.name, *found), flush=True)
            await act.client.close()
    return is_good


def main() -> None:
    """Run and print; the exit code says whether the bound held."""
    given = calls.asked(__doc__, players=20, rounds=2, seconds=4.0)
    is_good = asyncio.run(bench(given.players, given.rounds, given.seconds, given.acts))
    raise SystemExit(not is_good)


if __name__ == "__main__":
    main()
