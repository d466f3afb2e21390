"""What there is to see while the demo runs: one meeting after another, the floor going round."""

import asyncio
from datetime import UTC, datetime, timedelta

from scripts.demo.demo import Demo
from scripts.demo.errors import ApiRefused
from scripts.demo.waiting import until

AHEAD = timedelta(seconds=20)
LENGTH = timedelta(minutes=30)
TURN_S = 15.0
ROUNDS = 6


async def go_on(demo: Demo) -> None:
    """Hold meetings for ever; what the centre refuses is said, and tried again."""
    await _end_leftovers(demo)
    number = 1
    while True:
        try:
            await _hold(demo, number)
            number += 1
        except ApiRefused as exc:
            demo.progress.step(f"! {exc.what}")
            await asyncio.sleep(5)


async def _end_leftovers(demo: Demo) -> None:
    """End or cancel what an earlier run left on."""
    for meeting in await demo.api.get("/meetings"):
        if meeting["state"] in ("live", "scheduled"):
            move = "end" if meeting["state"] == "live" else "cancel"
            await demo.api.post(f"/meetings/{meeting['meeting_id']}/{move}")


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

    await until(is_live, "the meeting is live", within_s=60, every_s=0.5)
    say(f"meeting {number} is live")
    for _ in range(ROUNDS):
        for commune in province.communes:
            await api.grant(meeting_id, commune.point_id)
            say(f"{commune.name} has the floor")
            await asyncio.sleep(TURN_S)
    await api.end(meeting_id)
    say(f"meeting {number} has ended")
