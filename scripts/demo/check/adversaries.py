"""Acts of hostile and broken peers against the running meeting, and what they may not change.

Each act is a process of its own (`python -m tests.adversary`), from a network of its own.
While it acts, the rooms are watched and somebody signs in again and again; afterwards the
same processes must be there, and what was refused must be counted where the act says so.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from scripts.demo import commands, oneshot
from scripts.demo.check import real_facts, statistics
from scripts.demo.check.busy import BUSY_SHARE, Work
from scripts.demo.check.rooms import Slot, wall_ms
from scripts.demo.check.system import Cut, System
from scripts.demo.demo import USER
from scripts.demo.errors import DemoError, TooLong
from scripts.demo.topology import STRANGER
from scripts.demo.waiting import until

MAX_GAP_MS = 500.0
MIN_FRAMES_PER_S = 24.0
SIGN_IN_LIMIT_S = 1.0
SIGN_IN_BESIDE_A_BROWSER_LIMIT_S = 2.5  # the real room's has half a core of the same machine
SIGN_IN_EVERY_S = 0.5
LOOK_EVERY_S = 0.15
CALM_S = 4.0  # in which nobody acts, to see what the meeting alone takes of the machine
LIVE_MS = 1000.0
ACT_LIMIT_S = 75.0
VIEWER_PASSWORD = "chỉ-xem-thôi-2026"  # noqa: S105 - of a demo that lives for minutes
SPEAKER_SLOT = "speaker"
AHEAD = timedelta(seconds=3)
SHORT = "acts against the meeting: processes, pictures, sign-in"


@dataclass(frozen=True, slots=True)
class Act:
    """One act by its name, and the counters of which one must grow."""

    name: str
    counters: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """What was seen while an act went on."""

    began_ms: float
    silences_ms: list[float] = field(default_factory=list)
    sign_ins_s: list[float] = field(default_factory=list)
    frames: dict[str, list[tuple[float, int]]] = field(default_factory=dict)

    @property
    def gap_ms(self) -> float:
        """The longest time a room saw nothing new."""
        return max(self.silences_ms, default=9e9)

    @property
    def frames_per_s(self) -> float:
        """The rate of the slot that had the fewest pictures."""
        return min((_rate(counted) for counted in self.frames.values()), default=0.0)


def _rate(counted: list[tuple[float, int]]) -> float:
    (began_s, first), (ended_s, last) = counted[0], counted[-1]
    return (last - first) / (ended_s - began_s) if ended_s > began_s else 0.0


async def short(system: System) -> None:
    """Do the short selection; one fact for all of it."""
    acts = await _prepared(system, "--short")
    async with _somebody_speaks(system):
        is_short = await _is_short(system)
        judged = [await _judged(system, act, is_short=is_short) for act in acts]
    for act, one in zip(acts, judged, strict=True):
        system.demo.progress.line(f"      {act.name.ljust(28)} {one.told}")
    _record(system, SHORT, together(judged))


async def everything(system: System) -> None:
    """Do every act, or those that were asked for as often as they were; one fact for each."""
    known = {act.name: act for act in await _prepared(system)}
    unknown = set(system.acts) - set(known)
    if unknown:
        raise DemoError(f"no such act: {', '.join(sorted(unknown))}", f"known: {', '.join(known)}")
    wanted = [f"{name}{_again(index, system.acts)}" for index, name in enumerate(system.acts)]
    doing = dict(zip(wanted, (known[name] for name in system.acts), strict=True)) or known
    system.facts.declare(doing)
    async with _without_its_room(system), _somebody_speaks(system):
        is_short = await _is_short(system)
        for name, act in doing.items():
            _record(system, name, await _judged(system, act, is_short=is_short))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an act changed, what was seen, and whether that is the machine's doing."""

    problems: list[str]
    told: str
    is_machine: bool = False


def together(judged: Sequence[Judgement]) -> Judgement:
    """Return what all acts changed; the machine is to blame only where it is for each of them."""
    problems = [problem for one in judged for problem in one.problems]
    told = "" if problems else f"{len(judged)} acts, nothing changed"
    is_machine = all(one.is_machine for one in judged if one.problems)
    return Judgement(problems, told, is_machine)


def is_late(fault: DemoError) -> bool:
    """Whether an act only waited for too long; what it asserts is broken on any machine."""
    return isinstance(fault, TooLong) or last_line(fault) == "TimeoutError"


def last_line(fault: DemoError) -> str:
    """Return what an act that failed said last."""
    return fault.what.strip().splitlines()[-1]


def _record(system: System, name: str, one: Judgement) -> None:
    said = "; ".join(filter(None, (*one.problems, one.told)))
    if one.problems and one.is_machine:
        system.facts.stood_still(name, said)
    else:
        system.facts.hold(name, not one.problems, said)


async def _is_short(system: System) -> bool:
    """Whether the machine has not CPU enough for the meeting alone, before anybody acts."""
    began_s = time.monotonic()
    await asyncio.sleep(CALM_S)
    return system.facts.is_short(began_s)


async def _judged(system: System, act: Act, *, is_short: bool) -> Judgement:
    """Try an act; what is only slow, on a machine that others keep busy or that has not CPU
    enough without it, is not the act's doing."""
    before = Work.now()
    problems, slow, told = await _tried(system, act)
    others = before.others_share(Work.now())
    if others >= BUSY_SHARE:
        told = f"{told}; others use {others:.0%} of the machine"
    is_machine = is_short or others >= BUSY_SHARE
    return Judgement([*problems, *slow], told, not problems and is_machine)


@asynccontextmanager
async def _watched(system: System, seen: Seen) -> AsyncIterator[None]:
    """Watch the rooms, and sign in again and again."""
    watching = asyncio.create_task(_watch(system, seen), name="watch-act")
    signing = asyncio.create_task(_sign_in(system, seen), name="sign-in")
    try:
        yield
    finally:
        for task in (watching, signing):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _again(index: int, names: tuple[str, ...]) -> str:
    before = names[:index].count(names[index])
    return f" ({before + 1})" if before else ""


@asynccontextmanager
async def _without_its_room(system: System) -> AsyncIterator[None]:
    """Keep the hostile point's real room away, which would take back what the acts publish.

    Its agent is thrown off by them, and may be shown as down for as long.
    """
    point_id = system.province.bystander.point_id
    room = system.demo.process(f"media:{point_id}")
    system.cuts[point_id] = cut = Cut(wall_ms())
    await room.kill(is_held=True)
    try:
        yield
    finally:
        await room.start()
        cut.end_ms = wall_ms()


@asynccontextmanager
async def _somebody_speaks(system: System) -> AsyncIterator[None]:
    """Give a drawn room the floor: its pictures are judged where the stage's are a browser's."""
    speaker = system.province.communes[0].point_id
    await system.api.grant(system.meeting_id, speaker)

    async def is_shown() -> bool:
        rooms = (await system.watched(wall_ms())).values()
        shown = [room.slots[SPEAKER_SLOT].silent_ms for room in rooms if SPEAKER_SLOT in room.slots]
        return bool(shown) and all(silent is not None and silent < 200 for silent in shown)

    await until(is_shown, "the speaker is shown", within_s=20)
    try:
        yield
    finally:
        await system.api.withdraw(system.meeting_id, speaker)


async def _prepared(system: System, *which: str) -> list[Act]:
    """Make the viewer's account and the hostile point's meeting; return the acts."""
    demo = system.demo
    config = str(demo.plan.configs / "controller.toml")
    controller = commands.ours("diemcau-controller")
    named = ("nguoixem", "--password-stdin", "--config", config)
    try:
        await oneshot.run(*controller, "user", "add", *named, stdin=VIEWER_PASSWORD)
    except DemoError:  # there from an earlier time
        await oneshot.run(*controller, "user", "password", *named, stdin=VIEWER_PASSWORD)
    hostile = system.province.bystander.point_id
    own = "" if which else await _own_meeting(system, hostile)
    pki = demo.plan.point(hostile) / "pki"
    (demo.plan.folder / "target.json").write_text(
        json.dumps(
            {
                "address": demo.plan.address,
                "ports": demo.plan.ports,
                "ca_file": str(demo.plan.pki / "ca.crt"),
                "meeting_id": system.meeting_id,
                "own_meeting_id": own,
                "viewer_password": VIEWER_PASSWORD,
                "point": {
                    "id": hostile,
                    "certificate": str(pki / "point.crt"),
                    "key": str(pki / "point.key"),
                },
            }
        )
    )
    listed = await oneshot.run(sys.executable, "-m", "tests.adversary", "--list", *which)
    return [Act(act["name"], tuple(act["counters"])) for act in json.loads(listed)]


async def _own_meeting(system: System, hostile: str) -> str:
    """Book a meeting of the hostile point alone, and wait until it is on."""
    begins_at = datetime.now(UTC) + AHEAD
    ends_at = begins_at + timedelta(hours=1)
    title = "Họp của kẻ phá"
    own = await system.api.book(title, begins_at, ends_at, chair=hostile, points=[hostile])
    await asyncio.sleep(AHEAD.total_seconds() + 1)
    return own


async def _tried(system: System, act: Act) -> tuple[list[str], list[str], str]:
    """Do one act and watch; return what it broke, what was slow, and what was seen."""
    await _settled(system)
    pids = _pids(system)
    counted = await _counters(system)
    seen = Seen(wall_ms())
    problems: list[str] = []
    slow: list[str] = []
    async with _watched(system, seen):
        try:
            said = await oneshot.run(
                sys.executable, "-m", "tests.adversary",
                str(system.demo.plan.folder / "target.json"), act.name,
                netns=system.demo.place.namespace_of(STRANGER), within_s=ACT_LIMIT_S,
            )  # fmt: skip
            await asyncio.sleep(1)
        except DemoError as exc:
            said = ""
            (slow if is_late(exc) else problems).append(last_line(exc))
    after = _pids(system)
    problems += [f"{name} ended" for name, pid in pids.items() if after[name] != pid]
    grown = {n: v - counted.get(n, 0) for n, v in (await _counters(system)).items()}
    if said and act.counters and not any(grown.get(name, 0) > 0 for name in act.counters):
        problems.append(f"none of {', '.join(act.counters)} counted it")
    p95 = statistics.percentile(seen.sign_ins_s, 0.95) if seen.sign_ins_s else 9e9
    figures = (
        f"{seen.frames_per_s:.1f} frames/s, gap {seen.gap_ms:.0f} ms, "
        f"sign-in p95 {p95 * 1000:.0f} ms"
    )
    return (
        problems,
        [*slow, *_changes(seen, sign_in_limit_s=_sign_in_limit_s(system))],
        f"{figures}; {said.strip().splitlines()[-1] if said else 'not done'}",
    )


def _sign_in_limit_s(system: System) -> float:
    has_browser = system.demo.real_room is not None
    return SIGN_IN_BESIDE_A_BROWSER_LIMIT_S if has_browser else SIGN_IN_LIMIT_S


def _changes(seen: Seen, *, sign_in_limit_s: float) -> Iterator[str]:
    if seen.gap_ms > MAX_GAP_MS:
        yield f"a gap of {seen.gap_ms:.0f} ms"
    if seen.frames_per_s < MIN_FRAMES_PER_S:
        yield f"{seen.frames_per_s:.1f} frames/s"
    if statistics.percentile(seen.sign_ins_s or [9e9], 0.95) > sign_in_limit_s:
        yield "signing in was slow"


async def _settled(system: System) -> None:
    """Wait until the act before has left no trace in the rooms."""

    async def is_calm() -> bool:
        rooms = await system.watched(wall_ms())
        silences = [room.slots["stage"].silent_ms for room in rooms.values() if room.slots]
        is_live = all(silent is not None and silent < 200 for silent in silences)
        return len(silences) == len(system.province.invited) and is_live

    await until(is_calm, "the meeting is calm", within_s=20)


async def _watch(system: System, seen: Seen) -> None:
    while True:
        for point_id, room in (await system.watched(wall_ms())).items():
            for name, slot in room.slots.items():
                key = f"{point_id}/{name}"
                if key not in seen.frames and (slot.silent_ms is None or slot.silent_ms > LIVE_MS):
                    continue  # nobody speaks, so nothing is shown that could stand still
                seen.silences_ms.append(slot.silent_ms or 0)
                if system.demo.real_room is not None and _is_chairs(system, name, slot):
                    continue  # its browser sends fewer where the act takes its CPU
                seen.frames.setdefault(key, []).append((time.monotonic(), slot.frames))
        await asyncio.sleep(LOOK_EVERY_S)


def _is_chairs(system: System, name: str, slot: Slot) -> bool:
    """Return whether a slot shows the chair: the stage, and the speaker's own second picture."""
    return name == real_facts.PICTURE_SLOT or slot.number == system.province.chair.number


async def _sign_in(system: System, seen: Seen) -> None:
    """Sign in again and again as the office does, each time over a new connection."""
    plan = system.demo.plan
    body = {"user_name": USER, "password": plan.password}
    while True:
        began_s, took_s = time.monotonic(), 9e9
        try:
            async with httpx.AsyncClient(verify=system.api.tls, timeout=10) as client:
                answer = await client.post(f"{plan.url}/api/v1/session", json=body)
                took_s = time.monotonic() - began_s
                is_in = answer.status_code == 200
                if is_in:  # a person has a bounded number of sessions, the check's among them
                    token = {"x-csrf-token": answer.json()["csrf_token"]}
                    await client.delete(f"{plan.url}/api/v1/session", headers=token)
        except httpx.HTTPError:
            is_in = False
        seen.sign_ins_s.append(took_s if is_in else 9e9)
        await asyncio.sleep(SIGN_IN_EVERY_S)


def _pids(system: System) -> dict[str, int | None]:
    return {name: process.pid for name, process in system.demo.runner.processes.items()}


async def _counters(system: System) -> dict[str, float]:
    """Return every counter of relay, web process and ingest, summed over its labels."""
    ports = system.demo.plan.ports
    total: dict[str, float] = {}
    for url in (
        f"{system.demo.plan.relay_url}/metrics",
        f"http://127.0.0.1:{ports['http']}/metrics",
        f"http://127.0.0.1:{ports['ingest_metrics']}/metrics",
    ):
        async with httpx.AsyncClient(verify=system.api.tls, timeout=10) as client:
            text = (await client.get(url)).text
        for line in text.splitlines():
            name = line.split("{")[0].split(" ")[0]
            if name.endswith("_total") and not line.startswith("#"):
                total[name] = total.get(name, 0) + float(line.rsplit(" ", 1)[1])
    return total
