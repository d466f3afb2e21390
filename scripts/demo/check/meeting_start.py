"""A meeting is booked, begins by itself at its second, and the floor is given in it."""

import asyncio
from datetime import UTC, datetime, timedelta

from scripts.demo.check import names
from scripts.demo.check.rooms import Room, wall_ms
from scripts.demo.check.system import System
from scripts.demo.province import Point

LENGTH = timedelta(minutes=30)
FORWARD_LIMIT_S = 1.0
FLOOR_LIMIT_S = 2.0


async def book(
    system: System,
    title: str,
    ahead_s: float,
    *,
    chair: Point | None = None,
    is_recorded: bool = False,
) -> None:
    """Book a meeting of all invited points that begins soon; `chair` None: the chair's point."""
    province = system.province
    begins_at = (datetime.now(UTC) + timedelta(seconds=ahead_s)).replace(microsecond=0)
    system.begins_ms = begins_at.timestamp() * 1000
    system.meeting_id = await system.api.book(
        title,
        begins_at,
        begins_at + LENGTH,
        chair=(chair or province.chair).point_id,
        points=[point.point_id for point in province.invited],
        is_recorded=is_recorded,
    )


async def until_begin(system: System, margin_s: float = 0.0) -> None:
    """Wait for the meeting's second."""
    await asyncio.sleep(max(0.0, (system.begins_ms - wall_ms()) / 1000 + margin_s))


async def forwarded(system: System) -> None:
    """Every point shows the stage within a second of T0, and not before."""
    await until_begin(system)
    stage = system.province.chair.number
    try:
        await system.all_show(
            lambda room, _: room.shown("stage") == stage, "the stage is shown everywhere", 6
        )
    finally:
        rooms = await system.watched(system.begins_ms - 5000)
        late = lateness_s(rooms, system, stage)
        worst = max(late.values(), default=99.0)
        early = min(late.values(), default=0.0)
        count = len(late)
        system.facts.hold(
            names.FORWARDED,
            count == len(system.province.invited) and worst <= FORWARD_LIMIT_S and early > -0.05,
            f"{count} of {len(system.province.invited)} points, the last after {worst:.2f} s",
            f"all within {FORWARD_LIMIT_S:g} s, none before",
        )


def lateness_s(rooms: dict[str, Room], system: System, stage: int) -> dict[str, float]:
    """Return how long after the meeting's second each room showed the stage."""
    found: dict[str, float] = {}
    for point_id, room in rooms.items():
        slot = room.slots.get("stage")
        first = slot.first_of(stage, after_ms=0) if slot else None
        if first is not None:
            found[point_id] = (first - system.begins_ms) / 1000
    return found


def expected_speaker(point: Point, holder: Point, previous: Point) -> int:
    """Return whom a point must see as speaker: the holder; the holder itself the previous."""
    return previous.number if point == holder else holder.number


async def floor_given(system: System) -> None:
    """The floor goes to one commune and then to another; all see the right one."""
    first, second = system.province.communes[:2]
    chair = system.province.chair
    applied: list[str] = []
    wrong: list[str] = []
    for holder, previous in ((first, chair), (second, first)):
        await system.api.grant(system.meeting_id, holder.point_id)
        shown = await _settled(system, holder, previous)
        for point in system.province.invited:
            number = shown.get(point.point_id)
            expected = expected_speaker(point, holder, previous)
            if number is None:
                applied.append(f"{point.point_id} shows nobody while {holder.point_id} speaks")
            elif number != expected:
                wrong.append(f"{point.point_id} shows {number} instead of {expected}")
    total = 2 * len(system.province.invited)
    system.facts.hold(
        names.FLOOR_APPLIED,
        not applied,
        applied[0] if applied else f"{total} of {total} slots are filled",
        f"all, within {FLOOR_LIMIT_S:g} s",
    )
    system.facts.hold(
        names.SPEAKER_RIGHT,
        not wrong,  # where nobody is shown the line above says so
        wrong[0] if wrong else f"{total - len(applied)} of {total} as the rules say",
        "all",
    )


async def _settled(system: System, holder: Point, previous: Point) -> dict[str, int | None]:
    """Return who is shown once all is as expected, or after the limit."""
    deadline = wall_ms() + FLOOR_LIMIT_S * 1000
    while True:
        rooms = await system.watched(wall_ms())
        shown = {point_id: room.shown("speaker") for point_id, room in rooms.items()}
        is_right = all(
            shown.get(point.point_id) == expected_speaker(point, holder, previous)
            for point in system.province.invited
        )
        if is_right or wall_ms() > deadline:
            return shown
        await asyncio.sleep(0.1)
