"""One meeting on two relays, each a process: aiortc as points, Mosquitto as the broker."""

import time
from statistics import median

import pytest

from contracts.floor import FloorMode, FloorState
from contracts.ids import RelayId
from tests.fakes.relay import (
    CHAIR,
    OUTER,
    RELAY,
    B,
    C,
    RelayProcess,
    declare_two,
    machine_address,
    start_two_relays,
)
from tests.fakes.rooms import start_rooms
from tests.fakes.webrtc import Player, Publisher
from tests.integration.relay.test_meeting import Room, one_mic
from tests.waiting import until

SENT = "diemcau_relay_trunk_packets_sent_total"
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

        # And what it sends over the line between them; within a machine all of it goes.
        def carried(relay):
            state = centre.states[relay]
            return [(one.relay, one.rung) for m in state.meetings for one in m.trunk_states]

        await until(
            lambda: (carried(RELAY), carried(OUTER)) == ([(OUTER, "high")], [(RELAY, "high")])
        )
        for room in rooms:
            await room.close()


async def test_the_floor_moves_between_relays_as_fast_as_within_one(tmp_path):
    async with start_two_relays(tmp_path) as (home, outer):
        await declare_two(home, points=(B,), floor=one_mic(1, B))
        await until(lambda: "trunk_up" in home.log and "trunk_up" in outer.log)
        viewer, b, c = Room(CHAIR), Room(B), Room(C)
        await viewer.player.join(home, CHAIR)
        await b.publisher.join(outer, B)
        await c.publisher.join(home, C)
        await until(lambda: viewer.shows("speaker") == B)
        took_s = []
        for epoch, speaker in enumerate((C, B) * 3, start=2):
            began = time.monotonic()
            previous = B if speaker == C else C
            floor = one_mic(epoch, speaker, previous)
            await declare_two(home, points=(B,), floor=floor, generation=epoch)
            await until(lambda who=speaker: viewer.shows("speaker") == who)
            took_s.append(time.monotonic() - began)
        assert median(took_s) < 0.3, took_s
        await viewer.player.close()
        await b.publisher.close()
        await c.publisher.close()


async def test_one_shares_at_a_time_whichever_relay_he_is_at(tmp_path):
    async with start_two_relays(tmp_path) as (home, outer):
        await declare_two(home, points=(B,), floor=one_mic(1, B))
        await until(lambda: "trunk_up" in home.log and "trunk_up" in outer.log)
        here, there = Player(videos=3, sounds=4), Player(videos=3, sounds=4)
        film, slides = Publisher(shade=200, tone_hz=1000), Publisher(shade=40, tone_hz=400)
        await here.join(home, C)
        await there.join(outer, B)
        await film.share(outer, B)
        await until(lambda: here.tone("sound-content") == 1000 and shade(here) > 150)
        await until(lambda: shade(there) > 150)
        await slides.share(home, CHAIR)
        await until(lambda: max(shade(here), shade(there)) < 80)
        await until(lambda: there.tone("sound-content") == 400)
        for peer in (film, slides, here, there):
            await peer.close()


def shade(player):
    """Return how light what is shared is, 0 before there is any."""
    return player.shade("content") or 0


async def test_points_of_two_outer_relays_meet_by_way_of_the_home(tmp_path):
    third_id = RelayId("relay-3")
    async with start_two_relays(tmp_path) as (home, outer):
        folder = tmp_path / third_id
        folder.mkdir()
        third = RelayProcess(
            folder, home.broker, home.address, relay_id=third_id, centre=home.centre
        )
        try:
            await third.start()
            relays = (OUTER, third_id)
            await declare_two(home, points=(B, C), floor=one_mic(1, B), outer=relays)
            await until(lambda: home.log.count("trunk_up") == 2)
            b, c = Room(B), Room(C)
            await b.join(outer)
            await c.join(third)
            await until(lambda: c.shows("speaker") == B and c.hears() == {B})
            floor = one_mic(2, C, B)
            await declare_two(home, points=(B, C), floor=floor, generation=2, outer=relays)
            await until(lambda: b.shows("speaker") == C and b.hears() == {C})
            await b.close()
            await c.close()
        finally:
            third.kill()


async def test_a_tile_of_another_relays_point_costs_the_line_its_small_picture(tmp_path):
    async with (
        start_two_relays(tmp_path) as (home, outer),
        start_rooms(tmp_path, outer, points=(B,)) as rooms,
    ):
        document = await declare_two(home, points=(B,), floor=one_mic(1))
        rooms.write_schedule(rooms.rooms[0], document)
        await until(lambda: "trunk_up" in home.log and "kind=joined" in outer.log, 20)
        page = Player(videos=4)
        await page.join(home, "person:thu-ky")
        async with home.client() as client:
            asked = await client.put(f"{page.location}/tiles", json={"points": [B]})
        assert asked.status_code == 204
        await until(lambda: page.frames("tile-0") > 5, 20)
        crossed, shown = await outer.metric(SENT), page.frames("tile-0")
        await until(lambda: page.frames("tile-0") >= shown + 40, 20)
        # 100 kbit/s in packets of up to 1,200 bytes; of the large picture it would be five times.
        assert await outer.metric(SENT) - crossed < 3 * (page.frames("tile-0") - shown)

        async with home.client() as client:
            await client.put(f"{page.location}/tiles", json={"points": []})
        await until(Still(outer, SENT).is_so, 10, "the line carries what nobody shows")
        await page.close()


class Still:
    """Looks whether a counter has stood still for half a second."""

    def __init__(self, relay, name):
        self.relay, self.name = relay, name
        self.last, self.since = None, 0.0

    async def is_so(self):
        """Return whether it has."""
        count, now = await self.relay.metric(self.name), time.monotonic()
        if count != self.last:
            self.last, self.since = count, now
        return now - self.since > 0.5
