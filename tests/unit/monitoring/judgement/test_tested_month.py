"""A month of tests: the middle of the nights' bests, and no verdict of two nights."""

from datetime import date, datetime

import pytest

from contracts.local_days import ZONE
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.slow_nights import TestedRate, WayRate
from monitoring.judgement.tested_month import TestedNight, month_of

MBPS = 1_000_000
SOLD = Contracted(60 * MBPS, 20 * MBPS)


def one(day: int, down: float, up: float | None = 19, hour: int = 22, *, held: bool = False):
    rate = None if up is None else WayRate(round(up * MBPS))
    at = datetime(2026, 10, day, hour, 40, tzinfo=ZONE)
    return TestedRate(at, WayRate(round(down * MBPS), is_at_least=held), rate)


def test_of_each_night_the_best_counts_and_of_the_nights_the_middle():
    tested = [one(8, 30), one(9, 41, hour=1), one(9, 12), one(10, 55), one(11, 20)]
    found = month_of(tested, SOLD)
    assert found.tests == 5
    assert found.nights[0] == TestedNight(date(2026, 10, 8), WayRate(41 * MBPS), WayRate(19 * MBPS))
    down = found.down  # of 41, 12, 55 and 20
    assert (down.nights, down.middle_bps, down.is_below) == (4, 30_500_000, True)
    assert down.ratio == pytest.approx(30.5 / 60)
    assert (found.up.ratio, found.up.is_below) == (0.95, False)
    assert found.is_below


@pytest.mark.parametrize(
    ("tested", "nights", "is_below"),
    [
        ([one(8, 10), one(9, 10)], 2, None),  # two nights say nothing
        ([one(8, 10), one(9, 10), one(10, 10)], 3, True),
        ([one(8, 48), one(9, 48), one(10, 48)], 3, False),  # exactly what is owed
        # Held back by the centre's own line: it may have been as fast as it should.
        ([one(8, 10), one(9, 10), one(10, 10, held=True)], 2, None),
        ([one(8, 50, held=True), one(9, 10), one(10, 49, held=True)], 3, False),
        ([], 0, None),
    ],
)
def test_a_way_is_below_from_three_nights_on_and_where_it_is_sure(tested, nights, is_below):
    found = month_of(tested, SOLD)
    assert (found.down.nights, found.down.is_below) == (nights, is_below)


def test_in_whichever_order_tests_come_they_say_the_same():
    tested = [one(day, 5 * day, None if day % 2 else day) for day in range(1, 9)]
    assert month_of(tested, SOLD) == month_of(reversed(tested), SOLD)
