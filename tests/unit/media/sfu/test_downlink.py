"""What is sent again on a subscriber's line."""

from dataclasses import dataclass

from media.sfu.bandwidth import CEILING_BPS, FLOOR_BPS
from media.sfu.downlink import (
    NUMBERS_BURST,
    NUMBERS_PER_S,
    TOLD_BURST,
    TOLD_BY_ITSELF,
    Downlink,
)
from media.sfu.ladder import Rung
from media.sfu.sizes import Size


@dataclass(frozen=True)
class Camera:
    """One size of a picture, of which nothing was measured yet."""

    size: Size
    bps: float | None = None
    largest_bytes: float = 0.0


def test_a_packet_is_sent_again_once_a_round_trip_and_within_the_budget():
    line = Downlink(bytes_per_s=1000, burst_bytes=3000)
    line.round_trip_s = 0.1
    assert line.sends_again(1, 7, 1000, now=0.0)
    assert not line.sends_again(1, 7, 1000, now=0.09)
    assert line.sends_again(1, 7, 1000, now=0.11)
    assert line.sends_again(2, 7, 1000, now=0.11)
    assert not line.sends_again(1, 8, 1000, now=0.2), "the bucket is empty"
    assert line.sends_again(1, 8, 1000, now=1.3)


def test_before_a_report_a_round_trip_is_assumed():
    line = Downlink()
    assert line.sends_again(1, 7, 1000, now=0.0)
    assert not line.sends_again(1, 7, 1000, now=0.049)
    assert line.sends_again(1, 7, 1000, now=0.05)


def test_what_was_sent_again_is_remembered_for_as_long_as_it_may_be_asked_for():
    """So on a trunk that loses much no request looks at thousands of them."""
    line = Downlink(bytes_per_s=1e9, burst_bytes=1e9, start_bps=CEILING_BPS)
    for number in range(5000):
        assert line.sends_again(1, number, 10, now=number / 500)
    assert len(line._sent_at) == 500
    assert not line.sends_again(1, 4999, 10, now=10.0), "a moment ago"


def test_so_many_numbers_are_looked_up_and_no_more():
    line = Downlink()
    assert line.looked_up(255, now=0.0) == 255
    assert line.looked_up(1000, now=0.0) == NUMBERS_BURST - 255
    assert line.looked_up(10, now=0.0) == 0
    assert line.looked_up(1000, now=0.5) == NUMBERS_PER_S // 2


def test_on_a_thin_line_less_is_sent_again():
    line = Downlink(start_bps=80_000)
    sent = sum(line.sends_again(1, n, 1000, now=n / 100) for n in range(1000))
    assert 0.8 * 80_000 / 4 * 10 <= sent * 8000 <= 1.5 * 80_000 / 4 * 10


def test_all_lost_before_anything_was_sent_leaves_the_least_of_a_line():
    line = Downlink()
    line.estimate.loss_reported(1.0, 0.0)
    assert line.estimate.usable_bps == FLOOR_BPS
    assert line.sends_again(1, 7, 100, now=0.0)


def test_feedback_on_more_packets_than_a_line_has_is_not_read():
    line = Downlink()
    each = TOLD_BURST // 4
    assert [line.heeds(each - TOLD_BY_ITSELF, now=0.0) for _ in range(5)] == [True] * 4 + [False]
    line = Downlink()
    assert all(line.heeds(10, now=n / 75) for n in range(3000)), "one for each of three pictures"


def test_the_relays_load_is_told_from_a_line_that_carries_no_more():
    line = Downlink()
    assert not line.is_shed
    line.cap = Rung.LOW
    assert line.is_shed, "the line would carry everything"
    line.ladder.rung = Rung.CONTENT
    assert not line.is_shed, "the line carries less than the relay would send"


def test_only_a_picture_that_there_is_can_be_held_back():
    line, high, low = Downlink(), Camera(Size.HIGH), Camera(Size.LOW)
    line.pictures = {"stage": [high, low], "speaker": [low]}
    assert not line.is_reduced
    line.ladder.rung = Rung.LOW
    assert line.is_reduced and not line.withholds("stage")
    line.pictures = {"speaker": [low]}
    assert not line.is_reduced, "there is no larger one"
    line.ladder.rung = Rung.SOUND
    assert line.is_reduced and line.withholds("speaker")
    assert not line.withholds("stage"), "nobody is there"
    line.pictures = {}
    assert not line.is_reduced
