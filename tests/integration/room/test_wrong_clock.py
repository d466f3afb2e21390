"""A relay, or a room, whose wall clock is seven hours off while a meeting is on."""

import pytest

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.fakes.wrong_clock import needs_faketime, wrong_clock
from tests.waiting import until

pytestmark = needs_faketime
B_SPEAKS = FloorState(epoch=1, holders=(B,))


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
