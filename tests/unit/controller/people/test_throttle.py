"""Guessing is slow, waiting helps, memory is bounded."""

from datetime import timedelta

from controller.people.throttle import MAX_KEYS, Throttle

T0_S = 1000.0
WINDOW = timedelta(minutes=15)


def test_the_fifth_failure_closes_until_the_window_of_the_first_ends() -> None:
    throttle = Throttle(limit=5, window=WINDOW)
    for second in range(4):
        throttle.failed("a", now_s=T0_S + second)
    assert throttle.wait_s("a", now_s=T0_S + 4) == 0
    throttle.failed("a", now_s=T0_S + 4)
    assert throttle.wait_s("a", now_s=T0_S + 5) == 895
    assert throttle.wait_s("b", now_s=T0_S + 5) == 0
    assert throttle.wait_s("a", now_s=T0_S + WINDOW.total_seconds()) == 0


def test_a_new_window_counts_anew() -> None:
    throttle = Throttle(limit=2, window=WINDOW)
    throttle.failed("a", now_s=T0_S)
    throttle.failed("a", now_s=T0_S + WINDOW.total_seconds())
    assert throttle.wait_s("a", now_s=T0_S + WINDOW.total_seconds()) == 0


def test_success_forgets() -> None:
    throttle = Throttle(limit=1, window=WINDOW)
    throttle.failed("a", now_s=T0_S)
    throttle.succeeded("a")
    assert throttle.wait_s("a", now_s=T0_S) == 0


def test_a_flood_of_keys_keeps_the_newest() -> None:
    throttle = Throttle(limit=1, window=WINDOW)
    for number in range(MAX_KEYS + 1):
        throttle.failed(str(number), now_s=T0_S)
    assert throttle.wait_s("0", now_s=T0_S) == 0
    assert throttle.wait_s(str(MAX_KEYS), now_s=T0_S) == 900
