"""When a point traces its way: at once, in trouble, once a day, and never oftener than it may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.way.trace_due import (
    DAY_MOST,
    DAY_S,
    LEAST_S,
    METERED_DAY_MOST,
    METERED_LEAST_S,
    USUAL_FIRST_S,
    TraceDue,
)


def reason(due, now_s, *, trouble="", is_asked=False, is_metered=False, is_free=True):
    return due.reason(
        now_s, trouble=trouble, is_asked=is_asked, is_metered=is_metered, is_free=is_free
    )


def test_the_first_trace_says_what_is_usual_and_the_next_one_comes_a_day_later():
    due = TraceDue(0.0)
    assert reason(due, USUAL_FIRST_S - 1) is None
    assert reason(due, USUAL_FIRST_S) == "usual"
    due.traced("usual", USUAL_FIRST_S, is_whole=True)
    assert reason(due, USUAL_FIRST_S + DAY_S - 1) is None
    assert reason(due, USUAL_FIRST_S + DAY_S) == "usual"


def test_what_is_usual_waits_for_the_end_of_a_meeting_and_of_trouble():
    due = TraceDue(0.0)
    assert reason(due, 500, is_free=False) is None
    assert reason(due, 1000, trouble="loss") == "trouble"
    due.traced("trouble", 1000, is_whole=True)
    assert reason(due, 1010) is None
    assert reason(due, 1000 + LEAST_S) == "usual"


@pytest.mark.parametrize(("is_metered", "least_s"), [(False, LEAST_S), (True, METERED_LEAST_S)])
def test_trouble_is_traced_at_once_and_again_while_it_lasts(is_metered, least_s):
    due = TraceDue(0.0)
    assert reason(due, 5, trouble="cut", is_metered=is_metered, is_free=False) == "trouble"
    due.traced("trouble", 5, is_whole=False)
    assert reason(due, 5 + least_s - 1, trouble="cut", is_metered=is_metered) is None
    assert reason(due, 5 + least_s, trouble="cut", is_metered=is_metered) == "trouble"


def test_who_asks_waits_a_minute_at_most():
    due = TraceDue(0.0)
    due.traced("trouble", 100, is_whole=False)
    assert reason(due, 159, is_asked=True) is None
    assert reason(due, 160, is_asked=True) == "asked"


def test_what_was_traced_before_a_restart_counts():
    due = TraceDue(0.0, times_s=[-100.0])
    assert reason(due, 10, trouble="cut") is None
    assert reason(due, LEAST_S - 100, trouble="cut") == "trouble"


def test_some_of_the_days_share_stays_for_who_asks():
    due = TraceDue(0.0)
    now_s, traced = 0.0, 0
    while now_s < DAY_S - LEAST_S:
        if reason(due, now_s, trouble="cut") is not None:
            due.traced("trouble", now_s, is_whole=False)
            traced += 1
        now_s += LEAST_S
    assert traced == DAY_MOST - 2
    assert reason(due, now_s, is_asked=True) == "asked"


@given(
    st.lists(st.tuples(st.floats(0, 4000), st.booleans(), st.booleans(), st.booleans())),
    st.booleans(),
)
def test_however_often_it_is_wanted_no_day_has_more_than_it_may(steps, is_metered):
    due, now_s, times = TraceDue(0.0), 0.0, list[float]()
    for wait_s, is_troubled, is_asked, is_free in steps:
        now_s += wait_s
        why = reason(
            due,
            now_s,
            trouble="loss" if is_troubled else "",
            is_asked=is_asked,
            is_metered=is_metered,
            is_free=is_free,
        )
        if why is not None:
            least_s = METERED_LEAST_S if is_metered else LEAST_S
            assert why == "asked" or not times or now_s - times[-1] >= least_s
            due.traced(why, now_s, is_whole=False)
            times.append(now_s)
    most = METERED_DAY_MOST if is_metered else DAY_MOST
    for one in times:
        assert sum(one - DAY_S < other <= one for other in times) <= most
