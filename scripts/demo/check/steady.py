"""Thirty seconds of a meeting in which nothing happens: how smooth, how late, at what cost."""

import asyncio

import psutil

from scripts.demo.check import pictures, processes, real_facts, real_room, statistics
from scripts.demo.check.pictures import Flow
from scripts.demo.check.rooms import Room, wall_ms
from scripts.demo.check.system import System

SECONDS = 30.0
MIN_FRAMES_PER_S = 24.0
MAX_GAP_MS = 500.0

POINTS_RATE = "stage and speaker at every point, frames/s, the least"
POINTS_GAP = "stage and speaker at every point, longest gap"
CHROMIUM_RATE = "stage and speaker in Chromium, frames/s, the less"
CHROMIUM_GAP = "stage and speaker in Chromium, longest gap"
PICTURE_P50 = "picture made → decoded at another point, p50"
PICTURE_P95 = "picture made → decoded at another point, p95"
SOUND_P50 = "sound made → decoded at another point, p50"
SOUND_P95 = "sound made → decoded at another point, p95"
COST = "no process takes more of a core than its kind may"
FACTS = (
    POINTS_RATE,
    POINTS_GAP,
    CHROMIUM_RATE,
    CHROMIUM_GAP,
    PICTURE_P50,
    PICTURE_P95,
    SOUND_P50,
    SOUND_P95,
    COST,
)


async def steady(system: System, seconds: float = SECONDS) -> None:
    """Watch thirty seconds and record everything, what concerns the real room among it."""
    pids = {name: p.pid for name, p in system.demo.runner.processes.items()}
    cost_before, chromium_before = processes.costs(pids), _chromium_cpu_s()
    before, began_ms = await system.watched(wall_ms()), wall_ms()
    silences, shares = await asyncio.gather(
        system.observe(seconds), real_room.everything(system, seconds)
    )
    after, ended_ms = await system.watched(began_ms), wall_ms()
    cost_after, chromium_after = processes.costs(pids), _chromium_cpu_s()
    elapsed_s = (ended_ms - began_ms) / 1000
    _record_points(system, (before, after), silences, elapsed_s, shares.sent)
    await _record_chromium(system, began_ms, ended_ms, shares.different)
    costs = processes.shares(cost_before, cost_after, elapsed_s)
    memory = {name: cost.rss_bytes / 2**20 for name, cost in cost_after.items()}
    for name, share in sorted(costs.items()):
        system.demo.progress.line(
            f"      {name.ljust(24)} {share * 100:5.1f} % of a core  {memory[name]:6.1f} MiB"
        )
    above = processes.above(costs)
    system.facts.hold(COST, not above, ", ".join(above) or f"{len(costs)} processes", "none")
    if system.viewer is not None:
        share = (chromium_after - chromium_before) / elapsed_s
        system.demo.progress.line(
            f"      {'every Chromium'.ljust(24)} {share * 100:5.1f} % of a core"
        )


def _record_points(
    system: System,
    rooms: tuple[dict[str, Room], dict[str, Room]],
    silences: dict[str, float],
    elapsed_s: float,
    stage_share: float,
) -> None:
    """Record rates and gaps; of the stage only so much can come as the real room sends."""
    facts = system.facts
    before, after = rooms
    rates: dict[str, float] = {}
    for point in system.province.invited:
        for name in ("stage", "speaker"):
            old = before[point.point_id].slots.get(name) if point.point_id in before else None
            new = after[point.point_id].slots.get(name) if point.point_id in after else None
            frames = new.frames - old.frames if old and new else 0
            share = stage_share if name == real_facts.PICTURE_SLOT else 1.0
            rates[f"{point.point_id}/{name}"] = frames / elapsed_s / share
    least = min(rates, key=lambda key: rates[key])
    detail = f"({least} of {len(rates)} slots, {elapsed_s:.0f} s)"
    facts.at_least(POINTS_RATE, rates[least], MIN_FRAMES_PER_S, detail)
    # The rooms' own longest gap is of the whole meeting so far; ours only of what we saw.
    gaps = [slot.gap_max_ms for room in after.values() for slot in room.slots.values()]
    facts.at_most(POINTS_GAP, max(gaps + list(silences.values()), default=9e9), MAX_GAP_MS, "ms")
    _record_latency(system, after)


def _record_latency(system: System, rooms: dict[str, Room]) -> None:
    # What the real room sends has bounds and lines of its own.
    left_out = real_facts.SLOTS if system.demo.real_room else ()
    slots = [s for room in rooms.values() for name, s in room.slots.items() if name not in left_out]
    sounds = [
        s for room in rooms.values() for name, s in room.sounds.items() if name not in left_out
    ]
    for name, limit, values in (
        (PICTURE_P50, 120, [slot.latency_p50_ms for slot in slots]),
        (PICTURE_P95, 250, [slot.latency_p95_ms for slot in slots]),
        (SOUND_P50, 120, [sound.latency_p50_ms for sound in sounds]),
        (SOUND_P95, 250, [sound.latency_p95_ms for sound in sounds]),
    ):
        known = [value for value in values if value is not None]
        if not known:
            system.facts.hold(name, False, "nothing was decoded", f"≤ {limit} ms")
        else:
            system.facts.at_most(name, max(known), limit, "ms", f"at the worst of {len(known)}")


async def _record_chromium(
    system: System, began_ms: float, ended_ms: float, stage_share: float
) -> None:
    facts = system.facts
    if system.viewer is None:
        facts.not_checked(CHROMIUM_RATE, "no Chromium")
        facts.not_checked(CHROMIUM_GAP, "no Chromium")
        return
    seen = await system.viewer.gather()
    flows = {
        slot: pictures.flow(seen, slot, begin_ms=began_ms, end_ms=ended_ms)
        for slot in ("stage", "speaker")
    }
    expected = {real_facts.PICTURE_SLOT: stage_share}
    least = min(flow.frames_per_s / expected.get(slot, 1.0) for slot, flow in flows.items())
    facts.at_least(CHROMIUM_RATE, least, MIN_FRAMES_PER_S, _latency_words(list(flows.values())))
    gap = max(flow.gap_max_ms for flow in flows.values())
    facts.at_most(CHROMIUM_GAP, gap, MAX_GAP_MS, "ms")


def _latency_words(flows: list[Flow]) -> str:
    ages = [age for flow in flows for age in flow.latencies_ms]
    if not ages:
        return "no picture could be read"
    p50, p95 = statistics.median(ages), statistics.percentile(ages, 0.95)
    return f"shown {p50:.0f} / {p95:.0f} ms after making (p50 / p95)"


def _chromium_cpu_s() -> float:
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if "chrom" in child.name():
                times = child.cpu_times()
                total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


async def gap_while(system: System, seconds: float) -> tuple[float, float]:
    """Return the longest gap (ms) at points and in Chromium over the next seconds."""
    began_ms = wall_ms()
    silences = await system.observe(seconds, every_s=0.15)
    if system.viewer is None:
        return max(silences.values(), default=9e9), 0.0
    await asyncio.sleep(0)
    seen = await system.viewer.gather()
    end_ms = began_ms + seconds * 1000 - 200
    flows = (
        pictures.flow(seen, slot, begin_ms=began_ms, end_ms=end_ms) for slot in ("stage", "speaker")
    )
    return max(silences.values(), default=9e9), max(flow.gap_max_ms for flow in flows)
