"""Office hours are Vietnam's, without weekends and listed holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitoring.judgement.office_hours import OfficeHours, PublicDays, hours_of
from monitoring.judgement.periods import Period, total

MONDAY = datetime(2026, 11, 22, 17, tzinfo=UTC)  # its midnight in Vietnam
OFFICE = OfficeHours(
    ("mon", "tue", "wed", "thu", "fri"), (hours_of("07:30-11:30"), hours_of("13:30-17:00"))
)


def test_a_week_has_five_days_of_seven_and_a_half_hours():
    week = Period(MONDAY, MONDAY + timedelta(days=7))
    found = OFFICE.open_in(week)
    assert found[0] == Period(MONDAY + timedelta(hours=7.5), MONDAY + timedelta(hours=11.5))
    assert len(found) == 10
    assert total(found) == timedelta(hours=37.5)
    holiday = OfficeHours(OFFICE.days, OFFICE.hours, frozenset({date(2026, 11, 24)}))
    assert total(holiday.open_in(week)) == timedelta(hours=30)


def test_it_is_cut_at_the_ends_of_the_period():
    noon = MONDAY + timedelta(hours=12)
    assert OFFICE.open_in(Period(noon, noon + timedelta(hours=2))) == [
        Period(noon + timedelta(hours=1.5), noon + timedelta(hours=2))
    ]
    assert OFFICE.open_in(Period(noon, noon)) == []


@pytest.mark.parametrize("text", ["", "7-8", "11:30-07:30", "08:00-08:00", "08:00", "a-b"])
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(ValueError, match=r"."):  # Python says it or we do
        hours_of(text)
    assert hours_of("07:30 - 11:30") == (time(7, 30), time(11, 30))


def test_the_offices_word_comes_before_the_countrys_and_that_before_the_week():
    saturday, sunday = date(2026, 11, 28), date(2026, 11, 29)
    tuesday, wednesday, thursday, friday = (date(2026, 11, day) for day in (24, 25, 26, 27))
    country = PublicDays(
        {tuesday: "Ngày Văn hóa", thursday: "nghỉ bù"}, frozenset({saturday, wednesday})
    )
    asked = []

    def public(year):
        asked.append(year)
        return country

    hours = OfficeHours(
        OFFICE.days,
        OFFICE.hours,
        holidays=frozenset({wednesday, friday}),
        working_days=frozenset({thursday, sunday}),
        public=public,
    )
    week = (tuesday, wednesday, thursday, friday, saturday, sunday)
    assert [hours.is_open_on(day) for day in week] == [False, False, True, False, True, True]
    assert asked == [2026, 2026]  # the office's own days need no calendar
    opened = hours.open_in(Period(MONDAY, MONDAY + timedelta(days=7)))
    assert total(opened) == timedelta(hours=4 * 7.5)
