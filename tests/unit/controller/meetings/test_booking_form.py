"""What is entered for a meeting: times that are none are told, not computed with."""

from datetime import UTC, datetime

import pytest

from controller.meetings.views.booking_form import entered, read, span
from controller.web.i18n.catalogue import languages


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


NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
FILLED = {"title": "Họp", "date": "2026-11-02", "begins": "08:00", "minutes": "90"} | {
    "chair_point_id": "p-chair"
}


@pytest.mark.parametrize(
    ("held_as", "wrong"),
    [
        ("in_person", set()),
        ("online", {"begins", "participants"}),
        ("", {"begins", "participants"}),
        ("phone", {"held_as", "begins", "participants"}),
    ],
)
def test_in_person_alone_may_have_been_and_may_have_one_room(held_as: str, wrong: set[str]) -> None:
    words = next(iter(languages().values()))
    form = entered(FILLED | {"held_as": held_as, "is_recorded": "1"}, [])
    found = read(form, words, now=NOW)
    assert set(found.errors) == wrong
    assert (found.meeting is None) is bool(wrong)
    assert found.meeting is None or not found.meeting.is_recorded
