"""Pictures, gaps and changes as one slot shows them."""

import pytest

from media.testcard.marker import COUNTER_MODULUS, Strip
from media.testcard.watch import Quality, Shown, Watch, percentile


def seen(counter, number=3, made_at_ms=0):
    return Strip(number, counter % COUNTER_MODULUS, made_at_ms)


def test_counts_pictures_missing_by_their_counter():
    watch = Watch()
    for counter, at_ms in ((10, 0), (11, 40), (14, 160)):
        watch.picture(seen(counter, made_at_ms=at_ms), at_ms + 5)
    assert watch.take_interval(165) == Quality(3, 2, 0, 120, (5.0, 5.0, 5.0))


def test_the_counter_wraps_around():
    watch = Watch()
    watch.picture(seen(COUNTER_MODULUS - 1), 0)
    watch.picture(seen(COUNTER_MODULUS + 1), 80)
    assert watch.total.frames_missing == 1


def test_another_point_is_a_change_and_no_loss():
    watch = Watch()
    watch.picture(seen(10), 0)
    watch.picture(seen(900, number=4), 40)
    assert list(watch.shown) == [Shown(3, 0), Shown(4, 40)]
    assert watch.total.frames_missing == 0


def test_a_cut_shows_as_a_gap_while_it_lasts():
    watch = Watch()
    watch.picture(seen(1), 1000)
    assert watch.take_interval(3500).gap_max_ms == 2500
    watch.picture(seen(100), 5000)
    assert watch.take_interval(5000).gap_max_ms == 4000


def test_an_emptied_slot_has_no_gap():
    watch = Watch()
    watch.picture(seen(1), 1000)
    watch.emptied(1040)
    watch.picture(seen(200, number=5), 9000)
    assert watch.total.gap_max_ms is None
    assert list(watch.shown) == [Shown(3, 1000), Shown(None, 1040), Shown(5, 9000)]


def test_unreadable_pictures_are_pictures():
    watch = Watch()
    watch.picture(None, 0)
    watch.picture(None, 40)
    assert watch.take_interval(40) == Quality(2, 0, 2, 40, ())


def test_fps_is_over_the_last_five_seconds():
    watch = Watch()
    for index in range(250):
        watch.picture(seen(index), index * 40)
    assert watch.fps(250 * 40) == pytest.approx(25, abs=0.3)
    assert watch.fps(250 * 40 + 5000) == 0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.95, 7), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_percentile(values, share, expected):
    assert percentile(values, share) == expected
