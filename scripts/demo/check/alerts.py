"""Somebody is told, once, of mains that are gone, of a line and of the province's main line cut."""

import asyncio
import re
import signal
import time
from collections.abc import Callable

from scripts.demo.check import crowd, letters, names
from scripts.demo.check.letters import Letter
from scripts.demo.check.rooms import wall_ms
from scripts.demo.check.system import Cut, Known, System
from scripts.demo.errors import DemoError, NotReady
from scripts.demo.topology import CROWD
from scripts.demo.waiting import until

TRAP_LIMIT_S = 1.0
TOLD_LIMIT_S = 60.0
CAUSE_LIMIT_S = 30.0
# After the calm of two minutes that the centre waits for, with the letter's own way.
OVER_LIMIT_S = 145.0
# A second letter of the same would follow the first one within a second or two.
FURTHER_S = 4.0
LINE_CUT = "Đứt đường truyền của nhà mạng"
BATTERY, SILENT, CENTRE = "ắc quy", "Mất liên lạc", "Thuộc về: trung tâm"
FACTS_OF_TRAP = (names.TRAP_SHOWN,)
FACTS_OF_BATTERY = (names.BATTERY_TOLD,)
FACTS_OF_LINE = (names.LINE_TOLD, names.LINE_CAUSE)
FACTS_OF_PROVINCE = (names.PROVINCE_TOLD,)
FACTS_OF_END = (names.OVER_TOLD,)


async def mains_off(system: System) -> None:
    """Take the mains from a point's power supply, and see what it says on the point's page."""
    point = system.province.equipped
    address = f"/points/{point.point_id}"

    async def said() -> str:
        return await system.api.page(address)

    async def do_answer() -> bool:
        return (await said()).count('data-state="answers"') == 2

    await until(do_answer, "switch and power supply answer", within_s=60, every_s=0.5)
    before = (await said()).count('data-kind="on_battery"')
    began_s = system.mains_off_s = time.time()
    system.demo.process("ups").send(signal.SIGUSR1)

    async def is_shown() -> bool:
        told = any(
            event.data.get("kind") == "traps" and event.received_s >= began_s
            for event in system.stream.events
            if event.data.get("point_id") == point.point_id
        )
        return told and (await said()).count('data-kind="on_battery"') > before

    await until(is_shown, "the page is told of the trap and shows it", within_s=10, every_s=0.02)
    system.facts.at_most(names.TRAP_SHOWN, time.time() - began_s, TRAP_LIMIT_S, "s")


async def battery_told(system: System) -> None:
    """See one letter of it, and give the mains back."""
    if not system.mains_off_s:
        raise DemoError("the mains were not taken", "see why on the line before")
    point = system.province.equipped

    def is_it(letter: Letter) -> bool:
        return point.name in letter.subject and BATTERY in letter.subject

    try:
        number = await _one(system, names.BATTERY_TOLD, system.mains_off_s, is_it)
    finally:
        system.demo.process("ups").send(signal.SIGUSR2)
    system.known["mains"] = Known(number, time.time())


async def line_told(system: System) -> None:
    """See one letter of the bystander's line while it is cut, and its cause when it is back."""
    point = system.province.bystander
    if system.demo.place.bridge is None:
        for name in FACTS_OF_LINE:
            system.facts.not_checked(name, "no namespaces, so no line to cut")
        return

    async def is_cut() -> Cut | None:
        return system.cuts.get(point.point_id)

    cut = await until(is_cut, "the line is cut", within_s=30)
    number = await _one(
        system, names.LINE_TOLD, cut.begin_ms / 1000, lambda letter: point.name in letter.subject
    )

    async def is_mended() -> bool:
        return cut.end_ms < float("inf")

    await until(is_mended, "the line is back", within_s=120)
    mended_s = cut.end_ms / 1000
    system.known["line"] = Known(number, mended_s)
    await _cause(system, mended_s)


async def _cause(system: System, mended_s: float) -> None:
    """See the cause by the point's own record on its page, without a question mark."""
    address = f"/points/{system.province.bystander.point_id}"

    async def is_named() -> bool:
        return bool(re.search(rf"{LINE_CUT}(?!\?)", await system.api.page(address)))

    await until(is_named, f"the page says “{LINE_CUT}”", within_s=CAUSE_LIMIT_S, every_s=0.3)
    took_s = time.time() - mended_s
    system.facts.at_most(names.LINE_CAUSE, took_s, CAUSE_LIMIT_S, "s", f"“{LINE_CUT}”")


async def province_cut(system: System) -> None:
    """Cut fifty points at once; one letter goes to the centre, and none for each point."""
    place = system.demo.place
    if place.bridge is None:
        system.facts.not_checked(names.PROVINCE_TOLD, "no namespaces, so no line to cut")
        return
    await until(lambda: crowd.are_connected(system), "the simulated points are there", within_s=60)
    cut = Cut(wall_ms())
    system.cuts.update(dict.fromkeys(crowd.point_ids(), cut))
    place.cut(CROWD)

    def is_it(letter: Letter) -> bool:
        return SILENT in letter.subject

    try:
        number = await _one(system, names.PROVINCE_TOLD, cut.begin_ms / 1000, is_it, CENTRE)
    finally:
        place.mend(CROWD)
        cut.end_ms = wall_ms()
    system.known["province"] = Known(number, cut.end_ms / 1000)


async def told_over(system: System) -> None:
    """Wait until each is told to be over; of none that twice, of the line with its cause."""
    if not system.known:
        system.facts.not_checked(names.OVER_TOLD, "nothing was told")
        return
    ends_s = max(one.mended_s for one in system.known.values()) + OVER_LIMIT_S
    waits = [_until_over(system, one, ends_s) for one in system.known.values()]
    await asyncio.gather(*waits)
    problems: list[str] = []
    figures: list[str] = []
    for what, one in system.known.items():
        of_it = [x for x in letters.all_of(system.demo.plan.mail) if x.number == one.number]
        over = [x for x in of_it if x.is_over]
        if len(over) != 1 or len(of_it) != 2:
            problems.append(f"{what}: {len(of_it) - len(over)} alerts, {len(over)} times over")
        elif what == "line" and LINE_CUT not in over[0].text:
            problems.append(f"{what}: without its cause")
        else:
            figures.append(f"{what} {over[0].received_s - one.mended_s:.0f} s after")
    said = "; ".join(problems) or ", ".join(figures)
    system.facts.hold(names.OVER_TOLD, not problems, said, "once each, with the line's cause")


async def _until_over(system: System, one: Known, ends_s: float) -> None:
    async def is_over() -> bool:
        found = letters.all_of(system.demo.plan.mail)
        return any(letter.is_over and letter.number == one.number for letter in found)

    try:
        await until(is_over, "it is told to be over", within_s=ends_s - time.time(), every_s=0.5)
    except NotReady:
        pass  # the figure says what is missing


async def _one(
    system: System, fact: str, began_s: float, is_it: Callable[[Letter], bool], also: str = ""
) -> int:
    """Record whether one letter came in time and says all that it should; return its incident.

    Raises:
        DemoError: none came, or none of an incident.
    """
    folder = system.demo.plan.mail

    async def are_there() -> list[Letter]:
        return letters.alerts(folder, began_s, is_it)

    [first, *_] = await until(are_there, "a letter", within_s=1.5 * TOLD_LIMIT_S, every_s=0.2)
    await asyncio.sleep(FURTHER_S)
    found = await are_there()
    took_s = first.received_s - began_s
    if len(found) > 1 or not first.is_whole or also not in first.text:
        figure = f"{len(found)} letters, the first: {first.text[:200]}"
        system.facts.hold(fact, False, figure, "one, with whose and what to do")
    else:
        said = first.subject.partition(": ")[2]
        system.facts.at_most(fact, took_s, TOLD_LIMIT_S, "s", f"“{said}”")
    if first.number is None:
        raise DemoError("the letter names no incident", "read it in the mailbox's folder")
    return first.number
