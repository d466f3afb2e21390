"""What is pressing: the centre's, and whatever concerns a point that meets soon."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import BLIND, DOWN, ON_BATTERY
from monitoring.judgement.priority import Priority, priority

T0 = datetime(2026, 11, 27, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=60)


@pytest.mark.parametrize(
    ("key", "reach", "meets_in_min", "expected"),
    [
        (DOWN, Reach.POINT, None, Priority.NORMAL),
        (DOWN, Reach.UNIT, None, Priority.NORMAL),
        (DOWN, Reach.POINT, 61, Priority.NORMAL),
        (DOWN, Reach.POINT, 60, Priority.HIGH),
        (DOWN, Reach.POINT, -30, Priority.HIGH),
        (ON_BATTERY, Reach.POINT, None, Priority.NORMAL),
        ("loss", Reach.POINT, None, Priority.LOW),
        ("loss", Reach.UNIT, 40, Priority.HIGH),
        ("loss", Reach.CENTRE, None, Priority.HIGH),
        (BLIND, Reach.CENTRE, None, Priority.HIGH),
    ],
)
def test_a_meeting_that_is_near_makes_it_pressing(
    key: str, reach: Reach, meets_in_min: int | None, expected: Priority
) -> None:
    meets_at = None if meets_in_min is None else T0 + timedelta(minutes=meets_in_min)
    assert priority(key, reach, meets_at, now=T0, ahead=AHEAD) is expected


def test_what_is_more_pressing_reaches_what_is_less() -> None:
    assert [one.reaches(Priority.NORMAL) for one in Priority] == [True, True, False]
