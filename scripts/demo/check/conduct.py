"""The check as a whole: which phases run, in which order and beside which others."""

import asyncio
import contextlib
import time
from contextlib import AsyncExitStack

import psutil

from scripts.demo import kiosk
from scripts.demo import province as provinces
from scripts.demo.check import breakages, browser_room, chromium, pages, timetable
from scripts.demo.check.facts import Facts
from scripts.demo.check.pauses import Pauses, measured
from scripts.demo.check.phase import Phase, carry_out
from scripts.demo.check.rooms import Rooms
from scripts.demo.check.starts import (
    CLONE,
    FIRST_START,
    HEALTH,
    SECOND_START,
    health_begins,
    stream_is_prompt,
)
from scripts.demo.check.stream import Event, Stream
from scripts.demo.check.system import System
from scripts.demo.demo import Demo, running
from scripts.demo.options import Options
from scripts.demo.progress import Progress
from scripts.demo.topology import VIEWER

CLONE_LIMIT_S = 360.0
FIRST_LIMIT_S = 60.0
SECOND_LIMIT_S = 15.0
TOTAL_LIMIT_S = 420.0  # a quick machine takes 220 s, one of half its speed 310


async def check(asked: Options, progress: Progress) -> int:
    """Verify a province from outside; return the exit code."""
    pauses = Pauses()
    facts = Facts(progress.line, pauses)
    began_s = time.monotonic()
    if not asked.broken and not asked.only:
        await _first_start(asked, progress, facts)
    second_s = time.monotonic()
    async with (
        measured(pauses),
        running(asked, provinces.load(), progress, asked.broken) as demo,
    ):
        ready_s = time.monotonic() - second_s
        if not asked.broken and not asked.only:
            facts.at_most(SECOND_START, ready_s, SECOND_LIMIT_S, "s")
        await _examine(demo, asked, facts)
        progress.step("ending all processes")
        known = dict(demo.runner.processes)
    left = [name for name, process in known.items() if process.pid is not None]
    left += [child.name() for child in psutil.Process().children(recursive=True)]
    facts.hold("nothing is left running", not left, ", ".join(left) or "nothing", "nothing")
    took_s = time.monotonic() - began_s
    if not asked.broken and not asked.only:
        facts.at_most("the check as a whole, after set-up", took_s, TOTAL_LIMIT_S, "s")
    facts.close()
    return _conclude(asked, facts, progress)


async def _first_start(asked: Options, progress: Progress, facts: Facts) -> None:
    began_s = time.monotonic()
    async with running(asked, provinces.load(), progress, ()):
        took_s = time.monotonic() - began_s
        facts.at_most(FIRST_START, took_s, FIRST_LIMIT_S, "s")
        if asked.setup_s is not None:
            facts.at_most(CLONE, took_s + asked.setup_s, CLONE_LIMIT_S, "s")


async def _examine(demo: Demo, asked: Options, facts: Facts) -> None:
    system = System(
        demo=demo,
        facts=facts,
        rooms=Rooms(demo),
        stream=Stream(),
        started_ms=time.time() * 1000,
        acts=asked.acts,
    )
    listener = asyncio.create_task(system.stream.listen(demo.api), name="event-stream")
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(system.rooms.close)
            since_s = demo.points_started_s
            health = Phase("start", (HEALTH,), lambda: health_begins(system, since_s))
            await carry_out(health, facts)
            if demo.real_room is not None:
                watching = browser_room.examined(demo, demo.real_room)
                system.real_room = await stack.enter_async_context(watching)
            await _open_browser(system, asked, stack)
            await timetable.run(system, asked)
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener
    if not asked.broken and not asked.only:
        stream_is_prompt(facts, _reports(system))


async def _open_browser(system: System, asked: Options, stack: AsyncExitStack) -> None:
    place = kiosk.executable()
    if place is None or asked.broken:
        return
    demo = system.demo
    inside = chromium.inside(place, demo.place.namespace_of(VIEWER), demo.plan.folder)
    context = await stack.enter_async_context(chromium.browser(inside))
    await pages.sign_in(context, system)
    system.browser = context


def _reports(system: System) -> list[Event]:
    """Return the reports that came before anything was killed, of lines that were not cut."""
    return [
        event
        for event in system.stream.reports()
        if event.received_s < system.quiet_until_s
        and not system.is_of_cut(str(event.data.get("point_id")), event.received_s)
    ]


def _conclude(asked: Options, facts: Facts, progress: Progress) -> int:
    progress.line()
    if not asked.broken:
        progress.line(facts.verdict)
        return facts.exit_code
    for sentence in breakages.verdict(asked.broken, facts.failed)[1]:
        progress.line(sentence)
    return facts.exit_code
