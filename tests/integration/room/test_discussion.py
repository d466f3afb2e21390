"""In a discussion everyone who is not muted is heard, and who speaks is told by the sound."""

import msgspec

from contracts.floor import FloorMode, FloorState, mute
from tests.fakes.relay import CHAIR, B, C, meeting, start_relay
from tests.fakes.rooms import start_rooms
from tests.waiting import until

EVERYBODY = FloorState(epoch=1, mode=FloorMode.DISCUSSION)


async def test_three_rooms_hear_each_other_and_the_relay_says_who_speaks(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        document = meeting(begins_in_s=-1, floor=EVERYBODY)
        await rooms.declare(document)
        await until(lambda: rooms.chair.heard() == {2, 3}, 20)
        await until(lambda: rooms.b.heard() == {1, 3}, 10)
        await until(lambda: rooms.c.heard() == {1, 2}, 10)
        # Only the levels that the rooms' own sounds carry can say so.
        await relay.centre.hears(lambda: bool(relay.centre.meeting_state().speakers))
        assert set(relay.centre.meeting_state().speakers) <= {CHAIR, B, C}
        floor = mute(EVERYBODY, frozenset((B, C)))
        await relay.centre.declare(msgspec.structs.replace(document, generation=2, floor=floor))
        await relay.centre.hears(lambda: relay.centre.meeting_state().speakers == (CHAIR,))
