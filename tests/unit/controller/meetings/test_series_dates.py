"""Dates of a series that are moved together: what somebody gave one of them it keeps."""

from datetime import UTC, datetime, timedelta

from controller.meetings.series_dates import shifted

T0 = datetime(2026, 11, 30, 1, tzinfo=UTC)  # Monday, 8:00 in Vietnam
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


def at(week: int, hours: float = 0, length: float = 1) -> tuple[datetime, datetime]:
    begins_at = T0 + week * WEEK + hours * HOUR
    return begins_at, begins_at + length * HOUR


def test_all_move_by_as_many_days_and_those_with_an_hour_of_their_own_keep_it() -> None:
    dates = {"a": at(0), "b": at(1), "c": at(2, 6), "d": at(3), "e": at(4, length=3)}
    assert shifted(dates, "a", at(0, 25, length=2)) == {
        "a": at(0, 25, length=2),
        "b": at(1, 25, length=2),
        "c": at(2, 24 + 6, length=2),  # at two in the afternoon, as somebody said
        "d": at(3, 25, length=2),
        "e": at(4, 25, length=3),
    }


def test_one_that_was_moved_by_itself_moves_all_the_same_with_those_after_it() -> None:
    dates = {"a": at(0, 6), "b": at(1), "c": at(2)}
    assert shifted(dates, "a", at(0, 7)) == {"a": at(0, 7), "b": at(1, 7), "c": at(2, 7)}
    assert shifted({"a": at(0, 6)}, "a", at(1)) == {"a": at(1)}


def test_where_as_many_have_another_hour_the_chosen_dates_is_the_usual_one() -> None:
    dates = {"a": at(0), "b": at(1, 6), "c": at(2)}
    assert shifted(dates, "a", at(0, 1)) == {"a": at(0, 1), "b": at(1, 6), "c": at(2, 1)}
    assert shifted({"a": at(0), "b": at(1, 6, length=2)}, "a", at(0, 1, length=3)) == {
        "a": at(0, 1, length=3),
        "b": at(1, 6, length=2),
    }
