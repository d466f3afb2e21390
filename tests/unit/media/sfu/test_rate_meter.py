"""What a stream measures: what its frames take, and not what one far larger takes at once."""

import pytest

from media.sfu.rate_meter import INTERVAL_S, SPREAD_S, RateMeter

FRAMES_PER_S = 20
FRAME_BYTES = 2500  # 400 kbit/s, and of a picture twenty times a second


class Stream:
    """Frames that are counted, of two packets each, and measured where that is due."""

    def __init__(self):
        self.meter, self.frames = RateMeter(), 0

    def run(self, seconds, octets=FRAME_BYTES, first_octets=None):
        """Return all that was measured."""
        found = []
        for index in range(round(seconds * FRAMES_PER_S)):
            size = first_octets if index == 0 and first_octets else octets
            for part in (size // 2, size - size // 2) if size else ():
                self.meter.add(part, frame=self.frames)
            self.frames += 1
            self.meter.sample(now=self.frames / FRAMES_PER_S)
            found.append(self.meter.bps)
        return found


def test_a_steady_stream_measures_what_it_has():
    stream = Stream()
    stream.run(2)
    assert stream.run(3) == pytest.approx([400e3] * 60, rel=0.01)


def test_a_keyframe_is_counted_whole_and_over_seconds():
    stream = Stream()
    stream.run(3)
    found = stream.run(4 * SPREAD_S, first_octets=40_000)
    assert max(found) < 1.35 * 400e3
    beyond_bytes = sum(bps - 400e3 for bps in found) / FRAMES_PER_S / 8
    assert beyond_bytes == pytest.approx(40_000 - FRAME_BYTES, rel=0.1)


@pytest.mark.parametrize("times", [2, 4, 15])
def test_a_stream_that_grows_is_known_to_within_a_second(times):
    stream = Stream()
    stream.run(3)
    assert stream.run(2 * INTERVAL_S, octets=times * FRAME_BYTES)[-1] > 0.4 * times * 400e3


def test_a_stream_that_stood_still_begins_anew():
    stream = Stream()
    stream.run(3, first_octets=40_000)
    assert stream.run(2, octets=0)[-1] is None
    assert stream.run(3)[-1] == pytest.approx(400e3, rel=0.1)


def test_the_largest_frame_is_known_for_minutes():
    stream = Stream()
    stream.run(1, first_octets=40_000)
    assert 39_000 < stream.meter.largest_bytes <= 40_000
    stream.run(60)
    assert stream.meter.largest_bytes > 30_000
    stream.run(1800)
    assert stream.meter.largest_bytes < 2 * FRAME_BYTES
