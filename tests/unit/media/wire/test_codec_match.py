"""Which payload types of an offer are carried: profile, packetization mode, order."""

from dataclasses import replace

import pytest

from media.wire.codec_match import agreed_fmtp, carried
from media.wire.sdp import Codec, Media

VP8 = Codec(96, "VP8", 90_000)


def h264(payload_type, profile="42e01f", mode="1"):
    parts = ["level-asymmetry-allowed=1"]
    parts += [f"packetization-mode={mode}"] if mode else []
    parts += [f"profile-level-id={profile}"] if profile else []
    return Codec(payload_type, "H264", 90_000, fmtp=";".join(parts))


def types(*codecs, is_sent=True, kind="video"):
    media = Media(kind, "0", codecs=codecs)
    return {name: codec.payload_type for name, codec in carried(media, is_sent=is_sent).items()}


@pytest.mark.parametrize(
    ("codec", "is_sent_ok", "is_received_ok"),
    [
        (h264(102), True, True),
        (h264(102, "42001f"), True, True),
        (h264(102, "42C028"), True, True),
        (h264(102, "42e01f", mode="0"), True, False),
        (h264(102, "42e01f", mode=""), True, False),
        (h264(102, "", mode="1"), True, True),
        (h264(102, "42e01f", mode="2"), False, False),
        (h264(102, "4d001f"), False, False),
        (h264(102, "640c1f"), False, False),
        (h264(102, "42zz1f"), True, True),
        (Codec(102, "h264", 90_000, fmtp="Packetization-Mode = 1; PROFILE-LEVEL-ID=42E01F"),
         True, True),
        (Codec(98, "VP9", 90_000), False, False),
    ],
)  # fmt: skip
def test_baseline_in_a_mode_that_everybody_reads_is_carried(codec, is_sent_ok, is_received_ok):
    assert bool(types(codec)) is is_sent_ok
    assert bool(types(codec, is_sent=False)) is is_received_ok


def test_the_offers_order_stays_and_the_constrained_profile_in_mode_1_is_taken_of_several():
    several = (h264(1, "42001f", "0"), h264(2, "42001f"), h264(3), h264(4, mode="0"))
    assert types(VP8, *several) == {"VP8": 96, "H264": 3}
    assert list(types(*several, VP8)) == ["H264", "VP8"]
    assert types(several[0], several[3]) == {"H264": 4}


def test_a_kind_has_its_own_codecs():
    opus = Codec(111, "opus", 48_000, 2)
    assert types(opus, VP8, kind="audio") == {"OPUS": 111}
    assert types(opus, VP8) == {"VP8": 96}


def test_an_answer_says_the_mode_and_the_profile_that_were_offered():
    answered = agreed_fmtp(replace(h264(102), fmtp="profile-level-id=42C028;packetization-mode=1"))
    assert answered == "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42c028"
