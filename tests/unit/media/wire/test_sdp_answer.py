"""Answers to real offers."""

from dataclasses import replace
from pathlib import Path

import pytest

from media.errors import MalformedSdp, OfferRefused
from media.sfu.slots import SOUND_SLOTS, VIDEO_SLOTS
from media.wire import sdp
from media.wire.ice_credentials import Credentials
from media.wire.sdp import TRANSPORT_CC
from media.wire.sdp_answer import (
    Rates,
    Transport,
    check,
    host_candidates,
    play_answer,
    play_lines,
    publish_answer,
    publish_lines,
    setup_for,
)

DATA = Path(__file__).parents[3] / "data" / "sdp"
SLOTS = {"video": VIDEO_SLOTS, "audio": SOUND_SLOTS}
TRANSPORT = Transport(
    Credentials("ufrag", "password" * 4),
    sdp.Fingerprint("sha-256", ":".join(["AB"] * 32)),
    host_candidates(["192.0.2.1", "2001:db8::1"], 10_000),
)


def offer(name, client="chromium"):
    return sdp.parse((DATA / f"{client}-{name}.sdp").read_text())


@pytest.mark.parametrize("name", ["whip", "simulcast"])
def test_a_publisher_is_answered(name):
    given = offer(name)
    answer = publish_answer(given, publish_lines(given), TRANSPORT, Rates())
    read = sdp.parse(sdp.render(answer))
    assert read.is_ice_lite
    assert read.bundle == given.bundle
    assert [(m.mid, m.direction, m.setup) for m in read.media] == [
        ("0", "recvonly", "passive"),
        ("1", "recvonly", "passive"),
    ]
    sound, video = (m.codecs[0] for m in read.media)
    assert (sound.name, video.name) == ("opus", "VP8")
    assert "x-google-start-bitrate=1500" in video.fmtp
    assert {"nack", "nack pli", "transport-cc", "goog-remb", "ccm fir"} == set(video.feedback)
    assert sdp.TRANSPORT_CC in read.media[1].extensions.values()
    assert sdp.MID in read.media[1].extensions.values()
    assert read.media[0].candidates == TRANSPORT.candidates


def test_a_section_with_port_0_that_shares_its_bundle_is_no_refused_one():
    given = offer("whip", "gstreamer")
    assert [(m.port, m.is_bundle_only) for m in given.media] == [(9, False), (0, True)]
    lines = publish_lines(given)
    answer = sdp.parse(sdp.render(publish_answer(given, lines, TRANSPORT, Rates())))
    assert [(m.mid, m.direction, m.port) for m in answer.media] == [
        ("video0", "recvonly", 9),
        ("audio1", "recvonly", 9),
    ]
    # It names the feedback and not the extension whose numbers it is made of.
    assert "transport-cc" not in answer.media[0].codecs[0].feedback


def test_a_player_gets_slots_in_order():
    given = offer("whep")
    lines = play_lines(given, SLOTS, range(100, 110))
    answer = sdp.parse(sdp.render(play_answer(given, lines, TRANSPORT, "cname")))
    assert [m.msid for m in answer.media] == [
        "stage stage-video",
        "speaker speaker-video",
        "sound-0 sound-0-audio",
        "sound-1 sound-1-audio",
        "sound-2 sound-2-audio",
    ]
    assert [m.ssrcs[0].ssrc for m in answer.media] == [100, 101, 102, 103, 104]
    assert all(m.direction == "sendonly" for m in answer.media)
    assert [m.repairs for m in answer.media] == [((100, 105),), ((101, 106),), (), (), ()]
    for media in answer.media[2:]:
        assert [(c.name, c.payload_type, c.fmtp) for c in media.codecs[1:]] == [
            ("red", 63, "111/111")
        ]
    for media in answer.media[:2]:
        again = {c.fmtp: c for c in media.codecs if c.name == "rtx"}
        sent = [c for c in media.codecs if c.name != "rtx"]
        assert set(again) == {f"apt={c.payload_type}" for c in sent}
        offered = {c.payload_type: c.fmtp for c in given.media[0].codecs if c.name == "rtx"}
        assert all(offered[c.payload_type] == c.fmtp for c in again.values())
    for asked, got in zip(given.media, answer.media, strict=True):
        number = asked.extension_id(TRANSPORT_CC)
        assert got.extensions == {number: TRANSPORT_CC}
        assert "transport-cc" in got.codecs[0].feedback


@pytest.mark.parametrize("extensions", [{}, {15: TRANSPORT_CC}])
def test_feedback_without_numbers_that_fit_is_not_agreed_to(extensions):
    given = offer("whep")
    given = replace(given, media=tuple(replace(m, extensions=extensions) for m in given.media))
    lines = play_lines(given, SLOTS, range(9))
    answer = play_answer(given, lines, TRANSPORT, "cname")
    assert all(m.extensions == {} for m in answer.media)
    assert all("transport-cc" not in m.codecs[0].feedback for m in answer.media)


def test_a_player_with_more_lines_than_slots_has_them_refused():
    given = offer("whep")
    lines = play_lines(given, {"video": ("stage",), "audio": ()}, range(9))
    answer = sdp.parse(sdp.render(play_answer(given, lines, TRANSPORT, "cname")))
    assert [m.port == 0 for m in answer.media] == [False, True, True, True, True]
    assert all(m.fingerprints for m in answer.media)
    assert answer.bundle == ("0",)


def spoiled(**changes):
    given = offer("whip")
    return replace(given, media=tuple(replace(m, **changes) for m in given.media))


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (spoiled(ice=Credentials()), "a=ice-ufrag"),
        (spoiled(ice=Credentials("u" * 257, "p" * 24)), "longer than 256"),
        (spoiled(ice=Credentials("u" * 8, "p" * 257)), "longer than 256"),
        (spoiled(fingerprints=()), "a=fingerprint"),
        (spoiled(has_rtcp_mux=False), "a=rtcp-mux"),
        (replace(offer("whip"), bundle=()), "BUNDLE"),
    ],
)
def test_an_offer_that_cannot_be_served_is_refused_with_the_reason(bad, word):
    with pytest.raises(OfferRefused) as caught:
        check(bad)
    assert word in caught.value.reason


def test_a_publisher_of_nothing_known_is_refused():
    with pytest.raises(OfferRefused):
        publish_lines(spoiled(codecs=()))
    with pytest.raises(OfferRefused):
        publish_lines(offer("whep"))


def test_two_lines_with_one_ssrc_are_refused_and_not_half_taken():
    with pytest.raises(OfferRefused) as caught:
        publish_lines(spoiled(ssrcs=(sdp.Ssrc(7, "c"),)))
    assert "the same a=ssrc" in caught.value.reason


def test_the_client_begins_dtls_wherever_it_may():
    assert [setup_for(s) for s in ("actpass", "active", "passive")] == [
        "passive",
        "passive",
        "active",
    ]


def test_more_lines_than_are_served_are_refused():
    given = offer("whip")
    lines = tuple(replace(given.media[0], mid=str(number)) for number in range(41))
    with pytest.raises(OfferRefused):
        check(replace(given, media=lines, bundle=tuple(line.mid for line in lines)))
    line = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    with pytest.raises(MalformedSdp):
        sdp.parse("v=0\r\n" + line * 65)
    with pytest.raises(MalformedSdp):
        sdp.parse("v=0\r\n" + "a=" * 33_000)
