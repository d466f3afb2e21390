"""A relay, or a room, whose wall clock is seven hours off while a meeting is on."""

from datetime import datetime, timedelta

import pytest

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import start_rooms, trust_clock
from tests.fakes.wrong_clock import needs_faketime, wrong_clock
from tests.waiting import until

HOUR = timedelta(hours=1)
B_SPEAKS = FloorState(epoch=1, holders=(B,))


@needs_faketime
async def test_a_relay_that_was_ahead_is_asked_again(tmp_path):
    async with start_relay(tmp_path, is_started=False) as relay:
        relay.environment = wrong_clock("+7h")
        await relay.start()
        async with start_rooms(tmp_path, relay, points=(CHAIR, B)) as rooms:
            await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
            # Called over by a relay that trusts its clock; let in by one that does not.
            await until(
                lambda: "meeting_over" in rooms.b.log or rooms.b.state()["state"] == "in_meeting",
                15,
                "the relay has answered",
            )
            relay.kill()
            relay.environment = {}
            await relay.start()
            await until(lambda: rooms.b.shown("stage") == 1, 60, "the meeting goes on")


@needs_faketime
@pytest.mark.parametrize("offset", ["+7h", "-7h"])
async def test_a_room_whose_wall_clock_is_off_is_in_its_meeting(tmp_path, offset):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
    ):
        rooms.b.environment = wrong_clock(offset)
        await rooms.start()
        await rooms.declare(meeting(begins_in_s=-1, floor=B_SPEAKS))
        await until(lambda: rooms.b.shown("stage") == 1, 30)


@pytest.mark.parametrize("hours", [-1, 1, -365 * 24, 365 * 24])
async def test_a_room_whose_clock_is_set_meanwhile_sees_and_hears_on(tmp_path, hours):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay, points=(CHAIR, B)) as r:
        await r.declare(meeting(begins_in_s=-60, floor=B_SPEAKS))
        await until(lambda: r.b.shown("stage") == 1, 90)
        before = r.b.state()["written_at"]
        trust_clock(r.b.folder / "clock.json", off=timedelta(hours=hours))
        await until(lambda: _hours(r.b.state()["written_at"], before) == hours, 30)
        frames = r.b.meeting()["videos"]["stage"]["frames"]
        await until(lambda: r.b.meeting()["videos"]["stage"]["frames"] > frames + 50, 60)
        found = r.b.meeting()
        assert (found["play"]["negotiations"], found["has_begun"]) == (1, True)
        stage, sound = found["videos"]["stage"], found["sounds"]["sound-0"]
        # A slow machine may leave gaps of seconds, the clock's step would be one of an hour.
        assert 0 <= stage["silent_ms"] < 60_000 and stage["gap_max_ms"] < 60_000, stage
        assert max((gap["ms"] for gap in sound["gaps"]), default=0) < 60_000
        assert "meeting_left" not in r.b.log


def _hours(now: str, before: str) -> int:
    return round((datetime.fromisoformat(now) - datetime.fromisoformat(before)) / HOUR)
