"""The floor changes hands a thousand times, and a real Chromium watches.

    python -m bench.switches [--count 1000] [--seed 1]

Two rooms (the testcard) have the floor by turns, each for 0.3 to 1 s; the page reads in every
picture of the slot whose it is. A switch takes from the centre's word to the first picture of the
one who has the floor now. Counted besides: pauses between two pictures, and whatever would be a
negotiation. A thousand take twelve minutes. Of those that took too long it says when the relay had
heard of them, how long pictures waited in the browser's buffer, and by how much this process itself
was late in that while: a machine that has no time for it has none for a browser.
"""

import argparse
import asyncio
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Page

from contracts.floor import FloorState
from tests.browser.relay.test_chromium import JOIN, chromium
from tests.fakes.relay import B, C, RelayProcess, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

LEAST_S, MOST_S = 0.3, 1.0
SETTLE_S = 5.0
LOOK_S = 0.01
LATE_WITHIN_MS = 400
SWITCH_BOUND_MS, FREEZE_BOUND_MS = 300, 200
NUMBERS = {B: 1, C: 2}
WATCH = """() => {
  const video = videos.speaker;
  video.style = "position: fixed; top: 0; left: 0; width: 640px";
  window.watched = { shown: [], pauses: [], buffered: [], frames: 0, unread: 0, negotiations: 0 };
  pc.addEventListener("negotiationneeded", () => watched.negotiations++);
  pc.addEventListener("signalingstatechange", () => watched.negotiations++);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [20, 3];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let last = 0, number = 0;
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    const [width, height] = [video.videoWidth, video.videoHeight];
    context.drawImage(video, 0, height * 13 / 15, width, height * 2 / 15, 0, 0, 20, 3);
    const blocks = context.getImageData(0, 0, 8, 1).data;
    let read = 0;
    for (let bit = 0; bit < 8; bit++) read = read * 2 + (blocks[bit * 4] > 126 ? 1 : 0);
    watched.frames++;
    if (last) watched.pauses.push([last, now - last]);
    last = now;
    if (read !== 1 && read !== 2) watched.unread++;
    else if (read !== number) watched.shown.push([now, (number = read)]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  let held = 0, count = 0;
  setInterval(async () => {
    const found = [...(await pc.getStats()).values()].find(
      (one) => one.type === "inbound-rtp" && one.mid === "1" && one.kind === "video");
    if (!found) return;
    const [before, was] = [held, count];
    [held, count] = [found.jitterBufferDelay, found.jitterBufferEmittedCount];
    const ms = (held - before) / Math.max(1, count - was) * 1000;
    watched.buffered.push([performance.timeOrigin + performance.now(), ms]);
  }, 500);
}"""
SLOT = """async () => [...(await pc.getStats()).values()]
  .find((one) => one.type === "inbound-rtp" && one.mid === "1" && one.kind === "video")"""


Late = tuple[float, float]  # when, and by how many milliseconds


@dataclass(frozen=True, slots=True)
class Switch:
    """When the centre gave the floor, in milliseconds since 1970, and to whose number."""

    at_ms: float
    number: int


async def lateness(found: list[Late]) -> None:
    """Note by how many milliseconds a wait of ten is late, and when, until cancelled."""
    while True:
        before_s = time.monotonic()
        await asyncio.sleep(LOOK_S)
        found.append((time.time() * 1000, (time.monotonic() - before_s - LOOK_S) * 1000))


def told_long(
    switches: list[Switch], watched: dict[str, Any], relay: RelayProcess, late: list[Late]
) -> None:
    """Print of each that took too long where the time may have gone."""
    waits, buffered = waits_ms(switches, watched["shown"]), watched["buffered"]
    if buffered:
        print(f"pictures wait in the browser's buffer for {median(m for _, m in buffered):.0f} ms")
    applied = {
        event.floor.epoch: event.happened_at.timestamp() * 1000
        for event in relay.centre.events
        if event.kind == "floor_applied" and event.floor is not None
    }
    for epoch, (one, wait) in enumerate(zip(switches, waits, strict=True), start=2):
        if wait is not None and wait <= SWITCH_BOUND_MS:
            continue
        heard = applied.get(epoch)
        worst = max((ms for at, ms in late if 0 <= at - one.at_ms <= LATE_WITHIN_MS), default=0.0)
        shown, told = (
            "-" if value is None else f"{value:.0f}"
            for value in (wait, None if heard is None else heard - one.at_ms)
        )
        print(
            f"  {epoch}: shown after {shown} ms, the relay heard after {told}, late by {worst:.0f}"
        )


async def switched(relay: RelayProcess, count: int, chance: random.Random) -> list[Switch]:
    """Give the floor to one and the other, so many times."""
    found = []
    holder, previous = B, C
    for epoch in range(2, count + 2):
        holder, previous = previous, holder
        floor = FloorState(epoch=epoch, holders=(holder,), previous_speaker=previous)
        found.append(Switch(time.time() * 1000, NUMBERS[holder]))
        await relay.centre.declare(meeting(floor=floor, generation=epoch))
        await asyncio.sleep(chance.uniform(LEAST_S, MOST_S))
        if epoch % 100 == 0:
            print(f"{epoch} ...", flush=True)
    return found


def waits_ms(switches: list[Switch], shown: list[tuple[float, int]]) -> list[float | None]:
    """Return how long each took to be shown; None: the next came first."""
    ends = [one.at_ms for one in switches[1:]] + [float("inf")]
    return [
        next((at - one.at_ms for at, n in shown if one.at_ms <= at < end and n == one.number), None)
        for one, end in zip(switches, ends, strict=True)
    ]


def printed(switches: list[Switch], watched: dict[str, Any], stats: dict[str, Any]) -> bool:
    """Print what was seen; return whether it is within the bounds."""
    waits = waits_ms(switches, watched["shown"])
    seen = sorted(wait for wait in waits if wait is not None)
    over = sum(wait > SWITCH_BOUND_MS for wait in seen)
    first_ms, last_ms = switches[0].at_ms, switches[-1].at_ms
    pauses = sorted(p for at, p in watched["pauses"] if first_ms <= at <= last_ms)
    frozen = [round(pause) for pause in pauses if pause > FREEZE_BOUND_MS]
    print(
        f"{len(switches)} switches, {len(seen)} seen: p50 {seen[len(seen) // 2]:.0f}, "
        f"p95 {seen[int(0.95 * len(seen))]:.0f}, p99 {seen[int(0.99 * len(seen))]:.0f}, "
        f"longest {seen[-1]:.0f} ms (<= {SWITCH_BOUND_MS}; {over} longer)"
    )
    print(
        f"{len(pauses)} pictures, longest pause {pauses[-1]:.0f} ms "
        f"(<= {FREEZE_BOUND_MS}; longer: {frozen})"
    )
    told = ("framesDecoded", "keyFramesDecoded", "framesDropped", "freezeCount", "pliCount")
    print(", ".join(f"{name} {stats.get(name)}" for name in told), f"unread {watched['unread']}")
    print(f"negotiations: {watched['negotiations']}")
    is_seen = len(seen) == len(switches) and not over
    return is_seen and not frozen and not watched["negotiations"]


async def watch(page: Page, relay: RelayProcess) -> str:
    """Let a page in that watches; return what it has agreed on."""
    await page.evaluate(JOIN, ["play", f"{relay.url}/whep/m1", relay.token("viewer", "play")])
    await until(lambda: page.evaluate("Boolean(videos.speaker?.videoWidth)"), 30, "it plays")
    await page.evaluate(WATCH)
    await asyncio.sleep(SETTLE_S)
    return str(await page.evaluate("pc.remoteDescription.sdp"))


async def bench(count: int, seed: int) -> bool:
    """Run it; return whether all was within the bounds."""
    with tempfile.TemporaryDirectory(prefix="dc-bench-") as name:
        folder = Path(name)
        async with (
            start_relay(folder) as relay,
            start_rooms(folder, relay, points=(B, C)) as rooms,
            chromium(relay) as open_page,
        ):
            await rooms.declare(meeting(floor=FloorState(epoch=1, holders=(B,))))
            await relay.centre.hears(lambda: "forwarding_began" in relay.centre.kinds())
            page = await open_page()
            agreed = await watch(page, relay)
            late = list[Late]()
            looking = asyncio.create_task(lateness(late))
            switches = await switched(relay, count, random.Random(seed))
            await asyncio.sleep(MOST_S)
            looking.cancel()
            await asyncio.wait({looking})
            is_same = agreed == await page.evaluate("pc.remoteDescription.sdp")
            watched = await page.evaluate("watched")
            is_good = printed(switches, watched, await page.evaluate(SLOT) or {})
            told_long(switches, watched, relay, late)
            print(f"late by more than 50 ms: {sum(ms > 50 for _, ms in late)} times of {len(late)}")
    print(f"the description is {'the same' if is_same else 'ANOTHER'}")
    return is_good and is_same


def main() -> None:
    """Run; the exit code says whether the bounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    raise SystemExit(not asyncio.run(bench(given.count, given.seed)))


if __name__ == "__main__":
    main()
