"""Offers of clients that are about, odd ones included: what is taken, and what is said."""

from pathlib import Path

import pytest

from media.errors import OfferRefused
from media.sfu.slots import SOUND_SLOTS, VIDEO_SLOTS
from media.wire import sdp
from media.wire.ice_credentials import Credentials
from media.wire.sdp_answer import (
    Rates,
    Transport,
    check,
    host_candidates,
    play_answer,
    play_lines,
    publish_answer,
    publish_lines,
)

DATA = Path(__file__).parents[3] / "data" / "sdp"
SLOTS = {"video": VIDEO_SLOTS, "audio": SOUND_SLOTS}
TRANSPORT = Transport(
    Credentials("ufrag", "password" * 4),
    sdp.Fingerprint("sha-256", ":".join(["AB"] * 32)),
    host_candidates(["192.0.2.1"], 10_000),
)
HIGH_ONLY = "This relay carries VP8 or baseline H264 video; the offer has H264"

# Of each published offer: the answer's m-lines in order, or the sentence it is refused with.
PUBLISHED = {
    "chromium-whip": ["audio 9", "video 9"],
    "chromium-simulcast": ["audio 9", "video 9"],
    "gstreamer-whip": ["video 9", "audio 9"],
    "firefox-140-whip": ["audio 9", "video 9"],
    "safari-18-whip": ["audio 9", "video 9"],
    "pion-4-whip": ["video 9", "audio 9"],
    "odd/pion-with-bom": ["video 9", "audio 9"],
    "odd/pion-lf-and-blanks": ["video 9", "audio 9"],
    "odd/offer-with-mtext": ["video 9", "audio 9", "text 0"],
    "odd/bundle-names-a-missing-mid-vp8": ["video 9"],
    "obs-31-whip-h264": ["audio 9", "video 9"],
    "ffmpeg-8-whip-h264": ["audio 9", "video 9"],
    "odd/ffmpeg-whip-video-only": ["video 9"],
    "safari-whip-no-vp8": ["audio 9", "video 9"],
    "odd/high-profile-only": HIGH_ONLY,
}
PLAYED = {"chromium-whep", "firefox-140-whep"}


def read(name):
    return sdp.parse((DATA / f"{name}.sdp").read_bytes().decode())


def published(offer):
    check(offer)
    answer = publish_answer(offer, publish_lines(offer), TRANSPORT, Rates())
    again = sdp.parse(sdp.render(answer))
    assert [m.mid for m in again.media] == [m.mid for m in offer.media]
    assert again.bundle == tuple(m.mid for m in again.media if m.port)
    return [f"{m.word or m.kind} {m.port}" for m in again.media]


def test_every_offer_that_is_kept_is_a_case():
    kept = {str(path.relative_to(DATA).with_suffix("")) for path in DATA.rglob("*.sdp")}
    assert kept == PUBLISHED.keys() | PLAYED


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_offer_is_taken_as_a_whole_or_refused_with_a_sentence(name):
    expected = PUBLISHED[name]
    if isinstance(expected, list):
        assert published(read(name)) == expected
        return
    with pytest.raises(OfferRefused) as caught:
        published(read(name))
    assert caught.value.reason.startswith(expected)
    assert caught.value.status == 406


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_a_player_is_served_with_all_slots(name):
    offer = read(name)
    check(offer)
    lines = play_lines(offer, SLOTS, range(1, 10))
    answer = sdp.parse(sdp.render(play_answer(offer, lines, TRANSPORT, "cname")))
    offered = [sum(m.kind == kind for m in offer.media) for kind in ("video", "audio")]
    filled = [*VIDEO_SLOTS[: offered[0]], *SOUND_SLOTS[: offered[1]]]
    assert [m.msid.split()[0] for m in answer.media] == filled


def test_two_cameras_in_one_offer_are_refused_with_a_sentence():
    text = (DATA / "pion-4-whip.sdp").read_text()
    camera = text[text.index("m=video") : text.index("m=audio")].replace("a=mid:0", "a=mid:2")
    two = sdp.parse(text.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + camera)
    with pytest.raises(OfferRefused) as caught:
        published(two)
    assert caught.value.status == 406
    assert caught.value.reason == "The offer sends 2 m= lines of video; this relay takes one."


def test_the_two_sizes_of_a_camera_are_two_tracks_of_one_stream():
    text = (DATA / "pion-4-whip.sdp").read_text().replace("\r\n", "\n")
    camera = text[text.index("m=video") : text.index("m=audio")]
    stream = next(line for line in camera.splitlines() if line.startswith("a=msid:")).split()[0]
    lines = [line for line in camera.splitlines() if not line.startswith(("a=msid", "a=ssrc"))]
    small = "\n".join([*lines, f"{stream} small"]).replace("a=mid:0", "a=mid:2") + "\n"
    offer = sdp.parse(text.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + small)
    assert published(offer) == ["video 9", "audio 9", "video 9"]
    assert {mid: line.is_small for mid, line in publish_lines(offer).items()} == {
        "1": False,
        "0": False,
        "2": True,
    }
    answer = publish_answer(offer, publish_lines(offer), TRANSPORT, Rates())
    assert "x-google-max-bitrate=2600" in answer.media[0].codecs[0].fmtp


def test_a_line_of_another_kind_needs_no_place_in_the_bundle():
    text = (DATA / "pion-4-whip.sdp").read_text()
    with_text = sdp.parse(text + "m=text 11000 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n")
    assert published(with_text) == ["video 9", "audio 9", "text 0"]


HEAVY = {
    "one type 15,000 times": (
        f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(['96'] * 15_000)}\r\na=rtpmap:96 H264/90000\r\n"
        f"a=fmtp:96 {'a=1;' * 2_000}\r\n"
    ),
    "one type written differently": (
        f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(['96', '096', '0096'] * 3_000)}\r\n"
        "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:* x\r\n"
    ),
    "every type": f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, range(128)))}\r\n",
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_payload_type_counts_once_however_often_a_line_names_it(name):
    head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    media = sdp.parse(head + HEAVY[name]).media[0]
    numbers = [codec.payload_type for codec in media.codecs]
    assert len(numbers) == len(set(numbers)) <= 128
