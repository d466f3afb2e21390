"""The bystander's line: what it carries while idle, and what happens when it is cut."""

import asyncio
import time

import httpx

from scripts.demo.check import alerts, databases, names
from scripts.demo.check.kills import point_states
from scripts.demo.check.phase import Phase, carry_out
from scripts.demo.check.probes_seen import probes_seen
from scripts.demo.check.system import Cut, System
from scripts.demo.errors import DemoError
from scripts.demo.waiting import until

IDLE_S = 60.0
SETTLE_S = 8.0
CUT_S = 60.0
SHOWN_LIMIT_S = 30.0
BIT_LIMIT = 1.5

IDLE = "bytes on the wire of an idle point, probes apart"
ARRIVED = "cut for 60 s: every sample arrives with its own time"
BACK_UP = "cut point is shown as up again after its line is back"
FACTS = (IDLE, names.UNREACHABLE, ARRIVED, BACK_UP)


async def idle(system: System) -> None:
    """Count what the bystander's interface carries, both ways."""
    place, point = system.demo.place, system.province.bystander
    if place.bridge is None:
        system.facts.not_checked(IDLE, "no namespaces, so no interface of its own")
        return
    await asyncio.sleep(SETTLE_S)
    with probes_seen(place.host_end_of(point.point_id)) as probes:
        before, began_s = place.interface_bytes(point.point_id), time.monotonic()
        await asyncio.sleep(IDLE_S)
        count = place.interface_bytes(point.point_id) - before
    seconds = time.monotonic() - began_s
    rate, probed = (
        8 * octets / seconds / 1000 for octets in (count - probes.octets, probes.octets)
    )
    system.facts.at_most(
        IDLE, rate, BIT_LIMIT, "kbit/s", f"mean of {seconds:.0f} s, and {probed:.1f} of probes"
    )


async def cut(system: System, seconds: float = CUT_S) -> None:
    """Cut the bystander's line, see it noticed, mend it, and count what arrives."""
    point_id = system.province.bystander.point_id
    cut_ms = time.time() * 1000
    if not await _cut_and_see(system, point_id, seconds):
        return
    mend_ms = time.time() * 1000
    await _record_arrivals(system, point_id, cut_ms, mend_ms)

    async def is_up() -> bool:
        try:
            return (await point_states(system)).get(point_id) in ("up", "degraded")
        except (httpx.HTTPError, DemoError):
            return False

    await until(is_up, "the point is shown as up again", within_s=20, every_s=0.3)
    took_s = time.time() - mend_ms / 1000
    system.facts.at_most(BACK_UP, took_s, 20, "s")


async def cut_and_told(system: System) -> None:
    """The same, and see who is told of it."""
    phase = Phase("told of the line", alerts.FACTS_OF_LINE, lambda: alerts.line_told(system))
    told = asyncio.create_task(carry_out(phase, system.facts), name="line-told")
    try:
        await cut(system)
    finally:
        await told


async def only_see(system: System) -> None:
    """Cut the line and see whether that is noticed; no more."""
    await _cut_and_see(system, system.province.bystander.point_id, SHOWN_LIMIT_S + 1)


async def _cut_and_see(system: System, point_id: str, seconds: float) -> bool:
    place = system.demo.place
    if place.bridge is None:
        for name in (names.UNREACHABLE, ARRIVED, BACK_UP):
            system.facts.not_checked(name, "no namespaces, so no line to cut")
        return False
    system.cuts[point_id] = Cut(time.time() * 1000)
    began_s = time.monotonic()
    place.cut(point_id)
    try:
        shown_s: float | None = None
        while time.monotonic() - began_s < seconds:
            if shown_s is None and await _is_down(system, point_id):
                shown_s = time.monotonic() - began_s
            await asyncio.sleep(0.3)
    finally:
        place.mend(point_id)
        system.cuts[point_id].end_ms = time.time() * 1000
    if shown_s is None:
        system.facts.hold(
            names.UNREACHABLE, False, f"not within {seconds:.0f} s", f"≤ {SHOWN_LIMIT_S:g} s"
        )
    else:
        system.facts.at_most(names.UNREACHABLE, shown_s, SHOWN_LIMIT_S, "s")
    return True


async def _is_down(system: System, point_id: str) -> bool:
    try:
        return (await point_states(system)).get(point_id) == "down"
    except (httpx.HTTPError, DemoError):
        return False  # the controller is away: that is another phase's doing


async def _record_arrivals(system: System, point_id: str, cut_ms: float, mend_ms: float) -> None:
    plan = system.demo.plan
    made = {
        key: at
        for key, at in databases.kept_by_point(plan, point_id).items()
        if cut_ms <= at <= mend_ms
    }

    async def have_arrived() -> bool:
        held = dict(databases.held_by_centre(plan, point_id))
        return all(held.get(key) == at for key, at in made.items())

    expected = int((mend_ms - cut_ms) / 10_000) - 1
    try:
        await until(have_arrived, "all samples have arrived", within_s=40, every_s=0.3)
    finally:
        held = dict(databases.held_by_centre(plan, point_id))
        missing = [key for key, at in made.items() if held.get(key) != at]
        took_s = time.time() - mend_ms / 1000
        system.facts.hold(
            ARRIVED,
            not missing and len(made) >= expected,
            f"{len(made) - len(missing)} of {len(made)} after {took_s:.1f} s",
            f"all, at least {expected}",
        )
