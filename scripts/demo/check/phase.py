"""A part of the check: which facts it promises, and what happens when it cannot get them."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from playwright.async_api import Error as BrowserError

from scripts.demo.check.facts import Facts
from scripts.demo.check.pauses import PHASE_BEGAN_S
from scripts.demo.errors import DemoError


@dataclass(frozen=True, slots=True)
class Phase:
    """Some facts and the coroutine that measures them."""

    name: str
    facts: tuple[str, ...]
    run: Callable[[], Awaitable[None]]


async def carry_out(phase: Phase, facts: Facts) -> None:
    """Run a phase; what it promised and could not measure has failed, with the reason."""
    facts.declare(phase.facts)
    PHASE_BEGAN_S.set(time.monotonic())
    try:
        await phase.run()
    except (DemoError, httpx.HTTPError, BrowserError, OSError, TimeoutError) as exc:
        reason = getattr(exc, "what", None) or str(exc) or type(exc).__name__
        facts.missing(phase.facts, f"{phase.name}: {reason}".splitlines()[0][:300])
