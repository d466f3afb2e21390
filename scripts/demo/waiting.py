"""Waiting for a condition instead of for time to pass."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from scripts.demo.errors import NotReady

T = TypeVar("T")


async def until(
    condition: Callable[[], Awaitable[T | None]],
    what: str,
    *,
    within_s: float,
    advice: str = "read the logs named in the process table",
    every_s: float = 0.1,
) -> T:
    """Return the first truthy value of the condition.

    Raises:
        NotReady: there was none within the time.
    """
    deadline = time.monotonic() + within_s
    while True:
        value = await condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise NotReady(what, within_s, advice)
        await asyncio.sleep(every_s)
