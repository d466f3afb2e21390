"""Guessing is slow, waiting helps, memory is bounded."""

from datetime import UTC, datetime, timedelta

from controller.people.throttle import MAX_KEYS, Throttle

T0 = datetime(2026, 11, 24, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def test_the_fifth_failure_closes_until_the_window_of_the_first_ends() -> None:
    throttle = Throttle(limit=5, window=WINDOW)
    for second in range(4):
        throttle.failed("a", now=T0 + timedelta(seconds=second))
    assert throttle.wait_s("a", now=T0 + timedelta(seconds=4)) == 0
    throttle.failed("a", now=T0 + timedelta(seconds=4))
    assert throttle.wait_s("a", now=T0 + timedelta(seconds=5)) == 895
    assert throttle.wait_s("b", now=T0 + timedelta(seconds=5)) == 0
    assert throttle.wait_s("a", now=T0 + WINDOW) == 0


def test_a_new_window_counts_anew() -> None:
    throttle = Throttle(limit=2, window=WINDOW)
    throttle.failed("a", now=T0)
    throttle.failed("a", now=T0 + WINDOW)
    assert throttle.wait_s("a", now=T0 + WINDOW) == 0


def test_success_forgets() -> None:
    throttle = Throttle(limit=1, window=WINDOW)
    throttle.failed("a", now=T0)
    throttle.succeeded("a")
    assert throttle.wait_s("a", now=T0) == 0


def test_a_flood_of_keys_keeps_the_newest() -> None:
    throttle = Throttle(limit=1, window=WINDOW)
    for number in range(MAX_KEYS + 1):
        throttle.failed(str(number), now=T0)
    assert throttle.wait_s("0", now=T0) == 0
    assert throttle.wait_s(str(MAX_KEYS), now=T0) == 900
