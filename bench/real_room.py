"""A real browser room for a while: its line breaks, its camera is pulled out, and it comes back.

    python -m bench.real_room [--minutes 10] [--unplug-every 3] [--size 720] [--codec auto]

B is a real Chromium at the end of an emulated line (40 ms each way), a film that is drawn as it
is read its camera; the chair beside the relay says what it sees and hears. Every minute the line
is cut for three seconds, every few minutes the camera is away for five. The times are from the
line's, or the camera's, return to the first picture and sound at the chair. Nobody touches
anything. Printed beside: what each process of the room costs while nothing happens, and the
memory of diemcau-room, from after the first minute on.

A long meeting, two hours: --minutes 120 --unplug-every 10.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scripts import build_web
from scripts.demo.camera.names import CAMERA
from tests.fakes.rooms import Room, Rooms
from tests.lab.rooms_on_line import rooms_on_line
from tests.lab.shape import Shape
from tests.lab.site import EmulatedLine, a_site
from tests.waiting import until

RESULTS = Path(__file__).parent / "results" / "real_room.json"
TIMES = {360: 1, 720: 2}
BITRATE_BPS = {360: 600_000, 720: 1_500_000}
LINE = Shape(delay_ms=40)
CUT_S, UNPLUGGED_S = 3.0, 5.0
BACK_WITHIN_S = 30.0
LOOK_EVERY_S = 0.02
QUIET_S = 20.0
PICTURE, SOUND = "speaker", "sound-1"


@dataclass(slots=True)
class Soak:
    """What was seen."""

    picture_back_s: list[float] = field(default_factory=list)
    sound_back_s: list[float] = field(default_factory=list)
    camera_back_s: list[float] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    core_shares: dict[str, float] = field(default_factory=dict)


def frames(room: Room) -> tuple[int, int]:
    """Return how many pictures and sounds of the other a room has decoded."""
    meeting = room.meeting()
    sound = meeting.get("sounds", {}).get(SOUND, {})
    return meeting.get("videos", {}).get(PICTURE, {}).get("frames", 0), sound.get("frames", 0)


async def back_after(room: Room, before: tuple[int, int]) -> tuple[float, float]:
    """Return after how long the next picture and sound are there, in seconds.

    What is not there within BACK_WITHIN_S counts as that long, and the room goes on.
    """
    began_s = time.monotonic()
    found: list[float | None] = [None, None]
    while None in found and (now_s := time.monotonic() - began_s) <= BACK_WITHIN_S:
        for index, (old, new) in enumerate(zip(before, frames(room), strict=True)):
            if found[index] is None and new > old:
                found[index] = now_s
        await asyncio.sleep(LOOK_EVERY_S)
    picture_s, sound_s = (BACK_WITHIN_S if at_s is None else at_s for at_s in found)
    return picture_s, sound_s


async def blip(chair: Room, line: EmulatedLine, soak: Soak) -> None:
    """Cut the line for three seconds."""
    line.cut()
    await asyncio.sleep(CUT_S)
    before = frames(chair)
    line.become(LINE)
    picture_s, sound_s = await back_after(chair, before)
    soak.picture_back_s.append(round(picture_s, 2))
    soak.sound_back_s.append(round(sound_s, 2))


async def unplug(chair: Room, camera: subprocess.Popen[bytes], soak: Soak) -> None:
    """Pull the camera out for five seconds."""
    camera.send_signal(signal.SIGUSR1)
    await asyncio.sleep(UNPLUGGED_S)
    before = frames(chair)
    camera.send_signal(signal.SIGUSR2)
    picture_s, _ = await back_after(chair, (before[0], -1))
    soak.camera_back_s.append(round(picture_s, 2))


def processes(room: Room) -> Iterator[tuple[str, psutil.Process]]:
    """Yield the room's process and those of its browser, by what each is for."""
    yield "diemcau-room", psutil.Process(room.pid)
    for child in psutil.Process().children(recursive=True):
        try:
            words = child.cmdline()
        except psutil.NoSuchProcess:
            continue
        if not any("chromium" in word for word in words[:1]):
            continue
        line = " ".join(words)
        kind = re.search(r"--utility-sub-type=([\w.]+)|--type=([\w-]+)", line)
        name = (kind.group(1) or kind.group(2)) if kind else "browser"
        yield f"chromium {name.rsplit('.', 1)[-1]}", child


def spent_s(room: Room) -> dict[str, float]:
    """Return the processor seconds of each kind of process so far."""
    found: dict[str, float] = defaultdict(float)
    for name, process in processes(room):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found[name] += times.user + times.system
    return found


async def quiet(room: Room, soak: Soak) -> None:
    """Measure what each process costs while nothing happens."""
    before, began_s = spent_s(room), time.monotonic()
    await asyncio.sleep(QUIET_S)
    seconds = time.monotonic() - began_s
    after = spent_s(room)
    shares = {name: (after[name] - before.get(name, 0)) / seconds for name in sorted(after)}
    soak.core_shares = {name: round(share, 3) for name, share in shares.items() if share > 0}


@contextmanager
def a_camera(folder: Path, size: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the film that is B's camera until the block ends."""
    what = (str(folder), "2", "UBND xã Vân Sơn", str(TIMES[size]))
    camera = subprocess.Popen([sys.executable, "-m", "scripts.demo.camera", *what])
    try:
        yield camera
    finally:
        camera.kill()
        camera.wait()


async def soaked(
    rooms: Rooms, line: EmulatedLine, camera: subprocess.Popen[bytes], given: argparse.Namespace
) -> Soak:
    """Let it go on for so many minutes."""
    soak = Soak()
    await quiet(rooms.b, soak)
    for minute in range(1, given.minutes + 1):
        begins_s = time.monotonic()
        soak.memory_mib.append(round(psutil.Process(rooms.b.pid).memory_info().rss / 2**20, 1))
        await blip(rooms.chair, line, soak)
        if minute % given.unplug_every == 0:
            await unplug(rooms.chair, camera, soak)
        back_s = (soak.picture_back_s[-1], soak.sound_back_s[-1])
        print(minute, *back_s, soak.memory_mib[-1], f"load {os.getloadavg()[0]:.1f}", flush=True)
        await asyncio.sleep(max(0.0, begins_s + 60 - time.monotonic()))
    return soak


async def run(folder: Path, given: argparse.Namespace) -> dict[str, object]:
    """Run it and return the result."""
    devices = folder / "devices"
    with a_site(folder) as site, a_camera(devices, given.size) as camera:
        await until((devices / CAMERA).exists, 20, "the camera is there")
        line = site.lines[0]
        line.become(LINE)
        async with rooms_on_line(
            folder,
            site,
            maker="browser",
            bitrate_bps=BITRATE_BPS[given.size],
            codec=given.codec,
            camera_file=devices / CAMERA,
        ) as rooms:
            soak = await soaked(rooms, line, camera, given)
            codec = rooms.chair.meeting().get("videos", {}).get(PICTURE, {}).get("codec")
    first, last = soak.memory_mib[min(1, len(soak.memory_mib) - 1)], soak.memory_mib[-1]
    return {
        "name": f"a real browser room for {given.minutes} min, {given.size}p25, {codec}",
        "after a cut of 3 s, picture back (s)": soak.picture_back_s,
        "after a cut of 3 s, sound back (s)": soak.sound_back_s,
        "after the camera was put in, picture back (s)": soak.camera_back_s,
        "memory of diemcau-room (MiB)": soak.memory_mib,
        "its growth after the first minute": f"{(last - first) / first:+.1%}",
        "share of a core": soak.core_shares,
    }


async def main() -> None:
    """Run it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--unplug-every", type=int, default=3)
    parser.add_argument("--size", type=int, choices=sorted(TIMES), default=720)
    parser.add_argument("--codec", choices=["auto", "vp8", "h264"], default="auto")
    given = parser.parse_args()
    build_web.build()
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as folder:
        result = await run(Path(folder), given)
    print(json.dumps(result, indent=2, ensure_ascii=False))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(asyncio.run(main()))
