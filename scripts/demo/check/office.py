"""An office's day from outside: invited, booked twice, rehearsed, asked for the floor, called."""

import asyncio
import hashlib
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from scripts.demo import office
from scripts.demo.api import Json
from scripts.demo.check import names, opened
from scripts.demo.check.opened import Invited
from scripts.demo.check.system import System
from scripts.demo.errors import ApiRefused, DemoError, NotReady
from scripts.demo.province import Point
from scripts.demo.provision import WITHOUT_MACHINE, address_of
from scripts.demo.waiting import until

FACTS_OF_BOOKING = (names.INVITED, names.REFUSED_TWICE)
FACTS_OF_HANDS = (names.TWO_ASK, names.ONE_HOLDER)
FACTS_OF_ROLL = (names.ROLL_CALLED, names.FILES_OPEN)
LETTERS_WITHIN_S, HANDS_WITHIN_S = 30.0, 15.0
# Where nothing keeps the clock right the centre begins no meeting in its first minute.
BEGUN_WITHIN_S = 70.0
# A minute in which rooms announce it, a turn, and what the machine needs.
REHEARSED_WITHIN_S = 150.0
# Who does not answer is given up a minute after its turn.
MISSED_WITHIN_S = REHEARSED_WITHIN_S + 60.0
KEPT_WITHIN_S = 60.0
PER_PAGE = 200


async def booked(system: System) -> None:
    """A series is booked and invited to; a date of it is not moved to where a room is taken."""
    began_s = time.time()
    series = await office.book_series(system.demo)
    wanted = {address_of(point) for point in system.province.communes}
    found: list[Invited] = []

    async def are_there() -> bool:
        found[:] = _invitations(system, began_s)
        return wanted <= {one.to for one in found}

    first = await system.api.get(f"/meetings/{series[0]}")
    begins_at = datetime.fromisoformat(first["begins_at"])
    with suppress(NotReady):  # what is missing is said by the fact
        await until(are_there, "the letters are there", within_s=LETTERS_WITHIN_S)
    right = [
        one for one in found
        if (one.method, one.title, one.begins_at) == ("REQUEST", office.SERIES, begins_at)
    ]  # fmt: skip
    system.facts.hold(
        names.INVITED,
        sorted(one.to for one in right) == sorted(wanted) and len(found) == len(right),
        f"{len(right)} of {len(wanted)} letters in {time.time() - began_s:.1f} s, "
        f"{len({one.uid for one in right})} meeting",
        "one each",
    )
    await _refused_twice(system, series, begins_at)


async def _refused_twice(system: System, series: list[str], begins_at: datetime) -> None:
    """A meeting of one commune, and a date of the series moved to its time."""
    commune, at = system.province.communes[0].point_id, begins_at + timedelta(days=1)
    other, until_ = "Họp thôn", at + timedelta(hours=1)
    one = await system.api.book(other, at, until_, chair=commune, points=[commune])
    asked = f"begins_at={_in_address(at)}&ends_at={_in_address(until_)}&point_id={commune}"
    named = [clash["title"] for clash in await system.api.get(f"/meetings/clashes?{asked}")]
    moved = {"begins_at": (at + timedelta(minutes=30)).isoformat(),
             "ends_at": (until_ + timedelta(minutes=30)).isoformat()}  # fmt: skip
    try:
        await system.api.post(f"/series/dates/{series[1]}/move", **moved)
        figure = "it was moved there"
    except ApiRefused as exc:
        is_reasoned = exc.status == 409 and other in exc.answer
        figure = f"{exc.status}" if is_reasoned else f"{exc.status}, without a reason"
    is_held = named == [other] and figure == "409"
    system.facts.hold(
        names.REFUSED_TWICE, is_held, f"said of it: {', '.join(named) or 'nothing'}; {figure}",
        "named; 409",
    )  # fmt: skip
    await system.api.post(f"/meetings/{one}/cancel")


def _in_address(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _invitations(system: System, since_s: float) -> list[Invited]:
    files = sorted(system.demo.plan.mail.glob("*.eml"))
    letters = (
        opened.invitation(one.read_bytes()) for one in files if one.stat().st_mtime >= since_s
    )
    return [one for one in letters if one is not None]


async def rehearsed(system: System) -> None:
    """The bystander is rehearsed: its own machine joins, sends, receives and is judged."""
    point = system.province.bystander.point_id
    found = await _rehearsed_alone(system, "Họp phòng chống bão", point, REHEARSED_WITHIN_S)
    is_there = found["verdict"] in ("ready", "at_risk")
    system.facts.hold(names.REHEARSED, is_there, _told(found), "ready")


async def missed(system: System) -> None:
    """A room that is not there is given up a minute after its turn."""
    found = await _rehearsed_alone(system, "Họp tổ công tác", WITHOUT_MACHINE, MISSED_WITHIN_S)
    is_named = found["verdict"] == "not_ready" and bool(found["cause"])
    system.facts.hold(names.MISSED, is_named, _told(found), "not ready, with a cause")


async def _rehearsed_alone(system: System, title: str, point: str, within_s: float) -> Json:
    """Rehearse a point for a meeting of tomorrow, cancelled afterwards; return its row."""
    meeting_id = await office.book_tomorrow(system.demo, title, point, [point])
    await office.rehearse(system.demo, meeting_id)
    rows = await office.verdicts(system.demo, meeting_id, [point], within_s=within_s)
    await system.api.post(f"/meetings/{meeting_id}/cancel")
    return rows[point]


def _told(row: Json) -> str:
    return f"{row['verdict']} {row['cause'] or ''}".rstrip()


async def hands(system: System) -> None:
    """Two rooms ask; each is given the floor, and the first has it no more."""
    first, second = system.province.communes[:2]
    meeting_id, asked = system.meeting_id, [first.point_id, second.point_id]
    for point in (first, second):
        await system.api.withdraw(meeting_id, point.point_id)
    await until(partial(_is_on, system), "the centre says that it is on", within_s=BEGUN_WITHIN_S)
    began_s = time.monotonic()
    for number, point in enumerate((first, second), start=1):
        await until(
            partial(_is_waiting, system, point, number),
            f"{number} wait in the queue",
            within_s=HANDS_WITHIN_S,
        )
    waiting = await office.queue(system.demo, meeting_id)
    figure = f"{', '.join(waiting)} after {time.monotonic() - began_s:.1f} s"
    system.facts.hold(names.TWO_ASK, waiting == asked, figure, "as they asked")
    seen = []
    for point in (first, second):
        await system.api.grant(meeting_id, point.point_id)
        floor = await system.api.get(f"/meetings/{meeting_id}/floor")
        seen.append((point.point_id, list(floor["holders"])))
    is_one = all(holders == [given] for given, holders in seen)
    told = "; ".join(f"{given}: {', '.join(holders)}" for given, holders in seen)
    system.facts.hold(names.ONE_HOLDER, is_one, told, "who was given it last")


async def _is_on(system: System) -> bool:
    return bool((await system.api.get(f"/meetings/{system.meeting_id}"))["state"] == "live")


async def _is_waiting(system: System, point: Point, number: int) -> bool:
    """Press, again where the room says so, until the queue has so many."""
    with suppress(DemoError):
        await office.raise_hand(system.demo, point)
    return len(await office.queue(system.demo, system.meeting_id)) >= number


async def roll_called(system: System) -> None:
    """The roll of the meeting that was held is confirmed; what is made of it opens elsewhere."""
    demo, meeting_id = system.demo, system.held_id
    began_s = time.monotonic()
    kept = await office.is_kept(demo, meeting_id, within_s=KEPT_WITHIN_S)
    roll = await office.call_roll(demo, meeting_id)
    invited = {point.point_id for point in system.province.invited}
    there = {one["subject"] for one in roll["rows"] if one["state"] in ("present", "late")}
    counts = ", ".join(f"{state} {count}" for state, count in roll["counts"].items() if count)
    is_closed = roll["closed_at"] is not None
    system.facts.hold(
        names.ROLL_CALLED, there == invited and is_closed, counts, f"{len(invited)} there, closed"
    )
    minutes = await office.lock_minutes(demo, meeting_id)
    wrong = await asyncio.to_thread(_read, await _files(system, minutes), system)
    took_s = time.monotonic() - began_s
    figure = wrong or f"DOCX, PDF, two XLSX of {len(kept['participants'])} in {took_s:.1f} s"
    system.facts.hold(names.FILES_OPEN, not wrong, figure, "with names and conclusions")


async def _files(system: System, minutes: Json) -> dict[str, bytes]:
    meeting = f"/meetings/{system.held_id}"
    issued = minutes["files"][0]
    paper = await system.api.file(f"/api/v1{meeting}/minutes/files/{issued['file_id']}")
    if hashlib.sha256(paper).hexdigest() != issued["sha256"]:
        paper = b""  # another than what was handed out for signature
    return {
        "minutes.docx": await system.api.file(f"{meeting}/minutes.docx"),
        "minutes.pdf": paper,
        "roll-call.xlsx": await system.api.file(f"{meeting}/roll-call.xlsx"),
        "after.xlsx": await system.api.file(f"{meeting}/after.xlsx"),
    }


def _read(files: dict[str, bytes], system: System) -> str:
    """Return what is wrong with the files; empty: nothing."""
    names_ = [point.name for point in system.province.invited]
    wanted = {
        "minutes.docx": (opened.document, [*names_, office.CONCLUSIONS]),
        "minutes.pdf": (opened.paper, [*names_, office.CONCLUSIONS]),
        "roll-call.xlsx": (opened.table, names_),
        "after.xlsx": (opened.table, names_),
    }
    for name, (read, words) in wanted.items():
        try:
            text = read(files[name])
        except Exception as exc:  # noqa: BLE001 - each library has its own, all say the same
            return f"{name} does not open: {exc}"
        missing = [word for word in words if word not in text]
        if missing:
            return f"{name} has no “{missing[0]}”"
    return ""


async def indicators(system: System) -> None:
    """Count the month's two shares from the lists they open to."""
    period = f"period={datetime.now(UTC) + timedelta(hours=7):%Y-%m}"
    whole = (await system.api.get(f"/reports?{period}"))["whole"]
    meetings = await _all(system, f"/reports/meetings?{period}")
    turns = await _all(system, f"/reports/turns?{period}")
    online = sum(one["held_as"] != "in_person" for one in meetings)
    heard = [one["heard"] for one in turns]
    through, cut = heard.count("uninterrupted"), heard.count("interrupted")
    counted = (_share(online, len(meetings)), _share(through, through + cut))
    said = (whole["online_ratio"], whole["turns"]["uninterrupted_ratio"])
    is_all = whole["meetings"] == len(meetings) > 0 and whole["turns"]["count"] == len(turns) > 0
    system.facts.hold(
        names.INDICATORS,
        is_all and counted == said,
        f"online {said[0]} of {len(meetings)} meetings; uninterrupted {said[1]}: {through} of "
        f"{through + cut} judged, {len(turns)} turns",
        f"{counted[0]}; {counted[1]}",
    )


async def _all(system: System, address: str) -> list[Json]:
    found: list[Json] = []
    for page in range(1, 100):
        some = await system.api.get(f"{address}&page={page}")
        found += some
        if len(some) < PER_PAGE:
            break
    return found


def _share(part: int, of: int) -> float | None:
    return part / of if of else None
