"""A real meeting over the worst lines of a province: what is seen and heard at both ends.

The chair's room is beside the relay; B is behind the line and speaks, as the testcard and as a
real Chromium with a file for its camera. "B" is what B sees and hears of the chair, "chair"
what the chair sees and hears of B; "browser", which sizes B's own page sends and plays, and how
long sound was made up there. Ends by itself; needs root.

    python -m bench.lines [--makers testcard,browser] [--lines NAME,...] [--seconds 20]

Ten minutes without any line (or fewer, by --long-outage):

    python -m bench.lines --lines outage-long [--long-outage 600]
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from bench import _page_ear
from tests.fakes.rooms import Room, Rooms, now_ms
from tests.lab.emulator import Reading
from tests.lab.rooms_on_line import Maker, rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import Site, a_site

RESULTS = Path(__file__).parent / "results" / "lines.json"
LONG_OUTAGE_S = 600
OUTAGE_S = 20
SETTLE_S = 5.0
BACK_LIMIT_S = 20.0
RETURNS_S = 13.0
FLOWING_FPS = 15.0
SOUND_GAP_MS = 100
BITRATE_BPS = 1_200_000
SLOTS = {"B": ("stage", "sound-0"), "chair": ("speaker", "sound-1")}

CLEAN = Shape()
STEADY = {
    "clean": CLEAN,
    "80ms-2%-2M": Shape(delay_ms=40, loss_ratio=0.02, rate_bps=2e6),
    "250ms-5%-700k": Shape(delay_ms=125, loss_ratio=0.05, rate_bps=700e3),
    "64k": Shape(delay_ms=20, rate_bps=64e3),
    "bursty-10%": Shape(delay_ms=20, loss_ratio=0.1, burst_packets=5),
}
NARROWED = (Shape(delay_ms=20, rate_bps=2e6), Shape(delay_ms=20, rate_bps=500e3))


@dataclass(slots=True)
class Stand:
    """What a line is tried on."""

    site: Site
    rooms: Rooms
    seconds: float
    pages: list[Page]

    def ends(self) -> dict[str, Room]:
        """Return both rooms by what the table calls them."""
        return {"B": self.rooms.b, "chair": self.rooms.chair}


def seen(state: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the slots of picture and sound that this end is judged by."""
    found = state.get("meeting") or {}
    picture, sound = SLOTS[name]
    return found.get("videos", {}).get(picture) or {}, found.get("sounds", {}).get(sound) or {}


async def interval(stand: Stand, seconds: float) -> dict[str, Any]:
    """Return what both ends saw and heard over some seconds, and what the line carried."""
    line = stand.site.lines[0]
    line.read()
    since_ms = now_ms()
    before = {name: seen(room.state(), name) for name, room in stand.ends().items()}
    for page in stand.pages:
        await _page_ear.begin(page)
    await asyncio.sleep(seconds)
    found: dict[str, Any] = {"line": _carried(line.read(), seconds)}
    for name, room in stand.ends().items():
        picture, sound = seen(room.state(since_ms), name)
        old_picture, old_sound = before[name]
        gaps = [gap["ms"] for gap in picture.get("gaps", [])]
        sound_gaps = [gap["ms"] for gap in sound.get("gaps", [])]
        found[name] = {
            "fps": round((picture.get("frames", 0) - old_picture.get("frames", 0)) / seconds, 1),
            "longest_gap_ms": max([*gaps, picture.get("silent_ms") or 0]),
            "sound_per_s": round(
                (sound.get("frames", 0) - old_sound.get("frames", 0)) / seconds, 1
            ),
            "sound_gaps": sum(gap > SOUND_GAP_MS for gap in sound_gaps),
            "longest_sound_gap_ms": max(sound_gaps, default=0),
            "concealed": sound.get("concealed", 0) - old_sound.get("concealed", 0),
            "keyframe_requests": picture.get("keyframe_requests", 0)
            - old_picture.get("keyframe_requests", 0),
        }
    for page in stand.pages:
        found["browser"] = await _page_ear.heard(page)
    return found


def _carried(reading: Reading, seconds: float) -> dict[str, Any]:
    return {
        name: {
            "kbps": round(way.octets * 8 / seconds / 1000),
            "queue_p95_ms": way.queue_p95_ms,
            "queue_max_ms": way.queue_max_ms,
            "lost": way.lost + way.too_large,
            "overflowed": way.overflowed,
        }
        for name, way in (("up", reading.up), ("down", reading.down))
    }


async def steady(stand: Stand, shape: Shape) -> dict[str, Any]:
    """Try a line as it is, and how long it takes until all is well when it has become clean."""
    stand.site.lines[0].become(shape)
    await asyncio.sleep(SETTLE_S)
    found = await interval(stand, stand.seconds)
    stand.site.lines[0].become(CLEAN)
    began_s = time.monotonic()
    found["back_s"] = {
        name: await flows(room, name, began_s) for name, room in stand.ends().items()
    }
    return found


async def flows(room: Room, name: str, began_s: float) -> float | None:
    """Return how long after a moment pictures flow again; None: not within the limit."""
    last = -1
    while time.monotonic() - began_s < BACK_LIMIT_S:
        frames = seen(room.state(), name)[0].get("frames", 0)
        if last >= 0 and frames - last >= FLOWING_FPS / 2:
            return round(time.monotonic() - began_s - 0.5, 1)
        last = frames
        await asyncio.sleep(0.5)
    return None


async def narrowed(stand: Stand) -> dict[str, Any]:
    """Let the uplink fall from 2 Mbit/s to 500 kbit/s: the queue in the first and later seconds."""
    line, (wide, narrow) = stand.site.lines[0], NARROWED
    line.become(wide, CLEAN)
    await asyncio.sleep(2 * SETTLE_S)
    before = await interval(stand, SETTLE_S)
    line.become(narrow, CLEAN)
    first = await interval(stand, 2.0)
    later = await interval(stand, stand.seconds)
    line.become(CLEAN)
    return {"before": before["line"]["up"], "first_2s": first["line"]["up"], **later}


async def outage(stand: Stand, seconds: float) -> dict[str, Any]:
    """Cut the line and mend it: how long after it the first picture and sound come."""
    line = stand.site.lines[0]
    line.cut()
    await asyncio.sleep(seconds)
    before = {name: _counts(room, name) for name, room in stand.ends().items()}
    line.become(CLEAN)  # the other line is cut anyhow
    since_ms, began_s = now_ms(), time.monotonic()
    back = await asyncio.gather(
        *(_back(room, name, before[name], began_s) for name, room in stand.ends().items())
    )
    found = await recovered(stand, since_ms)
    for name, (picture_s, sound_s) in zip(stand.ends(), back, strict=True):
        found[name] |= {"picture_back_s": picture_s, "sound_back_s": sound_s}
    return found


def _counts(room: Room, name: str) -> tuple[int, int]:
    picture, sound = seen(room.state(), name)
    return picture.get("frames", 0), sound.get("frames", 0)


async def _back(
    room: Room, name: str, before: tuple[int, int], began_s: float
) -> tuple[float | None, float | None]:
    """Return how long after a moment the first picture and sound were decoded."""
    found: list[float | None] = [None, None]
    while None in found and time.monotonic() - began_s < BACK_LIMIT_S:
        now = await asyncio.to_thread(_counts, room, name)
        for index in (0, 1):
            if found[index] is None and now[index] > before[index]:
                found[index] = round(time.monotonic() - began_s, 2)
        await asyncio.sleep(0.02)
    return found[0], found[1]


async def recovered(stand: Stand, since_ms: int) -> dict[str, Any]:
    """Return the gap that each end saw around a moment, and how much of it lay behind it."""
    await asyncio.sleep(BACK_LIMIT_S / 2)
    found: dict[str, Any] = {}
    for name, room in stand.ends().items():
        picture, sound = seen(room.state(since_ms), name)
        found[name] = {
            "picture": _after(picture, since_ms),
            "sound": _after(sound, since_ms),
        }
        link = room.meeting()
        for way in ("play", "publish"):
            facts = link.get(way) or {}
            found[name][way] = [facts.get("negotiations"), facts.get("ice_restarts")]
    return found


def _after(slot: dict[str, Any], since_ms: int) -> dict[str, Any]:
    gaps = [gap for gap in slot.get("gaps", []) if gap["until_ms"] >= since_ms]
    longest = max(gaps, key=lambda gap: int(gap["ms"]), default=None)
    last = max((gap["until_ms"] for gap in gaps), default=since_ms)
    return {
        "longest_gap_ms": longest["ms"] if longest else 0,
        "first_after_ms": max(0, gaps[0]["until_ms"] - since_ms) if gaps else 0,
        "steady_after_ms": last - since_ms,
        "silent_ms": slot.get("silent_ms"),
    }


async def moved(stand: Stand) -> dict[str, Any]:
    """Take the site's address away and give it another on the same line."""
    line = stand.site.lines[0]
    since_ms = now_ms()
    number = int(line.address.rpartition(".")[2]) + 1
    stand.site.move(line, f"{line.net}{number}")
    return await recovered(stand, since_ms)


async def taken_over(stand: Stand) -> dict[str, Any]:
    """Cut the first line without a word: the second one takes over."""
    first, second = stand.site.lines
    second.become(CLEAN)
    await asyncio.sleep(SETTLE_S)
    since_ms = now_ms()
    first.cut()
    found = await recovered(stand, since_ms)
    first.become(CLEAN)
    await asyncio.sleep(RETURNS_S)
    second.cut()
    return found


Trial = Callable[[Stand], Awaitable[dict[str, Any]]]


def trials(long_outage_s: float = LONG_OUTAGE_S) -> dict[str, Trial]:
    """Return every line by its name."""
    found: dict[str, Trial] = {}
    for name, shape in STEADY.items():
        found[name] = lambda stand, shape=shape: steady(stand, shape)  # type: ignore[misc]
    found["2M-500k"] = narrowed
    found["outage-20s"] = lambda stand: outage(stand, OUTAGE_S)
    found["address"] = moved
    found["takeover"] = taken_over
    found["outage-long"] = lambda stand: outage(stand, long_outage_s)
    return found


async def tried(
    maker: Maker, names: list[str], seconds: float, long_outage_s: float
) -> dict[str, Any]:
    """Return what every line gave."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dc-lines-") as text:
        folder = Path(text)
        with a_site(folder, lines=2) as site:
            pages: list[Page] = []
            async with rooms_on_line(
                folder,
                site,
                maker=maker,
                bitrate_bps=BITRATE_BPS,
                pages=pages,
                page_script=_page_ear.SCRIPT,
            ) as rooms:
                stand = Stand(site, rooms, seconds, pages)
                site.lines[1].cut()
                for name in names:
                    await asyncio.sleep(SETTLE_S)
                    found[name] = await trials(long_outage_s)[name](stand)
                    print(maker, name, json.dumps(found[name]), flush=True)
    return found


async def main() -> None:
    """Run it, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--makers", default="testcard,browser")
    parser.add_argument("--lines", default=",".join(n for n in trials() if n != "outage-long"))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--long-outage", type=float, default=LONG_OUTAGE_S)
    arguments = parser.parse_args()
    names = arguments.lines.split(",")
    found = {
        maker: await tried(maker, names, arguments.seconds, arguments.long_outage)
        for maker in arguments.makers.split(",")
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
