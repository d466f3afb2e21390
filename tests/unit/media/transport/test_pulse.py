"""What always comes is missed soon, and what seldom comes never."""

import math

import pytest

from media.transport.pulse import Pulse


def fed(every_ms, count=1_000, **changes):
    pulse = Pulse(**changes)
    for index in range(count):
        pulse.heard(index * every_ms)
    return pulse, (count - 1) * every_ms


def test_media_are_missed_after_a_tenth_of_a_second():
    pulse, last_ms = fed(20)
    assert pulse.missed_from_ms == last_ms + 100


def test_where_pauses_are_usual_a_longer_one_is_waited_for():
    pulse, last_ms = fed(60)
    assert pulse.missed_from_ms == pytest.approx(last_ms + 130, abs=10)


def test_what_comes_seldom_is_not_missed():
    pulse, _ = fed(400)
    assert pulse.missed_from_ms == math.inf


def test_an_outage_says_nothing_of_the_pauses_after_it():
    pulse, last_ms = fed(20)
    pulse.heard(last_ms + 20_000)
    assert pulse.missed_from_ms == last_ms + 20_100


def test_one_long_pause_is_soon_forgotten():
    pulse, last_ms = fed(20)
    last_ms += 400
    pulse.heard(last_ms)
    assert last_ms + 100 < pulse.missed_from_ms < last_ms + 300
    for _ in range(50):
        last_ms += 20
        pulse.heard(last_ms)
    assert pulse.missed_from_ms < last_ms + 150


def test_before_anything_has_come_nothing_is_missed():
    assert Pulse().missed_from_ms == math.inf
