"""One meeting on two relays, each a process: aiortc as points, Mosquitto as the broker."""

import pytest

from contracts.floor import FloorMode, FloorState
from tests.fakes.relay import (
    CHAIR,
    OUTER,
    RELAY,
    B,
    C,
    declare_two,
    machine_address,
    start_two_relays,
)
from tests.integration.relay.test_meeting import Room, one_mic
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)


async def test_points_of_both_relays_see_and_hear_each_other(tmp_path):
    async with start_two_relays(tmp_path) as (home, outer):
        centre = home.centre
        await declare_two(home, points=(B,), floor=one_mic(1, B))
        await until(lambda: "trunk_up" in home.log and "trunk_up" in outer.log)
        chair, b, c = rooms = [Room(point) for point in (CHAIR, B, C)]
        await chair.join(home)
        await b.join(outer)
        await c.join(home)
        await until(lambda: chair.shows("speaker") == B and chair.hears() == {B})
        await until(lambda: b.shows("speaker") == CHAIR and b.hears() == {CHAIR})
        await until(lambda: c.shows("speaker") == B and c.hears() == {CHAIR, B})
        await until(lambda: {room.shows("stage") for room in rooms} == {CHAIR})

        await declare_two(home, points=(B,), floor=one_mic(2, C, B), generation=2)
        await until(lambda: [r.shows("speaker") for r in rooms] == [C, C, B])
        await until(lambda: [r.hears() for r in rooms] == [{C}, {CHAIR, C}, {CHAIR}])

        floor = FloorState(epoch=3, mode=FloorMode.DISCUSSION)
        await declare_two(home, points=(B,), floor=floor, generation=3)
        await until(lambda: [r.hears() for r in rooms] == [{B, C}, {CHAIR, C}, {CHAIR, B}])

        # Each relay names its own, so that the centre counts nobody twice.
        def named(relay):
            state = centre.states.get(relay)
            return {a.subject for m in state.meetings for a in m.attendees} if state else set()

        await until(lambda: named(RELAY) == {CHAIR, C} and named(OUTER) == {B})
        for room in rooms:
            await room.close()
