"""One meeting on two relays, each a process: aiortc as points, Mosquitto as the broker."""

import time
from statistics import median

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
from tests.fakes.webrtc import Player, Publisher
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
