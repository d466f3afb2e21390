"""A nudge between a point's processes: something was put into the outbox and is waited for.

The agent looks into the outbox once a second by itself. What has to be at the centre within a
second is not left to that.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MANY = 4096


def nudge(fifo: Path) -> None:
    """Let whoever waits look at once; nobody may wait, and then it is nothing."""
    with suppress(OSError):
        descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(descriptor, b"\0")
        finally:
            os.close(descriptor)


@contextmanager
def nudged(fifo: Path, told: Callable[[], None]) -> Iterator[None]:
    """Call `told` for nudges, as long as the block runs.

    Raises:
        OSError: there can be no such file now.
    """
    with suppress(FileExistsError):
        os.mkfifo(fifo, 0o600)
    # For writing too: else it would be at its end whenever nobody else has it open.
    descriptor = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    loop = asyncio.get_running_loop()

    def read() -> None:
        with suppress(BlockingIOError):
            os.read(descriptor, _MANY)
        told()

    loop.add_reader(descriptor, read)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
