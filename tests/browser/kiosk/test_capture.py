"""A room whose source is its browser: camera and microphone up, as others see and hear them."""

import os
import time
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright, expect

from contracts.floor import FloorState
from scripts import build_web
from tests.browser.kiosk.test_kiosk import B_SPEAKS, live
from tests.conftest import CHROMIUM
from tests.fakes.camera_file import write_camera
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.fakes.sound_server import HAS_SOUND_SERVER, SPEAKERPHONE, start_sound_server
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]
B_BEGINS = FloorState(epoch=2, holders=(B,))
# Counts what the page has open of the machine's own devices, by the browser's own book.
COUNT_OPEN = """() => {
  const open = new Set();
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    for (const track of stream.getTracks()) open.add(track);
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const copy = clone.call(this);
    open.add(copy);
    return copy;
  };
  window.openDevices = () => {
    const live = [...open].filter((track) => track.readyState === "live");
    return [...new Set(live.map((track) => track.kind))].sort();
  };
  window.unplug = (kind) => {
    for (const track of open)
      if (track.kind === kind && track.readyState === "live") {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
  };
}"""


@pytest.fixture(scope="module", autouse=True)
def _built():
    build_web.build()


@asynccontextmanager
async def open_room(room, camera_file=None, environment=None, fakes=""):
    """Open a room's page: a file is its camera and a beep its microphone, or real devices are.

    Args:
        fakes: how many pictures the browser makes up itself, such as "device-count=2".
    """
    arguments = [
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-gpu",
        "--use-fake-ui-for-media-stream",
    ]
    if camera_file:
        arguments += [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera_file}",
        ]
    elif fakes:
        arguments.append(f"--use-fake-device-for-media-stream={fakes}")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=arguments,
            env={**os.environ, **(environment or {})},
            ignore_default_args=["--mute-audio"],
        )
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await page.add_init_script(f"({COUNT_OPEN})()")
        await page.goto(f"http://localhost:{room.port}/", wait_until="commit")
        yield page
        await browser.close()


@pytest.mark.skipif(not HAS_SOUND_SERVER, reason="not checked: PulseAudio is not installed")
async def test_real_devices_are_named_tried_and_pulled_out(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        start_sound_server(tmp_path) as server,
    ):
        text = rooms.chair.config.read_text().replace('"synthetic"', '"browser"')
        rooms.chair.config.write_text(text)
        await rooms.start()
        async with open_room(rooms.chair, environment=server.environment) as page:
            await expect(page.locator("#open-devices")).to_be_visible()
            await page.keyboard.press("t")
            await expect(page.locator("#devices-note")).to_contain_text("không có gì được gửi đi")
            microphone = page.locator('[data-kind="microphone"] .choices')
            await expect(microphone).to_contain_text(SPEAKERPHONE)
            await expect(page.locator('[data-kind="camera"]')).to_contain_text("Chưa cắm thiết bị")
            await page.click("#test-speaker")
            await expect(page.locator("#test-result")).to_contain_text("Tốt: micro nghe thấy")
            server.unplug()
            await expect(microphone).to_contain_text("Chưa cắm thiết bị nào")
            await page.keyboard.press("Escape")
            rooms.chair.write_live(live())
            await rooms.declare(meeting(begins_in_s=-1))
            await expect(page.locator("#trouble-fault")).to_contain_text("không thấy micro")
            server.plug()
            await until(lambda: sounds(rooms.b) > 20, 20, "B hears the microphone that came back")
            await expect(page.locator("#trouble-fault")).not_to_contain_text("micro")


@asynccontextmanager
async def a_meeting(tmp_path, number=1, codec="auto"):
    """Run the chair and B; the browser of one of them is its room."""
    camera_file = tmp_path / "camera.y4m"
    write_camera(camera_file, number)
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        captured = rooms.rooms[number - 1]
        text = captured.config.read_text().replace('"synthetic"', f'"browser"\ncodec = "{codec}"')
        captured.config.write_text(text)
        await rooms.start()
        async with open_room(captured, camera_file) as page:
            yield rooms, page


def sounds(room, slot="sound-0"):
    return room.meeting().get("sounds", {}).get(slot, {}).get("frames", 0)


def sent_by(rooms, point):
    """Return the kinds that the relay says a point sends."""
    state = rooms.relay.centre.state
    attendees = [one for meeting in state.meetings for one in meeting.attendees]
    return next(
        (one.sends for one in attendees if (one.subject, one.direction) == (point, "publish")), None
    )


def opened(page):
    return page.evaluate("() => window.openDevices()")


async def test_camera_and_microphone_are_open_in_a_meeting_and_not_a_moment_longer(tmp_path):
    async with a_meeting(tmp_path) as (rooms, page):
        await until(lambda: page.evaluate("() => window.diemcau?.screen != null"), 10)
        assert await opened(page) == []
        refused = await page.evaluate("async () => (await fetch('/whip', {method: 'POST'})).status")
        assert refused == 409
        rooms.chair.write_live(live())
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the camera's picture")
        await until(lambda: sounds(rooms.b) > 100, 20, "B hears the microphone")
        small = rooms.chair.meeting()["source"]["small_pictures"]
        assert small > 10, "the camera's low size goes up too"
        assert await opened(page) == ["audio", "video"]
        await expect(page.locator("#level")).to_be_visible()
        assert rooms.chair.state()["devices"]["camera"]["state"] == "open"
        await watched(page, rooms.chair)
        await rooms.declare(meeting(begins_in_s=-2, generation=2, has_ended=True))

        async def is_closed():
            return await opened(page) == []

        await until(is_closed, 20, "the tracks are stopped with the meeting")
        state = rooms.chair.state()["devices"]
        assert {state[name].get("state", "closed") for name in ("camera", "microphone")} == {
            "closed"
        }
        await expect(page.locator("#level")).to_be_hidden()


async def watched(page, room):
    """Somebody looks in beside the room's page: it shows the room's picture, and takes nothing."""
    another = await page.context.browser.new_page()
    await another.goto(page.url + "?watch", wait_until="commit")
    width = "() => document.querySelector('video[data-slot=own]')?.videoWidth"
    await until(lambda: another.evaluate(width), 15, "the room's own picture is shown there")
    assert await opened(page) == ["audio", "video"]
    assert room.state()["devices"]["camera"]["state"] == "open"
    await another.close()


async def test_a_device_that_is_unplugged_leaves_the_other_and_comes_back(tmp_path):
    async with a_meeting(tmp_path) as (rooms, page):
        rooms.chair.write_live(live())
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the camera's picture")
        publish = rooms.chair.meeting()["publish"]
        await page.evaluate("""() => {
          const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
          navigator.mediaDevices.enumerateDevices = async () =>
            (await list()).filter(({kind}) => window.hasCamera || kind !== "videoinput");
          window.unplug("video");
        }""")
        await until(lambda: rooms.b.shown("stage") is None, 20, "the picture ends")
        await expect(page.locator("#trouble-fault")).to_contain_text("Phòng này không thấy camera")
        heard = sounds(rooms.b)
        await until(lambda: sounds(rooms.b) > heard + 100, 10, "the sound goes on")
        assert rooms.b.event()["only_sound"] == ["stage"]
        await until(lambda: sent_by(rooms, CHAIR) == ("audio",), 10, "the relay says so")
        await page.evaluate(
            "() => { window.hasCamera = true;"
            " navigator.mediaDevices.dispatchEvent(new Event('devicechange')); }"
        )
        await until(lambda: rooms.b.shown("stage") == 1, 20, "the picture comes back")
        await expect(page.locator("#trouble")).to_be_hidden()
        assert rooms.chair.meeting()["publish"]["answer_sha256"] == publish["answer_sha256"]


async def test_what_a_muted_room_says_does_not_leave_it(tmp_path):
    async with a_meeting(tmp_path, number=2) as (rooms, page):
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        await until(lambda: rooms.chair.shown("speaker") == 2, 20, "the camera's picture is seen")
        # It has no word of the floor yet: what the relay would let through is not even sent.
        assert await opened(page) == ["audio", "video"]
        assert rooms.b.meeting()["source"]["sounds"] == 0
        rooms.b.write_live(live(B))
        await until(lambda: sounds(rooms.chair, "sound-1") > 20, 10, "it is heard with the floor")


async def test_a_room_that_nobody_sees_encodes_nothing_until_it_is_shown(tmp_path):
    async with a_meeting(tmp_path, number=2) as (rooms, page):
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: rooms.b.meeting().get("source", {}).get("pictures"), 20, "it joined")
        sent = []

        def is_still():
            source = rooms.b.meeting()["source"]
            sent.append((source["pictures"], source["small_pictures"]))
            return sent[-1] == sent[-8:][0] and len(sent) >= 8

        await until(is_still, 20, "nobody sees it: neither size is sent")
        assert await opened(page) == ["audio", "video"], "and yet the camera is open"
        assert "own" in (await page.evaluate("() => window.diemcau.screen.filled"))
        asked_ms = time.time() * 1000
        await rooms.declare(meeting(begins_in_s=-1, generation=2, floor=B_BEGINS))
        await until(lambda: rooms.chair.shown("speaker") == 2, 10, "it is seen with the floor")
        shown = rooms.chair.meeting()["videos"]["speaker"]["shown"][-1]["since_ms"]
        assert shown - asked_ms < 1_000, shown - asked_ms
        assert rooms.b.meeting()["source"]["small_pictures"] == sent[-1][1], "no tile shows it"


async def test_nothing_stays_open_while_nobody_says_that_a_meeting_is_on(tmp_path):
    async with a_meeting(tmp_path) as (rooms, page):
        rooms.chair.write_live(live())
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the camera's picture")
        rooms.chair.kill()

        async def is_closed():
            return await opened(page) == []

        await until(is_closed, 20, "both are closed without the room's server")
        rooms.chair.start()
        await until(lambda: rooms.b.shown("stage") == 1, 30, "the picture comes back with it")
        assert await opened(page) == ["audio", "video"]


async def test_the_camera_goes_up_in_h264_and_is_decoded_in_the_other_rooms(tmp_path):
    async with a_meeting(tmp_path, codec="h264") as (rooms, page):
        await until(lambda: "H264" in rooms.chair.state()["devices"]["codecs"], 20)
        rooms.chair.write_live(live())
        await rooms.declare(meeting(begins_in_s=-1))
        await until(lambda: rooms.b.shown("stage") == 1, 20, "B sees the camera's picture")
        stage = rooms.b.meeting()["videos"]["stage"]
        assert (stage["codec"], stage["decode_failures"]) == ("H264", 0)
        # The room's own page plays the same stage, by way of the local relay.
        played = "(stage) => stage.getVideoPlaybackQuality().totalVideoFrames"
        stage = page.locator("#video-stage")

        async def plays():
            return await stage.evaluate(played) > 20

        await until(plays, 20, "the page plays H.264")
