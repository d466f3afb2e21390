"""Waiting for what other processes do, without a fixed sleep that races them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeVar, overload

T = TypeVar("T")

FIRST_PAUSE_S = 0.01
LONGEST_PAUSE_S = 0.2
# Of what is not timed: where all is well nobody waits for it, and a busy machine needs it.
PATIENCE_S = 30.0


@overload
async def until(
    condition: Callable[[], Awaitable[T | None]], timeout_s: float = PATIENCE_S, what: str = ""
) -> T: ...
@overload
async def until(
    condition: Callable[[], T | None], timeout_s: float = PATIENCE_S, what: str = ""
) -> T: ...
async def until(
    condition: Callable[[], T | Awaitable[T | None] | None],
    timeout_s: float = PATIENCE_S,
    what: str = "",
) -> T:
    """Return the condition's first true value, asked again with growing pauses.

    Raises:
        AssertionError: it was not true in time; says what was awaited and what it was last.
    """
    deadline_s = time.monotonic() + timeout_s
    pause_s = FIRST_PAUSE_S
    while True:
        found = condition()
        value = await found if isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > deadline_s:
            awaited = what or getattr(condition, "__qualname__", repr(condition))
            raise AssertionError(f"not within {timeout_s:g} s: {awaited}; last {value!r}")
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)


def until_blocking(condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> bool:
    """Return whether the condition became true in time; blocks the thread, for set-up code."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(FIRST_PAUSE_S)
    return True
