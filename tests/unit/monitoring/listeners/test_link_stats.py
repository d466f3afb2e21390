"""An interval's round trips to a result."""

from contracts.reports import LineSection
from monitoring.listeners.link_stats import summarise


def test_nothing_came_back():
    assert summarise(3, []) == LineSection(sent=3, received=0)


def test_one_answer_has_no_jitter():
    assert summarise(3, [12.25]) == LineSection(
        sent=3, received=1, rtt_ms=12.25, rtt_min_ms=12.25, rtt_max_ms=12.25
    )


def test_jitter_is_the_mean_difference_of_neighbours():
    assert summarise(4, [10.0, 14.0, 12.0]) == LineSection(
        sent=4, received=3, rtt_ms=12.0, rtt_min_ms=10.0, rtt_max_ms=14.0, jitter_ms=3.0
    )
