"""Offers of a point, and what it reads from the answers."""

import pytest

from media.errors import OfferRefused
from media.wire import sdp
from media.wire.ice_credentials import Credentials
from media.wire.sdp import Candidate, Fingerprint, Media, SessionDescription, Ssrc
from media.wire.sdp_answer import publish_lines
from media.wire.sdp_offer import IncomingStream, Own, incoming_of, playing, publishing, remote_of

FINGERPRINT = Fingerprint("sha-256", ":".join(["AB"] * 32))
OWN = Own(Credentials("ufrag", "p" * 24), FINGERPRINT, (Candidate("192.0.2.5", 4000, 100),), 12345)


def test_a_publishing_offer_survives_the_wire():
    offer = sdp.parse(
        sdp.render(publishing(OWN, video_ssrc=11, small_ssrc=33, sound_ssrc=22, cname="van-son"))
    )
    video, sound, small = offer.media
    assert [m.direction for m in offer.media] == ["sendonly"] * 3
    lines = publish_lines(offer)
    assert {mid: line.is_small for mid, line in lines.items()} == {
        "1": False,
        "0": False,
        "2": True,
    }
    assert small.ssrcs == (Ssrc(33, "van-son"),)
    assert (video.ssrcs, sound.ssrcs) == ((Ssrc(11, "van-son"),), (Ssrc(22, "van-son"),))
    assert (video.codecs[0].name, sound.codecs[0].name) == ("VP8", "opus")
    assert offer.bundle == ("0", "1", "2")
    assert video.candidates[0].host == "192.0.2.5"


def test_a_playing_offer_asks_for_three_pictures_three_sounds_and_the_contents_own():
    offer = sdp.parse(sdp.render(playing(OWN)))
    assert [m.kind for m in offer.media] == ["video"] * 3 + ["audio"] * 4
    assert {m.direction for m in offer.media} == {"recvonly"}


def answered(**changes):
    values = {
        "kind": "video",
        "mid": "0",
        "ice": Credentials("relay", "q" * 22),
        "fingerprints": (FINGERPRINT,),
        "setup": "passive",
        "candidates": (Candidate("192.0.2.1", 10_000, 1), Candidate("192.0.2.2", 10_000, 1)),
        "msid": "stage stage-video",
        "ssrcs": (Ssrc(77, "relay"),),
    }
    return SessionDescription((Media(**{**values, **changes}),))


def test_the_way_to_the_relay_is_read_from_its_answer():
    remote = remote_of(answered())
    assert remote.ice == Credentials("relay", "q" * 22)
    assert remote.addresses == (("192.0.2.1", 10_000), ("192.0.2.2", 10_000))
    assert remote.is_dtls_client
    assert not remote_of(answered(setup="active")).is_dtls_client


def test_slots_are_read_by_their_stream_ids():
    assert incoming_of(answered()) == (IncomingStream("stage", "video", 77),)
    assert incoming_of(answered(ssrcs=())) == ()
    assert incoming_of(answered(port=0)) == ()


@pytest.mark.parametrize(
    "changes", [{"port": 0}, {"fingerprints": ()}, {"candidates": ()}, {"ice": Credentials()}]
)
def test_an_answer_that_leaves_out_what_is_needed_is_refused(changes):
    with pytest.raises(OfferRefused):
        remote_of(answered(**changes))
