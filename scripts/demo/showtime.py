"""What there is to see while the demo runs: an office's day, and one meeting after another."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx

from scripts.demo import office
from scripts.demo.demo import Demo
from scripts.demo.errors import ApiRefused, DemoError
from scripts.demo.provision import ITS_NAME, WITHOUT_MACHINE
from scripts.demo.waiting import until

AHEAD = timedelta(seconds=20)
LENGTH = timedelta(minutes=30)
TURN_S = 15.0
ROUNDS = 6
KEPT_WITHIN_S = 90.0
AGAIN_S = 5.0


async def go_on(demo: Demo) -> None:
    """Hold meetings for ever; a centre that refuses or is silent is said, and asked again."""
    await _leave(demo, "live", "scheduled")
    await _plan(demo)
    number = 1
    while True:
        try:
            await _hold(demo, number)
            number += 1
        except DemoError as exc:
            await _after_a_fault(demo, exc.what)
        except httpx.HTTPError:
            await _after_a_fault(demo, "the centre does not answer")


async def _after_a_fault(demo: Demo, what: str) -> None:
    """Say it, wait, and end what is on: its rooms are wanted for the next meeting."""
    demo.progress.step(f"! {what}")
    await asyncio.sleep(AGAIN_S)
    with suppress(DemoError, httpx.HTTPError):
        await _leave(demo, "live")


async def _leave(demo: Demo, *states: str) -> None:
    """End or cancel what an earlier meeting or run left on."""
    for meeting in await demo.api.get("/meetings"):
        if meeting["state"] in states:
            move = "end" if meeting["state"] == "live" else "cancel"
            await demo.api.post(f"/meetings/{meeting['meeting_id']}/{move}")


async def _plan(demo: Demo) -> None:
    """A weekly series with its invitations, and a rehearsal with a room that is not there."""
    url, say, point = demo.plan.url, demo.progress.step, demo.province.bystander
    try:
        series = await office.book_series(demo)
        say(f"weekly series “{office.SERIES}”, invited by e-mail: {url}/meetings/{series[0]}")
        meeting_id = await office.book_tomorrow(
            demo, "Họp phòng chống bão", point.point_id, [point.point_id, WITHOUT_MACHINE]
        )
        await office.rehearse(demo, meeting_id)
        say(
            f"{point.name} and {ITS_NAME}, which has no machine yet, are rehearsed in about three "
            f"minutes: {url}/meetings/{meeting_id}/rehearsals"
        )
    except ApiRefused as exc:
        say(f"! {exc.what}")


async def _hold(demo: Demo, number: int) -> None:
    province, api, say = demo.province, demo.api, demo.progress.step
    begins_at = datetime.now(UTC) + AHEAD
    meeting_id = await api.book(
        f"Giao ban trực tuyến số {number}",
        begins_at,
        begins_at + LENGTH,
        chair=province.chair.point_id,
        points=[point.point_id for point in province.invited],
        is_recorded=True,
    )
    local = begins_at.astimezone().strftime("%H:%M:%S")
    say(f"meeting {number} begins at {local}: {demo.plan.url}/meetings/{meeting_id}")

    async def is_live() -> bool:
        return bool((await api.get(f"/meetings/{meeting_id}"))["state"] == "live")

    await until(is_live, "the meeting is live", within_s=90, every_s=0.5)
    say(f"meeting {number} is live")
    for point in province.communes[:2]:
        with suppress(DemoError):  # as while its line is bad
            await office.raise_hand(demo, point)
            say(f"{point.name} asks for the floor")
    for _ in range(ROUNDS):
        for commune in province.communes:
            try:
                await api.grant(meeting_id, commune.point_id)
                say(f"{commune.name} has the floor")
            except httpx.HTTPError:  # as where somebody kills it, to see what becomes of it
                say("! the centre does not answer: the meeting goes on without it")
            await asyncio.sleep(TURN_S)
    await api.end(meeting_id)
    say(f"meeting {number} has ended")
    await _afterwards(demo, meeting_id)


async def _afterwards(demo: Demo, meeting_id: str) -> None:
    """Call the roll, lock the minutes, and say where files and the month's shares are."""
    say, address = demo.progress.step, f"{demo.plan.url}/meetings/{meeting_id}"
    await office.is_kept(demo, meeting_id, within_s=KEPT_WITHIN_S)
    roll = await office.call_roll(demo, meeting_id)
    there = sum(roll["counts"][state] for state in ("present", "late", "substitute"))
    say(f"roll called: {there} of {len(roll['rows'])} were there: {address}/roll-call")
    await office.lock_minutes(demo, meeting_id)
    say(f"minutes to open: {address}/minutes, the month's shares: {demo.plan.url}/reports")
