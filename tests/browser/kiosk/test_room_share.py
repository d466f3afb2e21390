"""What a room shares beside its camera: begun with a key, seen by all, ended by the floor."""

import pytest
from playwright.async_api import expect

from contracts.floor import FloorState
from scripts import build_web
from tests.browser.kiosk.test_capture import B_BEGINS, open_room, opened
from tests.browser.kiosk.test_kiosk import live
from tests.fakes.relay import CHAIR, B, machine_address, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.alone,
    pytest.mark.skipif(
        machine_address() is None, reason="not checked: browsers play from no loopback address"
    ),
]
# Chromium's second fake picture is a depth camera's, of which it encodes nothing.
WITHOUT_DEPTH = """() => {
  const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () =>
    (await list()).filter(({ label }) => label !== "fake_device_1");
}"""


def sharers(rooms):
    """Return who shares, as the relay says."""
    state = rooms.relay.centre.meeting_state()
    return [one.subject for one in state.attendees if one.direction == "share"] if state else []


def sees_content(room):
    return "content" in room.event()["filled"]


async def test_a_second_picture_is_shared_with_a_key_and_ends_with_the_floor(tmp_path):
    build_web.build()
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        text = rooms.b.config.read_text().replace('"synthetic"', '"browser"')
        rooms.b.config.write_text(text)
        await rooms.start()
        async with open_room(rooms.b, fakes="device-count=3") as page:
            await page.evaluate(WITHOUT_DEPTH)
            share, note = page.locator("#share"), page.locator("#share-note")
            rooms.b.write_live(live())
            await rooms.declare(meeting(begins_in_s=-1))
            await until(lambda: "own" in rooms.b.event()["filled"], 20, "it sends its camera")
            await expect(share).to_be_hidden()
            rooms.b.write_live(live(speaker=B))
            await rooms.declare(meeting(begins_in_s=-1, floor=B_BEGINS, generation=2))
            await expect(share).to_be_visible()
            await page.keyboard.press("c")
            await expect(note).to_contain_text("Mọi điểm cầu đang xem")
            await until(lambda: sharers(rooms) == [B], 15, "the relay has it")
            await until(lambda: sees_content(rooms.chair), 15, "the chair's room sees it")
            await until(lambda: sees_content(rooms.b), 15, "and the room itself")

            withdrawn = FloorState(epoch=3, previous_speaker=B)
            await rooms.declare(meeting(begins_in_s=-1, floor=withdrawn, generation=3))
            await until(lambda: sharers(rooms) == [], 5, "it ends with the floor")
            await expect(share).to_contain_text("Chia sẻ hình")
            rooms.b.write_live(live())
            await expect(share).to_be_hidden()
            assert await opened(page) == ["audio", "video"]
            await until(lambda: not sees_content(rooms.chair), 5, "nobody sees it any more")
