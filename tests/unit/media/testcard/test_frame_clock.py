"""Which slots a source makes, on time, late, and after the clock was set."""

import pytest

from media.testcard.frame_clock import CLOCK_WAS_SET_SLOTS, due, left_out


@pytest.mark.parametrize(
    ("made", "newest", "slots", "missing"),
    [
        (None, 100, [100], 0),
        (99, 100, [100], 0),
        (97, 100, [98, 99, 100], 0),
        (96, 100, [97, 98, 99, 100], 0),
        (95, 100, [97, 98, 99, 100], 1),
        (100, 100, [], 0),
        (101, 100, [], 0),
        (100, 100 + CLOCK_WAS_SET_SLOTS, [347, 348, 349, 350], 246),
        (100, 101 + CLOCK_WAS_SET_SLOTS, [351], 0),
        (10_000, 100, [100], 0),
    ],
)
def test_slots_due(made, newest, slots, missing):
    found = due(made, newest, most_late=3)
    assert list(found) == slots
    assert left_out(made, found) == missing
