"""A machine that was switched off after work is not out, until somebody needs it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from contracts.local_days import ZONE
from monitoring.judgement.office_hours import OfficeHours
from monitoring.judgement.rest import rests

FRIDAY_18H = datetime(2026, 11, 27, 11, tzinfo=UTC)
WAKES = timedelta(minutes=20)
HOURS = OfficeHours(
    ("mon", "tue", "wed", "thu", "fri"),
    ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30))),
    frozenset({date(2026, 11, 26)}),
)


@pytest.mark.parametrize(
    ("goodbye_h", "meets_in_min", "expected"),
    [
        (0, None, True),
        (0, 21, True),
        (0, 20, False),
        (0, -10, False),
        (None, None, False),
        (2, None, False),  # 16 h: somebody worked
        (0.5, None, True),  # 17 h 30
        (0.52, None, False),
    ],
)
def test_it_rests_by_a_goodbye_outside_office_hours_and_no_meeting_near(
    goodbye_h: float | None, meets_in_min: int | None, expected: bool
) -> None:
    said = None if goodbye_h is None else FRIDAY_18H - timedelta(hours=goodbye_h)
    now = FRIDAY_18H + timedelta(hours=3)
    meets_at = None if meets_in_min is None else now + timedelta(minutes=meets_in_min)
    found = rests(said or FRIDAY_18H, said, meets_at, now=now, hours=HOURS, wakes=WAKES)
    assert found is expected


def test_a_goodbye_of_another_day_is_none_of_this_outage() -> None:
    began_at = FRIDAY_18H + timedelta(days=1)
    now = began_at + timedelta(minutes=1)
    assert not rests(began_at, FRIDAY_18H, None, now=now, hours=HOURS, wakes=WAKES)


@pytest.mark.parametrize(
    ("hour", "day", "expected"),
    [(7.49, 27, True), (7.5, 27, False), (12, 27, False), (17.49, 27, False), (17.5, 27, True),
     (10, 28, True), (10, 26, True)],
)  # fmt: skip
def test_a_working_day_is_vietnam_s_with_its_noon_and_no_holiday(
    hour: float, day: int, expected: bool
) -> None:
    said_at = datetime(2026, 11, day, tzinfo=ZONE) + timedelta(hours=hour)
    now = said_at + timedelta(minutes=1)
    assert rests(said_at, said_at, None, now=now, hours=HOURS, wakes=WAKES) is expected
