"""The real room: what its browser sends and plays, and how the others see and hear it."""

import asyncio
from collections.abc import Callable

from scripts.demo.check import names, real_facts
from scripts.demo.check.browser_room import BrowserRoom
from scripts.demo.check.facts import Facts
from scripts.demo.check.real_facts import Measured
from scripts.demo.check.rooms import wall_ms
from scripts.demo.check.system import System
from scripts.demo.province import Point

SECONDS = 8.0
WHY_NOT = "the first room is drawn"
SENT_FACTS = (
    names.CAMERA_SENT,
    names.CAMERA_SIZE,
    real_facts.SPOKEN,
    real_facts.PLAYED,
    real_facts.CONCEALED,
)
SEEN_FACTS = (
    names.CAMERA_SEEN,
    real_facts.GAP,
    real_facts.PICTURE_P50,
    real_facts.PICTURE_P95,
    real_facts.SOUND_P50,
    real_facts.SOUND_P95,
)
SYNC_FACTS = (names.LIP_SYNC,)
FACTS = (*SENT_FACTS, *SEEN_FACTS, *SYNC_FACTS)

Record = Callable[[Facts, Measured], None]
_SENT = (SENT_FACTS, real_facts.record_sent)
_SEEN = (SEEN_FACTS, real_facts.record_seen)
_SYNC = (SYNC_FACTS, real_facts.record_sync)


async def everything(system: System, seconds: float) -> real_facts.Shares:
    """Measure once and record all of it; return what of a camera's full rate there was."""
    measured = await _recorded(system, _SENT, _SEEN, _SYNC, seconds=seconds)
    return real_facts.shares(measured) if measured else real_facts.Shares()


async def sent(system: System) -> None:
    """Only what the room sends and plays itself."""
    await _recorded(system, _SENT)


async def seen(system: System) -> None:
    """Only what the others see and hear of it."""
    await _recorded(system, _SEEN)


async def lip_sync(system: System) -> None:
    """Only whether its sound fits its picture."""
    await _recorded(system, _SYNC)


async def _recorded(
    system: System, *wanted: tuple[tuple[str, ...], Record], seconds: float = SECONDS
) -> Measured | None:
    point, browser = system.demo.real_room, system.real_room
    if point is None or browser is None:
        for name in (name for facts, _ in wanted for name in facts):
            system.facts.not_checked(name, WHY_NOT)
        return None
    measured = await _measured(system, browser, point, seconds)
    for _, record in wanted:
        record(system.facts, measured)
    return measured


async def _measured(system: System, browser: BrowserRoom, point: Point, seconds: float) -> Measured:
    async with asyncio.TaskGroup() as tasks:
        pulses = tasks.create_task(browser.pulses_ms(seconds), name="pulses")
        first, before, began_ms = await browser.counted(), await system.watched(), wall_ms()
        silences = await system.observe(seconds)
        last, after, ended_ms = await browser.counted(), await system.watched(), wall_ms()
    own = after.pop(point.point_id, None)
    return Measured(
        counted=(first, last),
        pulses_ms=pulses.result(),
        before=before,
        after=after,
        silences={key: ms for key, ms in silences.items() if point.point_id not in key},
        seconds=(ended_ms - began_ms) / 1000,
        fault=await browser.fault(),
        own=own,
    )
