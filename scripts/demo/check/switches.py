"""The speaker is switched again and again: pictures and sound follow, and only they."""

import asyncio
from dataclasses import dataclass

from scripts.demo.check import names, pictures, statistics
from scripts.demo.check.rooms import Room, wall_ms
from scripts.demo.check.system import System
from scripts.demo.province import Point

PAUSE_S = 1.0
AFTER_WITHDRAWAL_S = 0.9
PULSE_FRAME_MS = 20
PERIOD_MS = 400
# The pulse after a withdrawal at 215 would sound 185 ms later: it must not be heard.
WITHDRAWAL_PHASES_MS = (215, 10, 260, 50)

SWITCH_POINTS = "switch of the speaker, request → picture, at points, p95"
SWITCH_CHROMIUM = "switch of the speaker, request → picture, in Chromium, p95"
DESCRIPTION = "remote descriptions are unchanged by the switches"
SWITCH_FACTS = (SWITCH_POINTS, SWITCH_CHROMIUM, DESCRIPTION)
RHYTHM_FACTS = (names.HEARD, names.NEVER_OWN, names.SILENT)


@dataclass(frozen=True, slots=True)
class Switch:
    """One request for the floor."""

    asked_ms: float
    holder: Point


async def switch(system: System, count: int, withdrawals: int) -> None:
    """Switch and withdraw; record pictures, descriptions and rhythm."""
    began_ms = wall_ms()
    before = {p: r.answers for p, r in (await system.watched(began_ms)).items()}
    digest = await system.viewer.description_digest() if system.viewer else ""
    switches: list[Switch] = []
    withdrawn: list[Switch] = []
    communes = system.province.communes
    for index in range(count):
        switches.append(await _grant(system, communes[index % len(communes)]))
        await asyncio.sleep(PAUSE_S)
    for index in range(withdrawals):
        holder = communes[(count + index) % len(communes)]
        switches.append(await _grant(system, holder))
        await asyncio.sleep(PAUSE_S)
        withdrawn.append(await _withdraw(system, holder, index))
        await asyncio.sleep(AFTER_WITHDRAWAL_S)
    _record_pictures(system, await system.watched(), switches)
    rooms = await system.watched(began_ms)
    await _record_chromium(system, switches, digest)
    changed = [p for p, answers in before.items() if p in rooms and rooms[p].answers != answers]
    if system.viewer is None or digest == await system.viewer.description_digest():
        what = ", ".join(changed) or f"{count + 2 * withdrawals} moves of the floor"
        system.facts.hold(DESCRIPTION, not changed, what, "no renegotiation")
    else:
        system.facts.hold(DESCRIPTION, False, "Chromium's changed", "no renegotiation")
    record_rhythm(system, rooms, switches, withdrawn)


async def rhythm_only(system: System) -> None:
    """A few switches and withdrawals, for the rhythm alone."""
    began_ms = wall_ms()
    switches: list[Switch] = []
    withdrawn: list[Switch] = []
    for holder in system.province.communes:
        switches.append(await _grant(system, holder))
        await asyncio.sleep(PAUSE_S)
        withdrawn.append(await _withdraw(system, holder, len(withdrawn)))
        await asyncio.sleep(AFTER_WITHDRAWAL_S)
    record_rhythm(system, await system.watched(began_ms), switches, withdrawn)


async def _grant(system: System, holder: Point) -> Switch:
    asked = Switch(wall_ms(), holder)
    await system.api.grant(system.meeting_id, holder.point_id)
    return asked


async def _withdraw(system: System, holder: Point, index: int) -> Switch:
    """Withdraw at a chosen phase of the rhythm: within a pulse, or shortly before one."""
    phase = WITHDRAWAL_PHASES_MS[index % len(WITHDRAWAL_PHASES_MS)]
    await asyncio.sleep(((phase - wall_ms()) % PERIOD_MS) / 1000)
    asked = Switch(wall_ms(), holder)
    await system.api.withdraw(system.meeting_id, holder.point_id)
    return asked


def _record_pictures(system: System, rooms: dict[str, Room], switches: list[Switch]) -> None:
    times: list[float] = []
    unseen = 0
    for one in switches:
        for point in system.province.invited:
            if point == one.holder:
                continue
            room = rooms.get(point.point_id)
            slot = room.slots.get("speaker") if room else None
            if slot and slot.number_at(one.asked_ms) == one.holder.number:
                continue  # the speaker before, shown to the one who has the floor
            first = slot.first_of(one.holder.number, after_ms=one.asked_ms) if slot else None
            if first is None:
                unseen += 1
            else:
                times.append(first - one.asked_ms)
    if unseen or not times:
        count = unseen + len(times)
        figure = f"{unseen} of {count} switches were never seen"
        system.facts.all_came(SWITCH_POINTS, max(unseen, 1), count, figure, "≤ 500 ms")
        return
    detail = f"({len(switches)} switches, {len(times)} rooms, worst {max(times):.0f})"
    system.facts.at_most(SWITCH_POINTS, statistics.percentile(times, 0.95), 500, "ms", detail)


async def _record_chromium(system: System, switches: list[Switch], digest: str) -> None:
    if system.viewer is None or not digest:
        system.facts.not_checked(SWITCH_CHROMIUM, "no Chromium")
        return
    seen = await system.viewer.gather()
    found = [
        pictures.first_of(seen, "speaker", one.holder.number, after_ms=one.asked_ms)
        for one in switches
    ]
    times = [p.at_ms - s.asked_ms for p, s in zip(found, switches, strict=True) if p is not None]
    if len(times) < len(switches):
        figure = f"{len(switches) - len(times)} of {len(switches)} switches were never seen"
        system.facts.hold(SWITCH_CHROMIUM, False, figure, "≤ 500 ms")
        return
    detail = f"(worst {max(times):.0f})"
    system.facts.at_most(SWITCH_CHROMIUM, statistics.percentile(times, 0.95), 500, "ms", detail)


def record_rhythm(
    system: System, rooms: dict[str, Room], switches: list[Switch], withdrawn: list[Switch]
) -> None:
    """Record who heard whom, from what the rooms' ears report."""
    waits: list[float] = []
    unheard: list[str] = []
    for one in switches:
        for point in system.province.invited:
            if point == one.holder:
                continue
            first = _first_heard(rooms.get(point.point_id), one)
            if first is None:
                unheard.append(f"{point.point_id} never heard {one.holder.point_id}")
            else:
                waits.append(first - one.asked_ms)
    if unheard or not waits:
        figure = unheard[0] if unheard else "nothing to hear"
        system.facts.hold(names.HEARD, False, f"{figure} ({len(unheard)} in all)", "≤ 500 ms")
    else:
        detail = f"at the latest (p50 {statistics.median(waits):.0f}, {len(waits)} times)"
        system.facts.at_most(names.HEARD, max(waits), 500, "ms", detail)
    own = [
        point.point_id
        for point in system.province.invited
        if point.point_id in rooms
        and any(number == point.number for number, _, _ in rooms[point.point_id].heard)
    ]
    system.facts.hold(names.NEVER_OWN, not own, ", ".join(own) or "never", "never")
    rests = [_rest(rooms.get(p.point_id), w) for w in withdrawn for p in system.province.invited]
    system.facts.at_most(
        names.SILENT, max(rests, default=0), 200, "ms", f"at the latest ({len(rests)} times)"
    )


def _first_heard(room: Room | None, one: Switch) -> float | None:
    """Return when a room first heard the holder after the request."""
    stretches = room.heard if room else ()
    starts = [
        max(first, one.asked_ms)
        for number, first, last in stretches
        if number == one.holder.number and last >= one.asked_ms
    ]
    return min(starts, default=None)


def _rest(room: Room | None, withdrawal: Switch) -> float:
    """Return how long after a withdrawal a room still heard the one who lost the floor."""
    stretches = room.heard if room else ()
    ends = [
        last + PULSE_FRAME_MS - withdrawal.asked_ms
        for number, first, last in stretches
        if number == withdrawal.holder.number and first < withdrawal.asked_ms < last
    ]
    return max(ends, default=0)
