"""A meeting of two: the chair beside the relay, and B at the end of an emulated line, speaking.

B is the testcard, or a real Chromium with a file as its camera; what either sees and hears is
read from its room's own figures.
"""

import os
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, async_playwright

from contracts.desired import Live
from contracts.floor import FloorState
from contracts.ids import MeetingId
from tests.conftest import CHROMIUM
from tests.fakes.camera_file import write_camera
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import Room, Rooms, start_rooms
from tests.lab.site import KIOSK_ADDRESS, Site
from tests.waiting import until

Maker = Literal["testcard", "browser"]
B_SPEAKS = FloorState(epoch=1, holders=(B,))


@asynccontextmanager
async def rooms_on_line(
    folder: Path,
    site: Site,
    *,
    maker: Maker,
    bitrate_bps: int,
    uplink: str = "",
    codec: str = "auto",
    camera_file: Path | None = None,
    pages: list[Page] | None = None,
    page_script: str = "",
) -> AsyncIterator[Rooms]:
    """Run the meeting until the block ends; both see and hear each other when it begins.

    Args:
        uplink: lines of room.toml's [uplink], for B.
        codec: which B prefers, as [source] of its room.toml says.
        camera_file: what is the camera of B's browser; None: a film is written for it.
        pages: is given the page of B's browser, which measures.
        page_script: runs in that page before anything of its own.
    """
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(start_relay(folder))
        rooms = await stack.enter_async_context(
            start_rooms(folder, relay, points=(CHAIR, B), is_started=False)
        )
        _configure(rooms.chair, f"bitrate_bps = {bitrate_bps}")
        _configure(rooms.b, f'bitrate_bps = {bitrate_bps}\ncodec = "{codec}"')
        text = rooms.b.config.read_text().replace(relay.address, KIOSK_ADDRESS)
        if maker == "browser":
            text = text.replace('"synthetic"', '"browser"')
        rooms.b.config.write_text(f"{text}[uplink]\n{uplink}\n")
        rooms.b.prefix = site.prefix
        await rooms.start()
        rooms.b.write_live(
            Live(
                leader_epoch=1,
                generation=1,
                issued_at=datetime.now(UTC),
                meeting_id=MeetingId("m1"),
                stage=CHAIR,
                speaker=B,
            )
        )
        if maker == "browser":
            if camera_file is None:
                camera_file = folder / "camera.y4m"
                write_camera(camera_file, rooms.b.number, is_busy=True)
            page = await stack.enter_async_context(
                _browser(folder, site, rooms.b, camera_file, page_script)
            )
            if pages is not None:
                pages.append(page)
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        await until(lambda: rooms.b.shown("stage") == 1, 30, "B sees the chair")
        await until(lambda: rooms.chair.shown("speaker") == 2, 30, "the chair sees B")
        await until(lambda: _sounds(rooms.b, "sound-0"), 30, "B hears the chair")
        await until(lambda: _sounds(rooms.chair, "sound-1"), 30, "the chair hears B")
        yield rooms


def _sounds(room: Room, slot: str) -> bool:
    """Whether sound has come in a slot, so that gaps of it are counted."""
    return bool(room.meeting().get("sounds", {}).get(slot, {}).get("frames"))


def _configure(room: Room, line: str) -> None:
    text = room.config.read_text().replace("[source]\n", f"[source]\n{line}\n")
    room.config.write_text(text)


@asynccontextmanager
async def _browser(
    folder: Path, site: Site, room: Room, camera_file: Path, script: str
) -> AsyncIterator[Page]:
    """Open the room's page in a Chromium of the site's own."""
    start = folder / "chromium"
    start.write_text(f'#!/bin/sh\nexec {shlex.join([*site.prefix, CHROMIUM or "chromium"])} "$@"\n')
    start.chmod(0o755)
    arguments = [
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-gpu",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_file}",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(start), args=arguments, ignore_default_args=["--mute-audio"]
        )
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await page.add_init_script(script)
        await page.goto(f"http://localhost:{room.port}/?measure=1", wait_until="commit")
        yield page
        await browser.close()
