"""A rehearsal at a real relay: each point has its own media back, and nobody else has them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contracts.desired import RelayMeeting
from contracts.floor import FloorState
from contracts.ids import PointId
from tests.fakes.relay import CHAIR, B, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher, luminance
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
OFFER = (Path(__file__).parents[2] / "data/sdp/pion-4-whip.sdp").read_text()
SHADES: dict[PointId, int] = {CHAIR: 40, B: 210}
TONES: dict[PointId, int] = {CHAIR: 400, B: 2000}


def echo(*, ends_in_s: float = 3600, generation: int = 1) -> RelayMeeting:
    """Return a rehearsal of three points, the floor of which would let the chair be heard."""
    ends_at = datetime.now(UTC) + timedelta(seconds=ends_in_s)
    floor = FloorState(epoch=3, holders=(C,))
    said = meeting(floor=floor, generation=generation)
    return msgspec.structs.replace(said, is_echo=True, ends_at=ends_at)


async def test_each_point_has_its_own_back_and_not_the_others(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting("m2"))
        await relay.centre.declare(echo())
        await relay.centre.hears(lambda: "forwarding_began" in relay.centre.kinds())
        players = {point: Player() for point in (CHAIR, B, C)}
        sent = {
            point: Publisher(shade=shade, tone_hz=TONES[point]) for point, shade in SHADES.items()
        }
        for point, player in players.items():
            if point in sent:
                await sent[point].join(relay, point)
            await player.join(relay, point)
        for point, shade in SHADES.items():
            player = players[point]
            await until(lambda p=player: p.frames("stage") > 20 and p.tone("sound-0"))
            assert abs(player.shade("stage") - luminance(shade)) < 8
            assert player.tone("sound-0") == TONES[point]
            assert not player.frames("speaker") + player.frames("sound-1")
        silent = players[C]
        assert not sum(silent.frames(slot) for slot in ("stage", "speaker", "sound-0", "sound-1"))

        # Nobody stays once it is over, which it is at its end; and nothing was told of it.
        assert await _sessions(relay) == 5
        await relay.centre.declare(echo(ends_in_s=0.5, generation=2))
        await until(lambda: _is_empty(relay))
        again = await relay.offer("play", OFFER, point=C)
        assert (again.status_code, again.json()["error"]["code"]) == (410, "meeting_over")
        assert {event.meeting_id for event in relay.centre.events} == {"m2"}
        assert relay.centre.meeting_state("m1") is None
        for peer in (*players.values(), *sent.values()):
            await peer.close()


async def _sessions(relay):
    names = [f'diemcau_relay_sessions{{direction="{d}"}}' for d in ("publish", "play", "share")]
    return sum([await relay.metric(name) for name in names])


async def _is_empty(relay):
    return await _sessions(relay) == 0


async def test_nobody_gets_in_but_points_and_nobody_shares(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(echo())
        await relay.centre.declare(meeting("m2"))
        await relay.centre.hears(lambda: relay.centre.meeting_state("m2") is not None)
        said = {
            "person": await relay.offer_of_person("play", OFFER, name="thu-ky"),
            "guest": await relay.offer_of_person("publish", OFFER, name="guest-1"),
            "recorder": await relay.offer("play", OFFER, point="recorder-1"),
            "stranger": await relay.offer("play", OFFER, point="p-x"),
            "share": await relay.offer("share", OFFER, point=CHAIR),
        }
        found = {who: (a.status_code, a.json()["error"]["code"]) for who, a in said.items()}
        assert found == {
            "person": (403, "rehearsal"),
            "guest": (403, "rehearsal"),
            "recorder": (403, "rehearsal"),
            "stranger": (403, "not_invited"),
            "share": (403, "content_not_allowed"),
        }
        assert await _is_empty(relay)


async def test_who_watches_a_meeting_that_becomes_a_rehearsal_is_put_out(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting(floor=FloorState(epoch=3)))
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        person = await relay.offer_of_person("publish", OFFER, name="thu-ky")
        assert person.status_code == 201
        await relay.centre.declare(echo(generation=2))
        await until(lambda: _is_empty(relay))
