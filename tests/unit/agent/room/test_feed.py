"""In which codec the room's browser sends its picture."""

import pytest

from agent.room.feed import codec_order

SOFT, HARD = ("VP8", "H264"), ("H264", "VP8")


@pytest.mark.parametrize(
    ("wish", "encodable", "order"),
    [
        ("auto", SOFT, SOFT),
        ("auto", HARD, HARD),
        ("auto", ("VP8",), ("VP8",)),
        ("auto", (), ("VP8",)),  # a page that is older than its server
        ("vp8", HARD, ("VP8",)),
        ("h264", SOFT, HARD),
        ("h264", ("VP8",), ("VP8",)),
        ("h264", ("H264",), ("H264",)),
    ],
)
def test_the_setting_and_what_the_browser_can_make_the_order(wish, encodable, order):
    assert codec_order(wish, encodable) == order
