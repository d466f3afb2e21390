"""How long a session waits before it is begun again."""

import pytest

from runtime.session_retry import CLOSED_LIMIT, TAKEN_OVER, USUAL, Ending, SessionRetry


def waits(retry, ending, *, times, stood_s=None, chance=0.0):
    found, now_s = [], 0.0
    for _ in range(times):
        if stood_s is not None:
            retry.began(now_s)
            now_s += stood_s
        found.append(retry.ended(ending, now_s, chance=chance)[1])
        now_s += found[-1]
    return found


def test_a_line_that_fails_is_tried_soon_and_ever_less_often():
    assert waits(SessionRetry(), Ending.FAILED, times=6) == [0.5, 1, 2, 4, 5, 5]


def test_a_session_that_stood_begins_the_usual_waits_anew():
    retry = SessionRetry()
    waits(retry, Ending.FAILED, times=4)
    retry.began(10.0)
    assert retry.ended(Ending.FAILED, 11.0, chance=0.0) == (Ending.FAILED, USUAL.first_s)


def test_who_was_thrown_out_waits_half_a_minute_at_least_and_longer_each_time():
    found = waits(SessionRetry(), Ending.TAKEN_OVER, times=6, stood_s=90.0)
    assert found == [60, 120, 240, 480, 600, 600]
    assert waits(SessionRetry(), Ending.TAKEN_OVER, times=1, stood_s=9.0, chance=1.0) == [30]


@pytest.mark.parametrize(("stood_s", "wait_s"), [(600.0, 120), (600.5, 60)])
def test_a_session_that_outlasted_the_longest_wait_ends_the_fight(stood_s, wait_s):
    retry = SessionRetry()
    assert TAKEN_OVER.cap_s == 600
    assert waits(retry, Ending.TAKEN_OVER, times=2, stood_s=stood_s)[1] == wait_s


def test_a_broker_that_closes_without_a_word_again_and_again_is_understood_as_well():
    retry = SessionRetry()
    found = waits(retry, Ending.CLOSED, times=6, stood_s=0.4)
    assert found == [0.5, 0.5, 60, 120, 120, 120]
    retry.began(0.0)
    assert retry.ended(Ending.CLOSED, 1.0, chance=0.0)[0] is Ending.THROWN_OUT


def test_a_broker_that_is_away_in_between_was_restarted_and_is_no_twin():
    retry = SessionRetry()
    for _ in range(CLOSED_LIMIT + 1):
        retry.began(0.0)
        retry.ended(Ending.CLOSED, 1.0, chance=0.0)
        ending, wait_s = retry.ended(Ending.FAILED, 2.0, chance=0.0)
        assert (ending, wait_s) == (Ending.FAILED, 1.0)
