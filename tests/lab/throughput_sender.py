"""A point's throughput test by itself, in the namespace it is started in: prints what it found.

A line on standard input means that a meeting begins; how long the test went on after it is said.
"""

import argparse
import asyncio
import sys
import time

import msgspec

from contracts.throughput import ThroughputWay
from monitoring.listeners.target import ProbeTarget
from monitoring.throughput.run import Allowance, measure


class Said(msgspec.Struct, frozen=True):
    """What the test found, and how long it went on after a meeting began."""

    idle_rtt_ms: float | None
    up: ThroughputWay | None
    down: ThroughputWay | None
    is_stopped: bool
    stopped_after_s: float | None


async def said(target: ProbeTarget, allowance: Allowance) -> Said:
    """Make the test."""
    began: list[float] = []
    loop = asyncio.get_running_loop()

    def begin() -> None:
        if sys.stdin.readline():
            began.append(time.monotonic())
        loop.remove_reader(sys.stdin)

    loop.add_reader(sys.stdin, begin)
    measured = await measure(target, allowance, lambda: not began)
    stopped_after_s = time.monotonic() - began[0] if began else None
    return Said(
        measured.idle_rtt_ms, measured.up, measured.down, measured.is_stopped, stopped_after_s
    )


def main() -> None:
    """Test as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("key", type=bytes.fromhex)
    parser.add_argument("passed", type=bytes.fromhex)
    parser.add_argument("--duration-s", type=float, default=5.0)
    parser.add_argument("--most-bytes", type=int, default=60_000_000)
    asked = parser.parse_args()
    target = ProbeTarget(asked.host, asked.port, 1, asked.key)
    allowance = Allowance(asked.passed, asked.duration_s, asked.most_bytes)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(said(target, allowance))))


if __name__ == "__main__":
    main()
