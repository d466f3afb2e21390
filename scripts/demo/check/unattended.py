"""A meeting begins although controller and broker are gone: from the files alone."""

import asyncio
import json

from scripts.demo.check import meeting_start
from scripts.demo.check.kills import until_answers
from scripts.demo.check.rooms import wall_ms
from scripts.demo.check.system import System
from scripts.demo.waiting import until

AHEAD_S = 9.0
LIMIT_S = 3.0
JOINED = "controller and broker stopped before T0: points in the meeting"
FACTS = (JOINED,)


async def begin_alone(system: System) -> None:
    """Book, wait until it is on every disk, stop the centre, and see it begin."""
    chair = system.province.communes[0]
    await meeting_start.book(system, "Họp khi trung tâm vắng", AHEAD_S, chair=chair)
    await until(lambda: _is_cached(system), "the meeting is on every point's disk", within_s=6)
    demo = system.demo
    centre = ("web", "ingest", "broker")
    await asyncio.gather(*(demo.process(name).kill(is_held=True) for name in centre))
    away_s = (system.begins_ms - wall_ms()) / 1000
    try:
        await meeting_start.until_begin(system)
        stage = chair.number
        await system.all_show(lambda room, _: room.shown("stage") == stage, "all show the stage", 8)
        rooms = await system.watched(system.begins_ms - 1000)
        late = meeting_start.lateness_s(rooms, system, stage)
        count, total = len(late), len(system.province.invited)
        system.facts.hold(
            JOINED,
            count == total and away_s > 0 and max(late.values()) <= LIMIT_S,
            f"{count} of {total}, the last {max(late.values()):.2f} s after T0 "
            f"(stopped {away_s:.1f} s before it)",
            f"all, ≤ {LIMIT_S:g} s after T0",
        )
    finally:
        await demo.process("broker").start()
        await demo.process("web").start()
        await demo.process("ingest").start()
        await until_answers(system)


async def _is_cached(system: System) -> bool:
    plan = system.demo.plan
    for point in system.province.invited:
        file = plan.point(point.point_id) / "desired" / "schedule.json"
        try:
            meetings = json.loads(file.read_bytes())["meetings"]
        except (OSError, ValueError, KeyError):
            return False
        if system.meeting_id not in {one["meeting_id"] for one in meetings}:
            return False
    return any(system.meeting_id in f.name for f in (plan.folder / "relay").rglob("*"))
