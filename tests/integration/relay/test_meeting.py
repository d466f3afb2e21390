"""Meetings at a real relay process: aiortc as points, Mosquitto as the broker."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from contracts.floor import FloorState
from contracts.participants import ParticipantKind
from tests.fakes.relay import CHAIR, B, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher, luminance
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
SHADES = {CHAIR: 40, B: 120, C: 210}
TONES = {CHAIR: 400, B: 1000, C: 2000}


class Room:
    """One point: what it publishes, and what it sees."""

    def __init__(self, point):
        self.point = point
        self.publisher = Publisher(shade=SHADES[point], tone_hz=TONES[point])
        self.player = Player()

    async def join(self, relay):
        await self.publisher.join(relay, self.point)
        await self.player.join(relay, self.point)

    def shows(self, slot):
        """Return whose picture a slot has, None before the first."""
        shade = self.player.shade(slot)
        if shade is None:
            return None
        return min(SHADES, key=lambda point: abs(luminance(SHADES[point]) - shade))

    def hears(self):
        """Return whose tones are heard now."""
        tones = [self.player.tone(f"sound-{n}") for n in range(3)]
        return {point for point, hz in TONES.items() if hz in tones}

    async def close(self):
        await self.publisher.close()
        await self.player.close()


def one_mic(epoch, holder=None, previous=None):
    holders = (holder,) if holder else ()
    return FloorState(epoch=epoch, holders=holders, previous_speaker=previous)


async def test_everybody_sees_and_hears_what_the_floor_says(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=one_mic(1, B)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        chair, b, c = rooms = [Room(point) for point in (CHAIR, B, C)]
        for room in rooms:
            await room.join(relay)
        await until(lambda: chair.shows("speaker") == B and chair.hears() == {B})
        await until(lambda: b.shows("speaker") == CHAIR and b.hears() == {CHAIR})
        await until(lambda: c.shows("speaker") == B and c.hears() == {CHAIR, B})
        await until(lambda: {room.shows("stage") for room in rooms} == {CHAIR})

        await centre.declare(meeting(floor=one_mic(2, C, B), generation=2))
        await until(lambda: [r.shows("speaker") for r in rooms] == [C, C, B])
        await until(lambda: [r.hears() for r in rooms] == [{C}, {CHAIR, C}, {CHAIR}])

        # An older floor in a newer document changes nothing; a withdrawn one silences.
        await centre.declare(meeting(floor=one_mic(1, B), generation=3))
        await centre.declare(meeting(floor=one_mic(4, None, C), generation=4))
        await centre.hears(lambda: centre.events[-1].floor == one_mic(4, None, C))
        withdrawn = time.monotonic()
        await until(lambda: [r.hears() for r in rooms] == [set(), {CHAIR}, {CHAIR}])
        # What a player had buffered, and the machine's other work, come on top of nothing.
        assert b.player.heard_at("sound-1") - withdrawn < 0.5

        await until(lambda: centre.meeting_state() and len(centre.meeting_state().attendees) == 6)
        assert all(
            a.is_connected and a.participant_kind is ParticipantKind.POINT
            for a in centre.meeting_state().attendees
        )
        await until(
            lambda: any(
                a.direction == "play" and a.rtt_ms is not None
                for a in centre.meeting_state().attendees
            )
        )
        await centre.declare(meeting(floor=one_mic(4, None, C), generation=5, has_ended=True))
        await centre.hears(lambda: "ended" in centre.kinds())
        await centre.hears(lambda: centre.kinds().count("left") == 6)
        for room in rooms:
            await room.close()


async def test_forwarding_begins_at_the_second_for_those_who_came_before(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        begins_at = datetime.now(UTC) + timedelta(seconds=4)
        await centre.declare(meeting(begins_at=begins_at))
        await centre.hears(lambda: "floor_applied" in centre.kinds())
        publisher, player = Publisher(shade=40, tone_hz=400), Player()
        await publisher.join(relay, CHAIR)
        await player.join(relay, B)
        await centre.hears(lambda: centre.kinds().count("joined") == 2)
        assert datetime.now(UTC) < begins_at
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        assert player.frames("stage") == 0
        began = next(e for e in centre.events if e.kind == "forwarding_began")
        assert timedelta(0) <= began.happened_at - begins_at < timedelta(milliseconds=50)
        await until(lambda: player.frames("stage") and player.tone("sound-0") == 400, 1.0)
        await publisher.close()
        await player.close()


async def test_a_point_that_returns_takes_the_place_of_its_ghost(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        player, ghost = Player(), Publisher(shade=40, tone_hz=400)
        await player.join(relay, B)
        await ghost.join(relay, CHAIR)
        await until(lambda: player.frames("stage") > 3)
        _cut(ghost)
        await centre.hears(lambda: "cut" in centre.kinds(CHAIR), timeout_s=3.0)
        seen = player.frames("stage")
        returned = Publisher(shade=210, tone_hz=400)
        await returned.join(relay, CHAIR)
        await until(lambda: player.frames("stage") > seen + 3, 5.0)
        assert abs(player.shade("stage") - luminance(210)) < 8
        await centre.hears(lambda: "back" in centre.kinds(CHAIR))
        left = next(e for e in centre.events if e.kind == "left")
        assert (left.subject, left.detail) == (CHAIR, "replaced by a newer session")
        for peer in (returned, player, ghost):
            await peer.close()


def _cut(publisher):
    """Close the sockets under a publisher: it says nothing more to anybody."""
    ice = publisher.pc.getTransceivers()[0].sender.transport.transport
    for protocol in ice._connection._protocols:
        protocol.transport.abort()


async def test_a_killed_relay_started_without_its_broker_goes_on_as_before(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=one_mic(5, B)))
        await centre.hears(lambda: "floor_applied" in centre.kinds())
        stored = tmp_path / "data" / "meetings" / "m1.json"
        await until(stored.exists)
        relay.kill()
        relay.broker.kill()
        await relay.start()
        b, c = Room(B), Room(C)
        await b.join(relay)
        await c.join(relay)
        await until(lambda: c.shows("speaker") == B and c.hears() == {B})
        # What happened meanwhile is told once the broker is back.
        relay.broker.start()
        await centre.hears(lambda: centre.kinds(C).count("joined") >= 2, timeout_s=20)
        once = {(e.started_at, e.seq): e for e in centre.events}
        assert [e.subject for e in once.values() if e.kind == "joined"] == [B, B, C, C]
        await b.close()
        await c.close()


async def test_who_is_put_on_the_stage_is_seen_there_and_heard_no_more_for_it(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=one_mic(1, C)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        chair, b, _ = rooms = [Room(point) for point in (CHAIR, B, C)]
        for room in rooms:
            await room.join(relay)
        await until(lambda: chair.shows("stage") == CHAIR and chair.shows("speaker") == C)
        staged = FloorState(epoch=2, holders=(C,), on_stage=B)
        await centre.declare(meeting(floor=staged, generation=2))
        await until(lambda: {room.shows("stage") for room in rooms} == {B})
        await until(lambda: chair.hears() == {C} and b.hears() == {CHAIR, C})
        await centre.declare(meeting(floor=FloorState(epoch=3, holders=(C,)), generation=3))
        await until(lambda: {room.shows("stage") for room in rooms} == {CHAIR})
        for room in rooms:
            await room.close()
