"""Content at a real relay: by whom the floor allows, one at a time, and no longer than that."""

from pathlib import Path

import msgspec
import pytest

from contracts.floor import FloorState, withdraw_all
from tests.fakes.relay import CHAIR, SDP, B, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher
from tests.waiting import until

OFFER = (Path(__file__).parents[2] / "data/sdp/pion-4-whip.sdp").read_text()
B_SPEAKS = FloorState(epoch=1, holders=(B,))


async def shared_by(relay, subject, role):
    """POST an offer of content as a person."""
    headers = {"Authorization": relay.token(subject, "share", role=role), "Content-Type": SDP}
    async with relay.client() as client:
        return await client.post("/content/m1", content=OFFER, headers=headers)


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def test_who_shares_is_decided_by_the_floor_and_ends_with_it(tmp_path):
    async with start_relay(tmp_path) as relay:
        document = meeting(floor=B_SPEAKS)
        await relay.centre.declare(document)
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        assert code(await relay.offer("share", OFFER, point=C)) == (403, "content_not_allowed")
        assert code(await shared_by(relay, "khach", "viewer")) == (403, "content_not_allowed")
        speaker = await relay.offer("share", OFFER, point=B)
        assert speaker.status_code == 201

        floor = withdraw_all(B_SPEAKS)
        await relay.centre.declare(msgspec.structs.replace(document, generation=2, floor=floor))
        await relay.centre.hears(lambda: relay.centre.meeting_state().floor.epoch == floor.epoch)
        async with relay.client() as client:
            gone = await client.delete(speaker.headers["Location"])
        assert gone.status_code == 404, "it ended with the floor"


async def test_nobody_takes_the_place_of_the_office_and_the_office_takes_anybodys(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting(floor=B_SPEAKS))
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        speaker = await relay.offer("share", OFFER, point=B)
        office = await shared_by(relay, "thu-ky", "secretary")
        assert (speaker.status_code, office.status_code) == (201, 201)
        refused = await relay.offer("share", OFFER, point=B)
        assert code(refused) == (403, "content_taken")
        assert "Chủ trì hoặc văn phòng" in refused.json()["error"]["message_vi"]
        assert (await relay.offer("share", OFFER, point=CHAIR)).status_code == 201
        async with relay.client() as client:
            left = [await client.delete(one.headers["Location"]) for one in (speaker, office)]
        assert [one.status_code for one in left] == [404, 404], "one at a time"


async def test_of_three_windows_that_share_the_last_one_does_and_leaving_twice_ends_nobodys(
    tmp_path,
):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting(floor=B_SPEAKS))
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        windows = [await shared_by(relay, "thu-ky", "secretary") for _ in range(3)]
        places = [one.headers["Location"] for one in windows]
        async with relay.client() as client:
            assert [(await client.delete(place)).status_code for place in places[:2]] == [404, 404]
            assert (await client.get(places[2])).status_code == 204, "it goes on"
            assert (await client.delete(places[2].lower() + "x")).status_code == 404
            assert (await client.delete(places[2])).status_code == 200
        assert (await relay.offer("share", OFFER, point=B)).status_code == 201, "the place is free"


async def test_a_token_to_publish_is_none_to_share(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting(floor=B_SPEAKS))
        await relay.centre.hears(lambda: relay.centre.meeting_state() is not None)
        token = relay.token("thu-ky", "publish", role="secretary")
        async with relay.client() as client:
            headers = {"Authorization": token, "Content-Type": SDP}
            answer = await client.post("/content/m1", content=OFFER, headers=headers)
        assert code(answer) == (403, "token_refused")


@pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
async def test_the_sound_of_what_is_shared_is_heard_by_all_but_who_shares(tmp_path):
    async with start_relay(tmp_path) as relay:
        await relay.centre.declare(meeting(floor=B_SPEAKS))
        await relay.centre.hears(lambda: "forwarding_began" in relay.centre.kinds())
        film = Publisher(shade=200, tone_hz=1000)
        players = {who: Player(videos=3, sounds=4) for who in (B, C)}
        older = Player()
        try:
            for who, player in players.items():
                await player.join(relay, who)
            await older.join(relay, CHAIR)
            await film.share(relay, B)
            await until(lambda: players[C].tone("sound-content") == 1000, 10)
            await until(lambda: players[B].frames("content") > 0, 10, "its picture is there")
            assert players[B].frames("sound-content") == 0
            assert older.frames("sound-content") == 0, "it has no fourth sound"
            silenced = withdraw_all(B_SPEAKS)
            await relay.centre.declare(meeting(floor=silenced, generation=2))
            await until(lambda: players[C].tone("sound-content") is None, 5)
        finally:
            for peer in (film, older, *players.values()):
                await peer.close()
