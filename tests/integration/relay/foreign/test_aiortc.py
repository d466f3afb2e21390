"""aiortc publishes H.264 beside VP8: what everybody plays is sent, others are told why not."""

import pytest

from contracts.floor import FloorState
from tests.fakes.relay import CHAIR, B, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player, Publisher, luminance
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)
DARK, LIGHT = 40, 200


def floor(epoch, *holders):
    return FloorState(epoch=epoch, holders=holders)


def shows(player, slot, shade):
    seen = player.shade(slot)
    return seen is not None and abs(seen - luminance(shade)) < 12


async def began(relay, holder):
    await relay.centre.declare(meeting(floor=floor(1, holder)))
    await relay.centre.hears(lambda: "forwarding_began" in relay.centre.kinds())


async def test_a_slot_changes_between_vp8_and_h264_without_negotiation(tmp_path):
    async with start_relay(tmp_path) as relay:
        await began(relay, B)
        chair = Publisher(shade=DARK, tone_hz=400)
        camera = Publisher(shade=LIGHT, tone_hz=1000, codecs=("H264",))
        player = Player()
        await chair.join(relay, CHAIR)
        await camera.join(relay, B)
        await player.join(relay, C)
        await until(lambda: shows(player, "stage", DARK), 10, "the chair's VP8")
        await until(lambda: shows(player, "speaker", LIGHT), 10, "B's H.264")
        await relay.centre.declare(meeting(floor=floor(2, CHAIR), generation=2))
        await until(lambda: shows(player, "speaker", DARK), 10, "VP8 after H.264")
        await relay.centre.declare(meeting(floor=floor(3, B), generation=3))
        await until(lambda: shows(player, "speaker", LIGHT), 10, "H.264 after VP8")

        old = Player(codecs=("VP8",))
        await old.pc.setLocalDescription(await old.pc.createOffer())
        refused = await relay.offer("play", old.pc.localDescription.sdp, point=C)
        assert refused.status_code == 406
        sentence = "This meeting's pictures are H264; the offer plays VP8 only."
        assert refused.json()["error"]["message_en"] == sentence
        for peer in (chair, camera, player):
            await peer.close()
        await old.pc.close()


async def test_who_could_send_both_gives_way_to_who_plays_one_and_the_others_see_it_go_on(tmp_path):
    async with start_relay(tmp_path) as relay:
        await began(relay, B)
        both, player = ("H264", "VP8"), Player()
        camera = Publisher(shade=LIGHT, tone_hz=1000, codecs=both)
        await camera.join(relay, B)
        assert "H264" in camera.pc.remoteDescription.sdp
        await player.join(relay, CHAIR)
        await until(lambda: shows(player, "speaker", LIGHT), 10, "B's H.264")

        old = Player(codecs=("VP8",))
        await old.join(relay, C)
        await relay.centre.hears(lambda: "left" in relay.centre.kinds(B))
        again = Publisher(shade=DARK, tone_hz=1000, codecs=both)
        await again.join(relay, B)
        assert "H264" not in again.pc.remoteDescription.sdp
        for viewer in (old, player):
            await until(lambda one=viewer: shows(one, "speaker", DARK), 10, "B's VP8")

        only = Publisher(shade=DARK, tone_hz=400, codecs=("H264",))
        await only.pc.setLocalDescription(await only.pc.createOffer())
        refused = await relay.offer("publish", only.pc.localDescription.sdp, point=CHAIR)
        sentence = "Not everybody in this meeting can play H264; VP8 is needed."
        assert (refused.status_code, refused.json()["error"]["message_en"]) == (406, sentence)
        for peer in (camera, again, old, player, only):
            await peer.close()
