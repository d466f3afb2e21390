"""How long starting takes, and how soon the first reports are there."""

import time
from collections.abc import Sequence

from scripts.demo.check import databases, statistics
from scripts.demo.check.facts import Facts
from scripts.demo.check.stream import Event
from scripts.demo.check.system import System
from scripts.demo.waiting import until

FIRST_START = "first start: everything made anew and running"
SECOND_START = "second start"
CLONE = "from make to running, set-up included"
HEALTH = "health of every point begins after its agent's start"
STREAM = "measured on a point → on the event stream, p95"
STREAM_LIMIT_S = 1.0
# Of the reports, that has to come while the CPU suffices, for those alone to be judged.
CALM = 1 / 3


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


def stream_is_prompt(facts: Facts, reports: Sequence[Event]) -> None:
    """Record how soon reports are on the event stream.

    Where that is late for those alone that came while all cores were full, nothing is known.
    """
    if not reports:
        facts.hold(STREAM, False, "no report came", f"≤ {STREAM_LIMIT_S:g} s")
        return
    p95 = _age_p95_s(reports)
    epoch_s = time.time() - time.monotonic()
    calm = [one for one in reports if not facts.was_full(one.received_s - epoch_s)]
    if p95 > STREAM_LIMIT_S and len(calm) >= CALM * len(reports):
        calm_s = _age_p95_s(calm)
        if calm_s <= STREAM_LIMIT_S:
            counts = f"{len(calm)} of {len(reports)} reports that came while the CPU sufficed"
            facts.stood_still(STREAM, f"{p95:.3g} s; {calm_s:.3g} s of the {counts}")
            return
    detail = f"({len(reports)} reports before anything was killed, of lines that were not cut)"
    facts.at_most(STREAM, p95, STREAM_LIMIT_S, "s", detail)


def _age_p95_s(reports: Sequence[Event]) -> float:
    return statistics.percentile([one.age_s for one in reports], 0.95)
