"""Losses, delays and changes as one slot's marks tell them."""

from media.testcard.marker import COUNTER_MODULUS, Strip
from media.testcard.watch import Shown, Watch


def seen(counter, number=3, made_at_ms=0):
    return Strip(number, counter % COUNTER_MODULUS, made_at_ms)


def test_counts_pictures_missing_by_their_counter():
    watch = Watch()
    for counter, at_ms in ((10, 0), (11, 40), (14, 160)):
        watch.picture(seen(counter, made_at_ms=at_ms), at_ms + 5)
    counts = watch.take_interval()
    assert (counts.frames_missing, list(counts.latencies_ms)) == (2, [5.0, 5.0, 5.0])
    assert watch.take_interval().frames_missing == 0


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


def test_an_emptied_slot_shows_nobody():
    watch = Watch()
    watch.picture(seen(1), 1000)
    watch.emptied(1040)
    watch.picture(seen(200, number=5), 9000)
    assert list(watch.shown) == [Shown(3, 1000), Shown(None, 1040), Shown(5, 9000)]


def test_pictures_without_a_mark_change_nothing_that_is_shown():
    watch = Watch()
    watch.picture(None, 0)
    watch.picture(seen(1), 40)
    watch.picture(None, 80)
    assert watch.total.unreadable == 2
    assert list(watch.shown) == [Shown(3, 40)]


def test_a_picture_that_comes_again_is_counted():
    watch = Watch()
    for counter, number in ((10, 3), (10, 3), (11, 3), (11, 4)):
        watch.picture(seen(counter, number=number), 0)
    assert watch.total.frames_repeated == 1
