"""What always comes is missed soon, and what seldom comes never."""

from media.transport.pulse import Pulse


def fed(every_ms, count=1_000, **changes):
    pulse = Pulse(**changes)
    for index in range(count):
        pulse.heard(index * every_ms)
    return pulse, (count - 1) * every_ms


def test_media_are_missed_after_a_tenth_of_a_second():
    pulse, last_ms = fed(20)
    assert not pulse.is_missed(last_ms + 100)
    assert pulse.is_missed(last_ms + 101)


def test_where_pauses_are_usual_a_longer_one_is_waited_for():
    pulse, last_ms = fed(60)
    assert not pulse.is_missed(last_ms + 180)
    assert pulse.is_missed(last_ms + 181)


def test_what_comes_seldom_is_not_missed():
    pulse, last_ms = fed(400)
    assert not pulse.is_missed(last_ms + 60_000)


def test_an_outage_says_nothing_of_the_pauses_after_it():
    pulse, last_ms = fed(20)
    pulse.heard(last_ms + 20_000)
    assert pulse.is_missed(last_ms + 20_101)


def test_before_anything_has_come_nothing_is_missed():
    assert not Pulse().is_missed(1e9)
