"""The next times all rooms are free: on the same day, then one of each working day."""

from datetime import datetime, timedelta

import pytest

from contracts.ids import MeetingId, PointId
from contracts.local_days import ZONE
from controller.meetings.booking import Booking
from controller.meetings.views.free_times import booking_of, free_starts

THURSDAY = datetime(2026, 11, 26, 14, 0, tzinfo=ZONE)
NOW = THURSDAY - timedelta(hours=5)
WANTED = booking_of(THURSDAY, THURSDAY + timedelta(minutes=90), ["a", "b"])


def held(begins_at: datetime, minutes: int, *points: str) -> Booking:
    return Booking(
        MeetingId("m"),
        "",
        begins_at,
        begins_at + timedelta(minutes=minutes),
        frozenset(PointId(one) for one in points),
    )


def test_the_first_gap_of_the_day_then_the_same_hour_of_working_days() -> None:
    busy = [held(THURSDAY, 75, "a")]
    assert free_starts(WANTED, busy, now=NOW) == [
        datetime(2026, 11, 26, 15, 15, tzinfo=ZONE),
        datetime(2026, 11, 27, 14, 0, tzinfo=ZONE),
        datetime(2026, 11, 30, 14, 0, tzinfo=ZONE),  # over the weekend
    ]


def test_other_rooms_are_in_nobody_s_way() -> None:
    busy = [held(THURSDAY, 600, "c")]
    assert free_starts(WANTED, busy, now=NOW, limit=1) == [THURSDAY + timedelta(minutes=15)]


def test_a_day_without_room_is_left_out() -> None:
    busy = [
        held(THURSDAY - timedelta(hours=7), 1020, "b"),
        held(THURSDAY + timedelta(hours=17), 660, "a"),
    ]
    assert free_starts(WANTED, busy, now=NOW, limit=1) == [
        datetime(2026, 11, 30, 14, 0, tzinfo=ZONE)
    ]


def test_a_meeting_may_follow_another_at_once() -> None:
    busy = [held(THURSDAY, 90, "a", "b")]
    assert free_starts(WANTED, busy, now=NOW, limit=1) == [THURSDAY + timedelta(minutes=90)]


def test_nothing_in_the_past_is_offered() -> None:
    late = THURSDAY + timedelta(hours=3)
    assert free_starts(WANTED, [held(THURSDAY, 75, "a")], now=late, limit=1) == [
        datetime(2026, 11, 27, 14, 0, tzinfo=ZONE)
    ]


def test_that_day_is_offered_before_the_wanted_hour_where_nothing_is_left_after_it() -> None:
    busy = [held(THURSDAY - timedelta(hours=1), 600, "a")]
    assert free_starts(WANTED, busy, now=NOW, limit=1) == [
        datetime(2026, 11, 26, 11, 30, tzinfo=ZONE)
    ]


@pytest.mark.parametrize(
    "wanted_at",
    [
        datetime(2026, 11, 26, 20, 0, tzinfo=ZONE),
        datetime(2026, 11, 26, 17, 30, tzinfo=ZONE),
        datetime(2026, 11, 28, 9, 0, tzinfo=ZONE),
    ],
    ids=["evening", "into the evening", "Saturday"],
)
def test_who_wants_an_evening_or_a_weekend_is_offered_that_day(wanted_at: datetime) -> None:
    wanted = booking_of(wanted_at, wanted_at + timedelta(minutes=60), ["a"])
    offered = free_starts(wanted, [held(wanted_at, 60, "a")], now=wanted_at - timedelta(minutes=30))
    assert offered[0] == wanted_at + timedelta(minutes=60)
    assert {start.weekday() for start in offered[1:]} <= {0, 1, 2, 3, 4}
