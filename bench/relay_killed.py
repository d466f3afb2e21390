"""A worker that is killed and begun again at once, as systemd does: what the others notice.

    python -m bench.relay_killed [--times 5]

The chair and C are at the home, B (who speaks) and D at the worker, all of them real rooms. Told
are the longest time without a picture of the chair at C, who stays, and when both see everybody
again.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.fakes.rooms import now_ms
from tests.integration.relay.test_trunk_lost import all_back, longest_gap_ms, shown, start_meeting
from tests.waiting import until


async def bench(times: int) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with start_meeting(Path(folder)) as (_, outer, c, d):
            for _ in range(times):
                since_ms, began = now_ms(), time.monotonic()
                outer.kill()
                await until(lambda: shown(c) == (1, None))
                await outer.start()
                up_s = time.monotonic() - began
                await all_back(c, d)
                back_s = time.monotonic() - began
                gap_ms = longest_gap_ms(c, "stage", since_ms)
                print(
                    f"worker up again after {up_s:.2f} s, all see all after {back_s:.2f} s; "
                    f"longest gap of who stayed {gap_ms} ms"
                )
                await asyncio.sleep(2)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    args = parser.parse_args()
    asyncio.run(bench(args.times))


if __name__ == "__main__":
    main()
