"""A point's prober by itself, in the namespace it is started in: says what a report would."""

import argparse
import asyncio
import sys
import time

import msgspec

from monitoring.listeners.line_prober import LinkProber
from monitoring.listeners.target import ProbeTarget
from tests.waiting import until

# Until everything is settled, and known to be lost for good.
SETTLED_AFTER_S = 4.5


async def measure(target: ProbeTarget, count: int, per_s: float) -> bytes:
    """Send so many probes and return the section of all of them."""
    prober = LinkProber()
    prober.configure(target, per_s=per_s)
    task = asyncio.create_task(prober.run(), name="prober")
    await until(lambda: prober.sent_total >= count, 2 * count / per_s)
    prober.configure(target, per_s=1e-6)
    settled_s = time.monotonic() + SETTLED_AFTER_S
    await until(lambda: time.monotonic() > settled_s, 2 * SETTLED_AFTER_S)
    section = prober.next_section()
    task.cancel()
    await asyncio.wait({task})
    return msgspec.json.encode(section)


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("key", type=bytes.fromhex)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--per-s", type=float, default=15.0)
    asked = parser.parse_args()
    target = ProbeTarget(asked.host, asked.port, 1, asked.key)
    sys.stdout.buffer.write(asyncio.run(measure(target, asked.count, asked.per_s)))


if __name__ == "__main__":
    main()
