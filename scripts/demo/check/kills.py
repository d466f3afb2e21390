"""Each process is killed as a fault would, during a meeting; what must go on goes on."""

import json
import time
from collections.abc import Callable

import httpx

from scripts.demo.check.rooms import Room, wall_ms
from scripts.demo.check.steady import gap_while
from scripts.demo.check.system import System
from scripts.demo.errors import DemoError
from scripts.demo.plan import RELAY_ID
from scripts.demo.province import Point
from scripts.demo.provision import WITHOUT_MACHINE
from scripts.demo.waiting import until

BACK_LIMIT_S = 10.0
RELAY_LIMIT_S = 5.0
HELD_S = 4.0

CONTROLLER_GAP = "controller killed: pictures go on without a gap"
CONTROLLER_KNOWS = "controller restarted: knows meeting, floor and points"
AGENT_BACK = "health agent killed: reports are back"
INGEST_BACK = "ingest killed: reports are back on the event stream"
MEDIA_BACK = "media agent killed: sends and receives again"
RELAY_BACK = "relay killed: pictures are back at every point"
RELAY_FLOOR = "relay restarted: the floor is as before"
FACTS = (
    CONTROLLER_GAP,
    CONTROLLER_KNOWS,
    AGENT_BACK,
    INGEST_BACK,
    MEDIA_BACK,
    RELAY_BACK,
    RELAY_FLOOR,
)


async def kill_controller(system: System) -> None:
    """Kill the web process, keep it away for a while, and start it again."""
    await _give_floor(system, system.province.communes[0])
    before = await system.api.get(f"/meetings/{system.meeting_id}")
    states = await point_states(system)
    web = system.demo.process("web")
    await web.kill(is_held=True)
    at_points, in_chromium = await gap_while(system, HELD_S)
    worst = max(at_points, in_chromium)
    system.facts.at_most(CONTROLLER_GAP, worst, 500, "ms", f"the longest in {HELD_S:g} s")
    await web.start()
    began_s = time.monotonic()
    await until_answers(system)
    took_s = time.monotonic() - began_s
    after = await system.api.get(f"/meetings/{system.meeting_id}")
    now = await point_states(system)
    wrong = [key for key in ("state", "floor", "point_ids") if after[key] != before[key]]
    wrong += [
        point_id
        for point_id in states.keys() - system.cuts.keys() - {WITHOUT_MACHINE}
        if now.get(point_id) not in ("up", "degraded")
    ]
    if wrong:
        system.facts.hold(CONTROLLER_KNOWS, False, f"differs: {', '.join(wrong)}", "all")
    else:
        system.facts.at_most(CONTROLLER_KNOWS, took_s, BACK_LIMIT_S, "s", "after start, all")


async def kill_agent(system: System) -> None:
    """Kill a health agent; a report measured after that must come in."""
    point = system.province.communes[0]
    killed_s = time.time()
    await system.demo.process(f"agent:{point.point_id}").kill()
    await report_back(system, AGENT_BACK, killed_s, {point.point_id})


async def kill_ingest(system: System) -> None:
    """Kill ingest; reports must be committed and told again."""
    killed_s = time.time()
    await system.demo.process("ingest").kill()

    async def is_told() -> bool:
        return bool(system.stream.reports(killed_s + 0.2))

    await until(is_told, "a report is committed and told again", within_s=30)
    system.facts.at_most(INGEST_BACK, time.time() - killed_s, BACK_LIMIT_S, "s")


async def kill_media(system: System) -> None:
    """Kill a media agent; it joins again by itself, is seen and sees."""
    point = system.province.communes[1]
    room = await system.rooms.read(point)
    run_id = room.run_id if room else ""
    began_s = time.monotonic()
    await system.demo.process(f"media:{point.point_id}").kill()

    async def is_back() -> bool:
        now = await system.rooms.read(point)
        return now is not None and now.run_id != run_id and now.shown("stage") is not None

    await until(is_back, "the room shows the stage again", within_s=30)
    await system.api.grant(system.meeting_id, point.point_id)
    await system.all_show(
        lambda room, p: p == point or room.shown("speaker") == point.number,
        f"{point.point_id} is seen again",
        15,
    )
    system.facts.at_most(MEDIA_BACK, time.monotonic() - began_s, BACK_LIMIT_S, "s")


async def kill_relay(system: System) -> None:
    """Kill the relay; pictures come back at every point, with the floor as it was."""
    holder = system.province.communes[0]
    await _give_floor(system, holder)
    before = (await system.api.get(f"/meetings/{system.meeting_id}/floor"))["epoch"]
    answers = {p: room.answers for p, room in (await system.watched(wall_ms())).items()}
    elsewhere = _at_another_relay(system)
    killed_ms = wall_ms()
    await system.demo.process("relay").kill()
    back_ms = await system.all_show(
        lambda room, point: (
            has_pictures(room)
            and (point.point_id in elsewhere or is_new(room, answers.get(point.point_id, ())))
        ),
        "pictures are back at every point",
        20,
    )
    system.facts.at_most(RELAY_BACK, (back_ms - killed_ms) / 1000, RELAY_LIMIT_S, "s")
    try:
        await system.all_show(shows_floor_of(holder), "the same speaker is shown", 5)
        after = (await system.api.get(f"/meetings/{system.meeting_id}/floor"))["epoch"]
        system.facts.hold(RELAY_FLOOR, after == before, f"epoch {before}, then {after}", "same")
    except DemoError as exc:
        system.facts.hold(RELAY_FLOOR, False, exc.what, "same")


async def _give_floor(system: System, holder: Point) -> None:
    await system.api.grant(system.meeting_id, holder.point_id)
    await system.all_show(shows_floor_of(holder), f"{holder.point_id} is shown as speaker", 5)


def shows_floor_of(holder: Point) -> Callable[[Room, Point], bool]:
    """Return the condition that a room shows this holder as speaker (itself excepted)."""

    def is_so(room: Room, point: Point) -> bool:
        return point == holder or room.shown("speaker") == holder.number

    return is_so


def _at_another_relay(system: System) -> frozenset[str]:
    """Return the points whose own relay is not the first; their sessions stand."""
    found = set()
    for point in system.province.points:
        file = system.demo.plan.point(point.point_id) / "desired" / "schedule.json"
        for meeting in json.loads(file.read_text())["meetings"]:
            if meeting["meeting_id"] == system.meeting_id and meeting["relay_id"] != RELAY_ID:
                found.add(point.point_id)
    return frozenset(found)


def has_pictures(room: Room) -> bool:
    """Return whether pictures flow into the stage."""
    slot = room.slots.get("stage")
    return slot is not None and slot.silent_ms is not None and slot.silent_ms < 200


def is_new(room: Room, old_answers: tuple[str, ...]) -> bool:
    """Return whether a room has both its sessions by answers given since."""
    return len(room.answers) == 2 and room.answers != old_answers


async def until_answers(system: System) -> None:
    """Wait until the API answers again."""

    async def is_answering() -> bool:
        try:
            await system.api.get("/session")
        except (DemoError, OSError, httpx.HTTPError):
            return False
        return True

    await until(is_answering, "the API answers again", within_s=30)


async def report_back(system: System, fact: str, killed_s: float, wanted: set[str]) -> None:
    """Record how long until a report measured after the kill came in of every wanted point."""

    async def are_back() -> bool:
        fresh = {
            event.data["point_id"]
            for event in system.stream.reports(killed_s)
            if event.received_s - event.age_s > killed_s
        }
        return wanted <= fresh

    await until(are_back, f"new reports of {', '.join(sorted(wanted))}", within_s=30)
    system.facts.at_most(fact, time.time() - killed_s, BACK_LIMIT_S, "s")


async def point_states(system: System) -> dict[str, str]:
    """Return each point's state as the centre shows it."""
    return {str(one["point_id"]): str(one["state"]) for one in await system.api.get("/status")}
