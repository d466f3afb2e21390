"""The real room in changing times: its camera is pulled out; it is muted."""

import asyncio
import signal

from scripts.demo.check import getstats, meeting_start, names
from scripts.demo.check.real_facts import PICTURE_SLOT, is_live
from scripts.demo.check.real_room import WHY_NOT
from scripts.demo.check.rooms import Room, wall_ms
from scripts.demo.check.system import System
from scripts.demo.waiting import until

BACK_LIMIT_S = 6.0
SOUND_SETTLES_S = 0.5
CAMERA_WORD = "camera"
MUTED_AHEAD_S = 8.0
MUTED_S = 3.0


async def unplugged(system: System) -> None:
    """Pull the camera out and put it back: it is named, the sound goes on, it comes back."""
    point, browser = system.demo.real_room, system.real_room
    if point is None or browser is None:
        system.facts.not_checked(names.CAMERA_NAMED, WHY_NOT)
        return
    camera = system.demo.process(f"camera:{point.point_id}")
    others = [p for p in system.province.invited if p != point]

    async def is_named() -> bool:
        return CAMERA_WORD in (await browser.fault()).lower()

    async def is_shown(*, wanted: bool) -> bool:
        rooms = await system.watched()
        shown = [rooms[p.point_id].slots[PICTURE_SLOT] for p in others if p.point_id in rooms]
        return len(shown) == len(others) and all(is_live(slot) == wanted for slot in shown)

    began_ms = wall_ms()
    camera.send(signal.SIGUSR1)
    try:
        await until(is_named, "the room's screen names its camera", within_s=10)
        named_s = (wall_ms() - began_ms) / 1000
        await until(lambda: is_shown(wanted=False), "the others see no camera", within_s=10)
    finally:
        camera.send(signal.SIGUSR2)
    plugged_ms = wall_ms()
    await until(
        lambda: is_shown(wanted=True), "the camera's picture is back at all others", within_s=20
    )
    back_s = (wall_ms() - plugged_ms) / 1000
    await asyncio.sleep(SOUND_SETTLES_S)
    deaf = [
        p.point_id
        for p in others
        if not is_heard_through(await system.rooms.read(p), point.number, began_ms, plugged_ms)
    ]
    figure = f"named after {named_s:.1f} s, back {back_s:.1f} s after it was put in"
    system.facts.hold(
        names.CAMERA_NAMED,
        not deaf and back_s <= BACK_LIMIT_S,
        f"{figure}; sound {'lost at ' + ', '.join(deaf) if deaf else 'went on'}",
        f"named, sound goes on, back ≤ {BACK_LIMIT_S:g} s",
    )


async def muted(system: System) -> None:
    """In another's meeting its microphone is open, and nothing of it leaves before the floor."""
    point, browser = system.demo.real_room, system.real_room
    if point is None or browser is None:
        system.facts.not_checked(names.MUTED, WHY_NOT)
        return
    if not system.meeting_id:
        chair = system.province.communes[0]
        await meeting_start.book(system, "Họp do xã chủ trì", MUTED_AHEAD_S, chair=chair)
        await meeting_start.until_begin(system)

    async def is_open() -> bool:
        room = await system.rooms.read(point)
        return room is not None and room.camera == "open" and len(room.answers) == 2

    await until(is_open, "its camera is open, and its legs are up", within_s=20)
    before = await browser.counted()
    await asyncio.sleep(MUTED_S)
    after, room = await browser.counted(), await system.rooms.read(point)
    leaked = room.sounds_sent if room else -1
    open_per_s = getstats.sent(before, after).sounds_per_s
    figure = f"{leaked} pieces left the room, {open_per_s:.0f}/s came from its browser"
    if leaked:
        system.facts.hold(names.MUTED, False, figure, "0")
        return

    async def is_declared() -> bool:
        return bool((await system.api.get(f"/meetings/{system.meeting_id}"))["state"] == "live")

    # A centre that has just started, and has no time server, first waits for its clock.
    await until(is_declared, "the centre says that the meeting is on", within_s=90, every_s=0.5)

    await system.api.grant(system.meeting_id, point.point_id)

    async def is_heard() -> bool:
        now = await system.rooms.read(point)
        return now is not None and now.sounds_sent > leaked

    await until(is_heard, "with the floor its sound leaves the room", within_s=10)
    system.facts.hold(names.MUTED, open_per_s > 0, f"{figure}; with the floor they do", "0")


def is_heard_through(room: Room | None, number: int, begin_ms: float, end_ms: float) -> bool:
    """Return whether a number's rhythm was heard from one instant to another without a break."""
    return room is not None and any(
        of == number and first <= begin_ms and last >= end_ms for of, first, last in room.heard
    )
