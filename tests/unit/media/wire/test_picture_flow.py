"""Freezes by RTP times, in virtual time."""

import pytest

from media.wire.picture_flow import MAX_GAPS, PictureFlow

STEP = 3_600  # 25 pictures a second
BEGIN = 2**32 - 10 * STEP  # the times wrap on the way


class Stream:
    """Pictures of a camera at 25 a second, some of them late, lost or never made."""

    def __init__(self) -> None:
        self.flow = PictureFlow()
        self.timestamp, self.now, self.lost = BEGIN, 100.0, 0

    def runs(self, count: int) -> None:
        for _ in range(count):
            self.comes(0.04, 1)

    def comes(self, after_s: float, pictures: float, lost: int = 0) -> None:
        self.now += after_s
        self.lost += lost
        self.timestamp = (self.timestamp + round(pictures * STEP)) % 2**32
        self.flow.completed(self.timestamp, lost=self.lost, now=self.now)

    @property
    def counted(self) -> tuple[int, int]:
        return self.flow.freezes_total, self.flow.stalls_total


@pytest.fixture
def stream() -> Stream:
    made = Stream()
    made.runs(40)
    return made


def test_a_steady_stream_freezes_never(stream: Stream) -> None:
    stream.comes(0.18, 1)  # within the usual and 150 ms
    assert stream.counted == (0, 0)
    assert stream.flow.frozen_ratio(now=stream.now) == 0


def test_pictures_that_were_made_in_time_and_came_late_froze_on_the_line(stream: Stream) -> None:
    stream.comes(1.0, 1)
    stream.runs(5)
    assert stream.counted == (1, 0)
    assert stream.flow.frozen_ratio(now=stream.now) == pytest.approx(0.1)


def test_pictures_that_are_lost_froze_on_the_line(stream: Stream) -> None:
    stream.comes(2.0, 50, lost=120)
    assert stream.counted == (1, 0)
    assert stream.flow.stalled_ratio(now=stream.now) == 0


def test_pictures_that_were_never_made_are_the_sources_doing(stream: Stream) -> None:
    stream.comes(2.0, 50)
    assert stream.counted == (0, 1)
    assert stream.flow.frozen_ratio(now=stream.now) == 0
    assert stream.flow.stalled_ratio(now=stream.now) == pytest.approx(0.2)


def test_a_camera_that_is_slow_is_not_frozen() -> None:
    slow = Stream()
    for _ in range(40):
        slow.comes(0.2, 5)
    slow.comes(0.3, 7.5)
    assert slow.counted == (0, 0)


def test_a_freeze_leaves_the_window_bit_by_bit(stream: Stream) -> None:
    stream.comes(4.0, 1)
    ended = stream.now
    assert stream.flow.frozen_ratio(now=ended + 8) == pytest.approx(0.2)
    assert stream.flow.frozen_ratio(now=ended + 10) == 0


def test_a_pause_that_was_asked_for_is_none_of_it(stream: Stream) -> None:
    stream.flow.renew()
    stream.comes(60.0, 1500)
    stream.runs(10)
    assert stream.counted == (0, 0)


def test_an_earlier_picture_that_is_completed_late_changes_nothing(stream: Stream) -> None:
    stream.flow.completed((stream.timestamp - 3 * STEP) % 2**32, lost=0, now=stream.now + 0.9)
    stream.comes(0.04, 1)
    assert stream.counted == (0, 0)


def test_a_freeze_that_goes_on_counts_while_a_picture_lacks_packets(stream: Stream) -> None:
    later = stream.now + 3
    assert stream.flow.frozen_ratio(now=later, is_held=True) == pytest.approx(0.3)
    assert stream.flow.frozen_ratio(now=stream.now + 0.1, is_held=True) == 0
    assert stream.flow.frozen_ratio(now=later) == 0


def test_so_many_freezes_are_remembered_and_all_are_counted(stream: Stream) -> None:
    for _ in range(MAX_GAPS + 5):
        stream.comes(0.5, 1)
    assert stream.flow.freezes_total == MAX_GAPS + 5
    assert stream.flow.frozen_ratio(now=stream.now) == 1.0
