"""How long this machine itself stood still, and whether its CPU sufficed: a process beside all.

A gap of half a second in a picture is a fault of ours, unless the machine gave nobody a
turn in the same seconds, or had more to do all the while than it can: then everybody waits
in a queue, and longer the fuller it is. Whoever judges a short time asks here.
"""

import asyncio
import contextlib
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import psutil

SLEEP_S = 0.005
TOLD_ABOVE_S = 0.02
REMEMBERED = 10_000
USE_EVERY_S = 1.0
# From this share in use on a turn is waited for, and in so many of the seconds it is no accident.
FULL_SHARE = 0.85
SHORT_SECONDS = 1 / 3
# What waited while all cores were full comes so long after at most.
QUEUED_S = 3.0

# When the phase began whose facts are recorded; two lines of phases run beside each other.
PHASE_BEGAN_S: ContextVar[float] = ContextVar("phase_began_s", default=0.0)


class Pauses:
    """The machine's own pauses (ended at, length), in seconds of `time.monotonic`, and the
    share of all its cores that was in use each second."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._used: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)

    def note(self, ended_s: float, length_s: float) -> None:
        """Take note of one."""
        self._seen.append((ended_s, length_s))

    def longest_ms(self, since_s: float) -> float:
        """Return the longest pause that ended after an instant."""
        return max((length for ended, length in self._seen if ended >= since_s), default=0.0) * 1000

    def note_used(self, ended_s: float, share: float) -> None:
        """Take note of a second's use of all cores, 0 to 1."""
        self._used.append((ended_s, share))

    def used(self, since_s: float) -> float:
        """Return the mean use of all cores since an instant; 0 where nothing is known of it."""
        shares = self._shares(since_s)
        return sum(shares) / len(shares) if shares else 0.0

    def is_short(self, since_s: float) -> bool:
        """Whether there was more to do, in a third of the seconds, than the cores can."""
        shares = self._shares(since_s)
        full = sum(share >= FULL_SHARE for share in shares)
        return bool(shares) and full >= SHORT_SECONDS * len(shares)

    def was_full(self, at_s: float) -> bool:
        """Whether there was more to do than the cores can, just before an instant."""
        return any(
            share >= FULL_SHARE
            for ended, share in self._used
            if at_s - QUEUED_S <= ended <= at_s + USE_EVERY_S
        )

    def _shares(self, since_s: float) -> list[float]:
        return [share for ended, share in self._used if ended >= since_s]


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
        what, ended_s, figure = line.split()
        note = pauses.note if what == b"pause" else pauses.note_used
        note(float(ended_s), float(figure))


def main() -> None:
    """Print pauses and use until killed. The monotonic clock is the same in all processes."""
    last_s = told_s = time.monotonic()
    psutil.cpu_percent()
    while True:
        time.sleep(SLEEP_S)
        now_s = time.monotonic()
        length_s = now_s - last_s - SLEEP_S
        if length_s > TOLD_ABOVE_S:
            print(f"pause {now_s} {length_s}", flush=True)
        if now_s - told_s >= USE_EVERY_S:
            print(f"used {now_s} {psutil.cpu_percent() / 100}", flush=True)
            told_s = now_s
        last_s = now_s


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
