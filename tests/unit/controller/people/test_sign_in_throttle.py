"""Guessing is slowed by name, and refused by address and pair: nobody locks anybody out."""

from datetime import timedelta

import pytest

from controller.errors import TooManyTries
from controller.people.sign_in_throttle import (
    ADDRESS_LIMIT,
    KNOWN_LIMIT,
    PAIR_LIMIT,
    WINDOW,
    SignInThrottle,
)

HOME, ELSEWHERE = "10.0.0.1", "10.0.0.66"


def test_a_name_that_fails_elsewhere_is_slowed_and_where_it_signed_in_it_is_not() -> None:
    now_s = [1000.0]
    throttle = SignInThrottle(monotonic=lambda: now_s[0])
    throttle.succeeded("lan", HOME)
    for _ in range(PAIR_LIMIT):
        throttle.failed("lan", ELSEWHERE)
    assert throttle.check("lan", HOME) is False
    assert throttle.check("lan", "10.0.0.2") is True
    with pytest.raises(TooManyTries) as caught:
        throttle.check("lan", ELSEWHERE)
    assert caught.value.retry_after_s == WINDOW.total_seconds()
    assert throttle.check("minh", ELSEWHERE) is False
    now_s[0] += WINDOW.total_seconds()
    assert throttle.check("lan", ELSEWHERE) is False


def test_an_address_that_tries_many_names_is_refused_but_not_who_signed_in_there() -> None:
    now_s = [1000.0]
    throttle = SignInThrottle(monotonic=lambda: now_s[0])
    throttle.succeeded("lan", HOME)
    for number in range(ADDRESS_LIMIT):
        throttle.failed(f"n{number}", HOME)
    with pytest.raises(TooManyTries):
        throttle.check("minh", HOME)
    assert throttle.check("lan", HOME) is False


def test_guessing_on_from_a_known_address_is_refused_in_the_end() -> None:
    now_s = [1000.0]
    throttle = SignInThrottle(monotonic=lambda: now_s[0])
    throttle.succeeded("lan", HOME)
    for _ in range(KNOWN_LIMIT):
        assert throttle.check("lan", HOME) is False
        throttle.failed("lan", HOME)
    with pytest.raises(TooManyTries):
        throttle.check("lan", HOME)
    now_s[0] += timedelta(days=31).total_seconds()
    assert throttle.check("lan", HOME) is False
