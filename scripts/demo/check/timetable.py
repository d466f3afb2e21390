"""Which phase comes when. Three lines run beside each other: the meeting's, the bystander's
and a power supply's.

meeting      crowd, begin, floor, steady, switches, two rooms ask, the camera pulled out, kills, end
bystander    cut, what arrives; idle bytes, and beside that the province is cut; rehearsed
mains        a power supply on battery, and on the mains again; a series booked and invited to; a
             room without a machine is rehearsed
afterwards   broker, ingest, agent; the roll called, minutes, the month's shares; a meeting without
             the centre, the real room muted in it;
             the older database; what was told is told to be over
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from scripts.demo.check import (
    adversaries,
    alerts,
    breakages,
    crowd,
    kills,
    line,
    meeting_start,
    names,
    office,
    pages,
    real_moves,
    real_room,
    recording,
    reports,
    rules,
    steady,
    switches,
    unattended,
)
from scripts.demo.check.phase import Phase, carry_out
from scripts.demo.check.system import System
from scripts.demo.options import Options

Measure = Callable[[System], Coroutine[Any, Any, None]]

AHEAD_S = 20.0
AHEAD_FOR_BREAK_S = 10.0
# What begins within a minute is one event; a point's last word is up to twelve seconds older.
APART_S = 75.0
PHASES: dict[str, tuple[tuple[str, ...], Measure]] = {
    "begin": ((names.FORWARDED,), meeting_start.forwarded),
    "floor": ((names.FLOOR_APPLIED, names.SPEAKER_RIGHT), meeting_start.floor_given),
    "rhythm": (switches.RHYTHM_FACTS, switches.rhythm_only),
    "steady": ((*steady.FACTS, *real_room.FACTS), steady.steady),
    "switches": (
        (*switches.SWITCH_FACTS, *switches.RHYTHM_FACTS),
        lambda system: switches.switch(system, 20, 4),
    ),
    "real-sent": (real_room.SENT_FACTS, real_room.sent),
    "real-seen": (real_room.SEEN_FACTS, real_room.seen),
    "lip-sync": (real_room.SYNC_FACTS, real_room.lip_sync),
    "hands": (office.FACTS_OF_HANDS, office.hands),
    "unplugged": ((names.CAMERA_NAMED,), real_moves.unplugged),
    "muted": ((names.MUTED,), real_moves.muted),
    "adversaries": ((adversaries.SHORT,), adversaries.short),
    "adversaries-all": ((), adversaries.everything),
    "controller": ((kills.CONTROLLER_GAP, kills.CONTROLLER_KNOWS), kills.kill_controller),
    "media": ((kills.MEDIA_BACK,), kills.kill_media),
    "relay": ((kills.RELAY_BACK, kills.RELAY_FLOOR), kills.kill_relay),
    "recorder": ((recording.RECORDED,), recording.kill_recorder),
    "idle": ((line.IDLE,), line.idle),
    "crowd": ((), crowd.gather),
    "mains-off": (alerts.FACTS_OF_TRAP, alerts.mains_off),
    "battery": (alerts.FACTS_OF_BATTERY, alerts.battery_told),
    "cut": (
        (names.UNREACHABLE, line.ARRIVED, line.BACK_UP, *alerts.FACTS_OF_LINE),
        line.cut_and_told,
    ),
    "province": (alerts.FACTS_OF_PROVINCE, alerts.province_cut),
    "over": (alerts.FACTS_OF_END, alerts.told_over),
    "booked": (office.FACTS_OF_BOOKING, office.booked),
    "rehearsed": ((names.REHEARSED,), office.rehearsed),
    "missed": ((names.MISSED,), office.missed),
    "roll": (office.FACTS_OF_ROLL, lambda system: _over(system, office.roll_called)),
    "indicators": ((names.INDICATORS,), lambda system: _over(system, office.indicators)),
    "rules": (rules.FACTS, rules.rules),
    "broker": (crowd.FACTS, crowd.kill_broker),
    "ingest": ((kills.INGEST_BACK,), kills.kill_ingest),
    "agent": ((kills.AGENT_BACK,), kills.kill_agent),
    "unattended": (unattended.FACTS, unattended.begin_alone),
    "uptime": ((rules.UPTIME,), rules.uptime),
    "presence": ((names.UNREACHABLE,), line.only_see),
    "reports": ((names.SAME_REPORTS,), reports.same),
    "reports-soon": ((names.SAME_REPORTS,), reports.same_soon),
}
BY_NAME_ONLY = {"presence", "rhythm", "reports-soon", "adversaries-all"}
BY_NAME_ONLY |= {"real-sent", "real-seen", "lip-sync"}  # all of them are in "steady"
IN_MEETING = (
    *("floor", "steady", "real-sent", "real-seen", "lip-sync", "switches", "rhythm", "hands"),
    *("unplugged", "adversaries", "adversaries-all", "controller", "media", "relay", "recorder"),
)
DISTURBING = ("controller", "media", "relay", "broker", "ingest", "agent")
AFTERWARDS = (*("rules", "broker", "ingest", "agent", "roll", "indicators", "unattended", "muted"),)


async def run(system: System, asked: Options) -> None:
    """Run what is asked for: everything, what a BREAK needs, or some by name."""
    if asked.broken:
        await _broken(system, breakages.lines(asked.broken))
        return
    wanted = set(asked.only) or set(PHASES) - BY_NAME_ONLY
    copy = reports.Older()
    gathered, rehearsed = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_meeting(system, wanted, gathered, rehearsed), name="meeting")
        tasks.create_task(_bystander(system, wanted, rehearsed), name="bystander")
        tasks.create_task(_mains(system, wanted, gathered), name="mains")
    if "restore" in wanted or not asked.only:
        await carry_out(Phase("copy", (), lambda: copy.make(system)), system.facts)
    for name in AFTERWARDS:
        if name in wanted:
            await _phase(system, name)
    await _end(system)
    if "reports" in wanted:
        await _phase(system, "reports")
    if "restore" in wanted or not asked.only:
        restore = Phase("restore", (reports.RESTORED,), lambda: copy.put_back(system))
        await carry_out(restore, system.facts)
    for name in ("uptime", "over"):
        if name in wanted:
            await _phase(system, name)
    reports.record_downs(system)


async def _broken(system: System, lines: Sequence[Sequence[str]]) -> None:
    """Run what the BREAKs need, one line beside another as in the whole check.

    Fifty points enrol before the meeting's second, which takes what the machine has.
    """
    if any("crowd" in line for line in lines):
        await _phase(system, "crowd")
    if any("begin" in line for line in lines):
        await meeting_start.book(system, "Họp thử", AHEAD_FOR_BREAK_S)

    async def carried_out(line: Sequence[str]) -> None:
        for name in line:
            if name != "crowd":
                await _phase(system, name)

    async with asyncio.TaskGroup() as tasks:
        for line in lines:
            tasks.create_task(carried_out(line), name=line[-1])


async def _meeting(
    system: System, wanted: set[str], gathered: asyncio.Event, rehearsed: asyncio.Event
) -> None:
    """What is killed in it is killed once idle bytes are counted and the bystander had its turn."""
    has_meeting = bool(wanted & {"begin", *IN_MEETING})
    if has_meeting:
        await meeting_start.book(system, "Giao ban đầu tuần", AHEAD_S, is_recorded=True)
    if "crowd" in wanted:
        await _phase(system, "crowd")
    gathered.set()
    if not has_meeting:
        return
    await _phase(system, "begin")
    if system.browser is not None:
        await carry_out(Phase("Chromium", (), lambda: _watch(system)), system.facts)
    for name in IN_MEETING:
        if name in wanted:
            if name in DISTURBING:
                await rehearsed.wait()
            await _phase(system, name)
    await _end(system)


async def _watch(system: System) -> None:
    if system.browser is not None:
        system.viewer = await pages.watch(system.browser, system)


async def _bystander(system: System, wanted: set[str], rehearsed: asyncio.Event) -> None:
    """The province is cut so long after the line that nobody takes them for one event."""
    began_s = time.monotonic()
    if "cut" in wanted:
        await _phase(system, "cut")
        if "province" in wanted:
            await asyncio.sleep(max(0.0, began_s + APART_S - time.monotonic()))
    async with asyncio.TaskGroup() as tasks:
        if "province" in wanted:
            tasks.create_task(_phase(system, "province"), name="province")
        for name in ("idle", "rehearsed"):
            if name in wanted:
                await _phase(system, name)
        rehearsed.set()


async def _mains(system: System, wanted: set[str], gathered: asyncio.Event) -> None:
    """Once fifty points have enrolled, which takes what the machine has."""
    await gathered.wait()
    for name in ("mains-off", "battery", "booked", "missed"):
        if name in wanted:
            await _phase(system, name)


async def _over(system: System, measure: Callable[[System], Awaitable[None]]) -> None:
    """Measure what can be once the meeting is over."""
    await _end(system)
    await measure(system)


async def _end(system: System) -> None:
    if system.meeting_id:
        await system.api.end(system.meeting_id)
        system.held_id, system.meeting_id = system.meeting_id, ""
    if system.viewer is not None:
        await system.viewer.page.close()
        system.viewer = None


async def _phase(system: System, name: str) -> None:
    declared, measure = PHASES[name]
    if name in DISTURBING:
        system.quiet_until_s = min(system.quiet_until_s, time.time())
    began_s = time.monotonic()
    await carry_out(Phase(name, declared, lambda: measure(system)), system.facts)
    system.demo.progress.step(f"({name}: {time.monotonic() - began_s:.1f} s)")
