"""An encoder that is told how much it may take."""

import pytest

from media.client.following_encoder import UP_AFTER_MS, FollowingEncoder, fitting


@pytest.mark.parametrize(
    ("wanted_bps", "expected"),
    [(2e6, 900_000), (900_000, 900_000), (899_999, 600_000), (450_000, 400_000), (0, 52_674)],
)
def test_the_largest_step_that_fits_is_taken(wanted_bps, expected):
    assert fitting(wanted_bps, 900_000) == expected


def test_it_goes_down_at_once_and_up_after_a_second():
    encoder = FollowingEncoder(64, 48, rate_hz=25, most_bps=900_000, gop=50)
    assert encoder.encode(is_keyframe=False).is_keyframe
    assert not encoder.encode(is_keyframe=False).is_keyframe
    encoder.follow(500_000, 0.0)
    assert encoder.bitrate_bps == 400_000
    assert encoder.encode(is_keyframe=False).is_keyframe
    encoder.follow(700_000, 40.0)
    encoder.follow(700_000, 40.0 + UP_AFTER_MS - 1)
    assert encoder.bitrate_bps == 400_000
    encoder.follow(390_000, 1_060.0)
    assert encoder.bitrate_bps == 266_666
    encoder.follow(700_000, 1_100.0)
    encoder.follow(700_000, 1_100.0 + UP_AFTER_MS)
    assert encoder.bitrate_bps == 600_000
