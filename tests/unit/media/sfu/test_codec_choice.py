"""In which codec a meeting's pictures go, who is refused, and who has to come again."""

import pytest

from media.errors import OfferRefused
from media.sfu.codec_choice import CodecChoice, Sent

VP8, H264 = ("VP8",), ("H264",)
BOTH, HARDWARE = ("VP8", "H264"), ("H264", "VP8")


@pytest.mark.parametrize(
    ("offered", "players", "chosen"),
    [
        (BOTH, [], "VP8"),
        (HARDWARE, [], "H264"),
        (HARDWARE, [BOTH, BOTH], "H264"),
        (HARDWARE, [BOTH, VP8], "VP8"),
        (H264, [BOTH], "H264"),
        (VP8, [BOTH], "VP8"),
        (BOTH, [H264], "H264"),
        (VP8, [H264], "VP8"),  # an odd viewer keeps nobody out
        ((), [VP8], None),
    ],
)
def test_a_picture_goes_in_what_everybody_plays_in_its_publishers_order(offered, players, chosen):
    assert CodecChoice().for_publisher(offered, players) == chosen


def test_a_picture_that_not_everybody_could_see_is_refused_with_the_reason():
    with pytest.raises(OfferRefused) as caught:
        CodecChoice().for_publisher(H264, [BOTH, VP8])
    assert caught.value.status == 406
    assert caught.value.reason == "Not everybody in this meeting can play H264; VP8 is needed."


def test_whoever_comes_and_plays_what_is_sent_disturbs_nobody():
    sent = [Sent("a", "VP8", VP8), Sent("b", "H264", HARDWARE)]
    choice = CodecChoice()
    assert choice.for_player(BOTH, sent, [BOTH]) == []
    assert choice.for_player(None, sent, [BOTH]) == []
    assert choice.for_publisher(HARDWARE, [BOTH]) == "H264"


def test_who_could_send_another_codec_is_asked_to_once_in_a_meeting():
    sent = [Sent("a", "VP8", VP8), Sent("b", "H264", HARDWARE)]
    choice = CodecChoice()
    assert choice.for_player(VP8, sent, [BOTH]) == sent[1:]
    assert choice.for_publisher(HARDWARE, [BOTH]) == "H264", "he is not there yet"
    choice.leave_out(sent[1:])
    # However often he leaves and comes: the others stay with what he can play.
    assert choice.for_publisher(HARDWARE, [BOTH]) == "VP8"


def test_who_cannot_play_what_cannot_be_sent_otherwise_is_refused_with_the_reason():
    choice = CodecChoice()
    with pytest.raises(OfferRefused) as caught:
        choice.for_player(VP8, [Sent("camera", "H264", H264)], [BOTH])
    assert caught.value.status == 406
    assert caught.value.reason == "This meeting's pictures are H264; the offer plays VP8 only."
    assert choice.for_publisher(HARDWARE, [BOTH]) == "H264", "he is not in"


def test_who_plays_no_base_is_refused_where_others_do_not_play_what_he_does():
    with pytest.raises(OfferRefused):
        CodecChoice().for_player(H264, [Sent("a", "VP8", BOTH)], [VP8])
    sent = [Sent("a", "VP8", BOTH)]
    assert CodecChoice().for_player(H264, sent, [BOTH]) == sent
