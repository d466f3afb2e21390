"""How long starting takes, and how soon the first reports are there."""

import time

from scripts.demo.check import databases
from scripts.demo.check.system import System
from scripts.demo.waiting import until

FIRST_START = "first start: everything made anew and running"
SECOND_START = "second start"
CLONE = "from make to running, set-up included"
HEALTH = "health of every point begins after its agent's start"
STREAM = "measured on a point → on the event stream, p95"


async def health_begins(system: System, since_s: float) -> None:
    """Wait until a report of every point, measured since its start, is at the centre."""
    plan = system.demo.plan

    async def have_all() -> bool:
        return all(
            databases.last_report_ms(plan, point.point_id) > since_s * 1000
            for point in system.province.points
        )

    await until(have_all, "a report of every point", within_s=30, every_s=0.1)
    count = len(system.province.points)
    system.facts.at_most(HEALTH, time.time() - since_s, 10, "s", f"({count} points)")
