"""How long this machine itself stood still: a process that sleeps 5 ms again and again.

A gap of half a second in a picture is a fault of ours, unless the machine gave nobody a
turn in the same seconds. Whoever judges a short time asks here how long that was.
"""

import asyncio
import contextlib
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

SLEEP_S = 0.005
TOLD_ABOVE_S = 0.02
REMEMBERED = 10_000

# When the phase began whose facts are recorded; two lines of phases run beside each other.
PHASE_BEGAN_S: ContextVar[float] = ContextVar("phase_began_s", default=0.0)


class Pauses:
    """The machine's own pauses: (ended at, length), in seconds of `time.monotonic`."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)

    def note(self, ended_s: float, length_s: float) -> None:
        """Take note of one."""
        self._seen.append((ended_s, length_s))

    def longest_ms(self, since_s: float) -> float:
        """Return the longest pause that ended after an instant."""
        return max((length for ended, length in self._seen if ended >= since_s), default=0.0) * 1000


@asynccontextmanager
async def measured(pauses: Pauses) -> AsyncIterator[None]:
    """Measure beside everything else until the block ends."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scripts.demo.check.pauses", stdout=asyncio.subprocess.PIPE
    )
    reading = asyncio.create_task(_read(child, pauses), name="pauses")
    try:
        yield
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        child.kill()
        await child.wait()


async def _read(child: asyncio.subprocess.Process, pauses: Pauses) -> None:
    assert child.stdout is not None  # noqa: S101 - it was asked for
    async for line in child.stdout:
        ended_s, length_s = line.split()
        pauses.note(float(ended_s), float(length_s))


def main() -> None:
    """Print every pause until killed. The monotonic clock is the same in all processes."""
    last_s = time.monotonic()
    while True:
        time.sleep(SLEEP_S)
        now_s = time.monotonic()
        length_s = now_s - last_s - SLEEP_S
        if length_s > TOLD_ABOVE_S:
            print(f"{now_s} {length_s}", flush=True)
        last_s = now_s


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
