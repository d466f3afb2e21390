"""What is entered for a meeting: times that are none are told, not computed with."""

import pytest

from controller.meetings.views.booking_form import entered, span


@pytest.mark.parametrize(
    ("date", "begins", "is_time"),
    [
        ("2026-11-26", "14:00", True),
        ("9999-12-31", "23:59", False),
        ("0001-01-01", "00:00", False),
        ("2026-02-30", "14:00", False),
        ("", "14:00", False),
    ],
)
def test_a_date_that_cannot_be_meant_is_no_time(date: str, begins: str, is_time: bool) -> None:
    form = entered({"date": date, "begins": begins, "minutes": "90"}, [])
    assert (span(form) is not None) is is_time
