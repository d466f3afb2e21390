"""A person who takes part by a browser, at a real relay: seen and heard while she has the floor."""

import pytest

from contracts.floor import FloorState
from contracts.participants import ParticipantKind
from tests.fakes.relay import CHAIR, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher, luminance
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
LAN = "person:lan"
SHADES = {CHAIR: 40, LAN: 200}
TONES = {CHAIR: 400, LAN: 1000}


def shows(player, slot):
    shade = player.shade(slot)
    if shade is None:
        return None
    return min(SHADES, key=lambda who: abs(luminance(SHADES[who]) - shade))


def hears(player):
    tones = [player.tone(f"sound-{n}") for n in range(3)]
    return {who for who, hz in TONES.items() if hz in tones}


async def test_a_person_is_forwarded_while_she_has_the_floor_and_no_longer(tmp_path):
    publishers = {who: Publisher(shade=SHADES[who], tone_hz=TONES[who]) for who in SHADES}
    room, own = Player(), Player()
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting(floor=FloorState(epoch=1)))
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        for who, publisher in publishers.items():
            await publisher.join(relay, who)
        await room.join(relay, C)
        await own.join(relay, LAN)
        await until(lambda: hears(room) == {CHAIR} and shows(room, "speaker") is None)

        given = FloorState(epoch=2, holders=(LAN,))
        await centre.declare(meeting(floor=given, generation=2))
        await until(lambda: shows(room, "speaker") == LAN and hears(room) == {CHAIR, LAN})
        await until(lambda: shows(own, "speaker") == LAN)
        assert hears(own) == {CHAIR}, "never her own sound"
        applied = [one for one in centre.events if one.kind == "floor_applied"][-1]
        assert (applied.subject, applied.participant_kind) == ("lan", ParticipantKind.PERSON)

        muted = FloorState(epoch=3, previous_speaker=LAN, muted=(LAN,))
        await centre.declare(meeting(floor=muted, generation=3))
        await until(lambda: hears(room) == {CHAIR})
        for one in (*publishers.values(), room, own):
            await one.close()
