"""A point's raised hand at the relay's door: told to the centre, of that point alone."""

import pytest

from media.relay.hand_resource import BURST
from tests.fakes.relay import B, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player
from tests.integration.relay import test_tiles as tiles
from tests.integration.relay import test_whip_table as table

JSON = {"Content-Type": "application/json"}
UP, DOWN = '{"is_up":true}', '{"is_up":false}'
door = table.door


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (JSON, UP, 403),  # of a person's session
        (JSON, "{}", 400),
        (JSON, '{"is_up":"ư"}', 400),
        (JSON, "x" * 70_000, 413),
        ({"Content-Type": "text/plain"}, UP, 415),
    ],
)
async def test_what_is_no_points_hand_is_refused(door, headers, body, status):
    path = (await tiles.played(door, "chair")).headers["location"] + "/hand"
    answer = await door.client.put(path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    await door.client.delete(path.removesuffix("/hand"))
    assert (await door.client.put(path, content=UP, headers=JSON)).status_code == 404


@pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
async def test_the_centre_hears_who_asks_and_not_oftener_than_somebody_presses(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        player = Player()
        await player.join(relay, B)
        async with relay.client() as client:
            found = [
                await client.put(f"{player.location}/hand", content=body, headers=JSON)
                for body in [UP, DOWN] * (BURST // 2 + 1)
            ]
        assert [one.status_code for one in found] == [204] * BURST + [429] * 2
        await centre.hears(lambda: centre.kinds().count("hand_down") == BURST // 2)
        hands = [one for one in centre.events if one.kind.startswith("hand")]
        assert {(one.subject, one.participant_kind.value) for one in hands} == {(B, "point")}
        assert [one.kind for one in hands][:2] == ["hand_up", "hand_down"]
        await player.close()
