"""Guessing is slowed by name, and refused by address and pair: nobody locks anybody out."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.errors import TooManyTries
from controller.people.sign_in_throttle import (
    ADDRESS_LIMIT,
    KNOWN_LIMIT,
    PAIR_LIMIT,
    WINDOW,
    SignInThrottle,
)

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HOME, ELSEWHERE = "10.0.0.1", "10.0.0.66"


def test_a_name_that_fails_elsewhere_is_slowed_and_where_it_signed_in_it_is_not() -> None:
    throttle = SignInThrottle()
    throttle.succeeded("lan", HOME, now=NOW)
    for _ in range(PAIR_LIMIT):
        throttle.failed("lan", ELSEWHERE, now=NOW)
    assert throttle.check("lan", HOME, now=NOW) is False
    assert throttle.check("lan", "10.0.0.2", now=NOW) is True
    with pytest.raises(TooManyTries) as caught:
        throttle.check("lan", ELSEWHERE, now=NOW)
    assert caught.value.retry_after_s == WINDOW.total_seconds()
    assert throttle.check("minh", ELSEWHERE, now=NOW) is False
    assert throttle.check("lan", ELSEWHERE, now=NOW + WINDOW) is False


def test_an_address_that_tries_many_names_is_refused_but_not_who_signed_in_there() -> None:
    throttle = SignInThrottle()
    throttle.succeeded("lan", HOME, now=NOW)
    for number in range(ADDRESS_LIMIT):
        throttle.failed(f"n{number}", HOME, now=NOW)
    with pytest.raises(TooManyTries):
        throttle.check("minh", HOME, now=NOW)
    assert throttle.check("lan", HOME, now=NOW) is False


def test_guessing_on_from_a_known_address_is_refused_in_the_end() -> None:
    throttle = SignInThrottle()
    throttle.succeeded("lan", HOME, now=NOW)
    for _ in range(KNOWN_LIMIT):
        assert throttle.check("lan", HOME, now=NOW) is False
        throttle.failed("lan", HOME, now=NOW)
    with pytest.raises(TooManyTries):
        throttle.check("lan", HOME, now=NOW)
    later = NOW + timedelta(days=31)
    assert throttle.check("lan", HOME, now=later) is False
