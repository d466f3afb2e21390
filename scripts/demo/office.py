"""An office's day, step by step, as its people do it on the pages, from rooms, through the API."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scripts.demo import commands, configs, oneshot
from scripts.demo.api import Json
from scripts.demo.demo import Demo
from scripts.demo.province import Point
from scripts.demo.waiting import until

SERIES = "Giao ban tuần"
SERIES_DATES = 3
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # 8 o'clock in Vietnam is the same day
# Farther off than any rehearsal that the centre asks for by itself.
SERIES_AHEAD = timedelta(days=8)
CONTENT = "Các xã báo cáo tình hình mưa lũ, số hộ phải di dời."
CONCLUSIONS = "Giao Sở Nông nghiệp và Môi trường tổng hợp trước 17 giờ."


async def book_series(demo: Demo) -> list[str]:
    """Book a weekly meeting, invite everybody to its first date; return its meetings."""
    api, province = demo.api, demo.province
    begins_at = (datetime.now(UTC) + SERIES_AHEAD).replace(
        hour=1, minute=0, second=0, microsecond=0
    )
    made = await api.post(
        "/series", classification="normal", title=SERIES,
        chair_point_id=province.chair.point_id,
        point_ids=[point.point_id for point in province.invited],
        begins_at=begins_at.isoformat(), ends_at=(begins_at + timedelta(hours=1)).isoformat(),
        rule=f"FREQ=WEEKLY;BYDAY={_DAYS[begins_at.weekday()]};COUNT={SERIES_DATES}",
        holidays="keep",
    )  # fmt: skip
    ids = [str(one["meeting_id"]) for one in made["meetings"]]
    await api.form(f"/meetings/{ids[0]}/invitations")
    return ids


async def book_tomorrow(demo: Demo, title: str, chair: str, points: Sequence[str]) -> str:
    """Book a meeting of tomorrow and return its id."""
    begins_at = (datetime.now(UTC) + timedelta(days=1, hours=2)).replace(microsecond=0)
    return await demo.api.book(
        title, begins_at, begins_at + timedelta(hours=1), chair=chair, points=list(points)
    )


async def rehearse(demo: Demo, meeting_id: str) -> None:
    """Press "test all points now"."""
    await demo.api.post(f"/meetings/{meeting_id}/rehearsals", which="all")


async def verdicts(
    demo: Demo, meeting_id: str, points: Sequence[str], *, within_s: float
) -> dict[str, Json]:
    """Wait until some points' results are judged; return the board's row of each point."""

    async def are_judged() -> dict[str, Json] | None:
        shown = await demo.api.get(f"/meetings/{meeting_id}/rehearsals")
        rows = {str(one["point_id"]): one for one in shown["points"]}
        is_over = bool(shown["runs"]) and shown["runs"][0]["over_at"] is not None
        are = is_over or all(rows[one]["tried_at"] is not None for one in points)
        return rows if are else None

    return await until(are_judged, "the rehearsal is judged", within_s=within_s, every_s=0.5)


async def raise_hand(demo: Demo, point: Point) -> None:
    """Ask for the floor in a room, by the key that is bound there.

    Raises:
        DemoError: the room says that it was not taken, as while its line is bad.
    """
    await oneshot.run(
        *commands.ours("diemcau-room"), "hand", "up",
        "--config", str(configs.media_file(demo.plan, point)),
        netns=demo.place.namespace_of(point.point_id),
    )  # fmt: skip


async def queue(demo: Demo, meeting_id: str) -> list[str]:
    """Return who waits for the floor, the first of them first."""
    return [str(one["who"]) for one in await demo.api.get(f"/meetings/{meeting_id}/queue")]


async def call_roll(demo: Demo, meeting_id: str) -> Json:
    """Confirm what is proposed and close the roll; return it."""
    address = f"/meetings/{meeting_id}/roll-call"
    await demo.api.post(f"{address}/confirm")
    await demo.api.post(f"{address}/close")
    shown: Json = await demo.api.get(address)
    return shown


async def lock_minutes(demo: Demo, meeting_id: str) -> Json:
    """Write the minutes and lock them; return them with their files."""
    address = f"/meetings/{meeting_id}/minutes"
    shown = await demo.api.get(address)
    await demo.api.put(
        address, version=shown["version"], number="12/BB-VP", content=CONTENT,
        conclusions=CONCLUSIONS,
    )  # fmt: skip
    await demo.api.post(f"{address}/lock")
    locked: Json = await demo.api.get(address)
    return locked


async def is_kept(demo: Demo, meeting_id: str, *, within_s: float) -> Json:
    """Wait for what is kept of a meeting that is over."""

    async def found() -> Json | None:
        answer = await demo.api.client.get(f"/api/v1/meetings/{meeting_id}/record")
        kept: Json | None = answer.json() if answer.status_code == 200 else None
        return kept

    return await until(found, "what is kept of the meeting", within_s=within_s, every_s=0.5)
