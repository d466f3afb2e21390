"""Which dates a series has: in order, each once, bounded, and none on a closed day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.local_days import ZONE
from controller.meetings.recurrence import (
    MAX_DATES,
    BadRule,
    Frequency,
    HolidayChoice,
    PlannedDate,
    Recurrence,
    RuleFault,
    planned,
    rule_of,
    split,
)

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=ZONE)
HORIZON = MONDAY + timedelta(days=3 * 365)
TET = {date(2027, 2, 5) + timedelta(days=n) for n in range(7)}  # made up; longer than a week's end


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in TET


def dates(rule: Recurrence, first: datetime = MONDAY, **said: object) -> list[PlannedDate]:
    how = {"horizon": HORIZON, "holidays": HolidayChoice.KEEP, "is_open": works} | said
    return planned(rule, first, **how)  # type: ignore[arg-type]


def days(found: list[PlannedDate]) -> list[str]:
    return [f"{one.begins_at.astimezone(ZONE):%m-%d %H:%M}" for one in found if one.begins_at]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["11-30 08:00", "12-01 08:00", "12-02 08:00"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", ["11-30 08:00", "12-03 08:00", "12-07 08:00"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2", ["11-30 08:00", "12-14 08:00"]),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=1", ["12-01 08:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["12-31 08:00", "01-31 08:00", "03-31 08:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", ["11-30 08:00", "12-31 08:00"]),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=2", ["12-14 08:00", "01-11 08:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=1", ["12-25 08:00"]),
        ("FREQ=DAILY;UNTIL=20261201", ["11-30 08:00", "12-01 08:00"]),
    ],
)
def test_a_rule_makes_its_dates_and_is_written_as_it_was_read(
    text: str, expected: list[str]
) -> None:
    rule = rule_of(text)
    assert days(dates(rule)) == expected
    assert rule.text() == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("FREQ=DAILY;COUNT=10000", RuleFault.TOO_MANY),
        ("FREQ=DAILY;COUNT=201", RuleFault.TOO_MANY),
        ("FREQ=DAILY;UNTIL=20280101", RuleFault.TOO_MANY),
        ("FREQ=MONTHLY;BYMONTHDAY=1;COUNT=37", RuleFault.TOO_FAR),
        ("FREQ=DAILY;UNTIL=99991231", RuleFault.TOO_FAR),
        ("FREQ=DAILY;UNTIL=20261129", RuleFault.NO_DATE),
        ("FREQ=DAILY;COUNT=0", RuleFault.NO_DATE),
        ("FREQ=DAILY", RuleFault.NO_END),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261201", RuleFault.NO_END),
        ("FREQ=WEEKLY;COUNT=3", RuleFault.NO_WEEKDAY),
        ("FREQ=SECONDLY;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=DAILY;INTERVAL=53;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=DAILY;COUNT=3;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=DAILY;COUNT=" + "9" * 100, RuleFault.UNREADABLE),
        ("FREQ=DAILY;COUNT=٣", RuleFault.UNREADABLE),
        ("FREQ=MONTHLY;BYDAY=5MO;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3", RuleFault.UNREADABLE),
        ("FREQ=WEEKLY;BYDAY=MO\nDTSTART:19700101;COUNT=3", RuleFault.UNREADABLE),
        ("", RuleFault.UNREADABLE),
    ],
)
def test_what_is_no_rule_or_makes_too_much_is_refused(text: str, fault: RuleFault) -> None:
    with pytest.raises(BadRule) as refused:
        dates(rule_of(text))
    assert refused.value.fault is fault


def test_the_most_dates_there_may_be_are_made() -> None:
    assert len(dates(rule_of(f"FREQ=DAILY;COUNT={MAX_DATES}"))) == MAX_DATES


@pytest.mark.parametrize(
    ("holidays", "expected"),
    [
        (HolidayChoice.KEEP, ["02-01 08:00", "02-08 08:00", "02-15 08:00"]),
        (HolidayChoice.SKIP, ["02-01 08:00", "02-15 08:00"]),
        (HolidayChoice.NEXT, ["02-01 08:00", "02-12 08:00", "02-15 08:00"]),
    ],
)
def test_a_date_on_a_closed_day_is_kept_skipped_or_moved(
    holidays: HolidayChoice, expected: list[str]
) -> None:
    first = datetime(2027, 2, 1, 8, 0, tzinfo=ZONE)
    found = dates(rule_of("FREQ=WEEKLY;BYDAY=MO;COUNT=3"), first, holidays=holidays)
    assert days(found) == expected
    assert [one.series_at for one in found] == [first + timedelta(weeks=n) for n in range(3)]


def test_a_series_of_closed_days_alone_has_no_date() -> None:
    with pytest.raises(BadRule) as refused:
        dates(rule_of("FREQ=WEEKLY;BYDAY=SU;COUNT=3"), holidays=HolidayChoice.SKIP)
    assert refused.value.fault is RuleFault.NO_DATE


@st.composite
def rules(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(Frequency))
    interval = draw(st.integers(1, 3))
    count = draw(st.integers(1, 20))
    if frequency is Frequency.DAILY:
        return Recurrence(frequency, interval, count=count)
    if frequency is Frequency.WEEKLY:
        chosen = draw(st.sets(st.integers(0, 6), min_size=1))
        return Recurrence(frequency, interval, tuple(sorted(chosen)), count=count)
    if draw(st.booleans()):
        day = draw(st.sampled_from((1, 15, 28, -1)))
        return Recurrence(frequency, 1, month_day=day, count=count)
    weekday, nth = draw(st.integers(0, 6)), draw(st.sampled_from((1, 2, 3, 4, -1)))
    return Recurrence(frequency, 1, (weekday,), nth=nth, count=count)


firsts = st.integers(0, 200).map(lambda n: MONDAY + timedelta(days=n, minutes=7 * n % 600))


@settings(max_examples=60, deadline=None)
@given(rules(), firsts, st.sampled_from(HolidayChoice))
def test_dates_are_ordered_unique_bounded_and_on_no_closed_day(
    rule: Recurrence, first: datetime, holidays: HolidayChoice
) -> None:
    try:
        found = dates(rule, first, holidays=holidays)
    except BadRule as exc:
        assert exc.fault is RuleFault.NO_DATE and holidays is not HolidayChoice.KEEP
        return
    begins = [one.begins_at for one in found if one.begins_at]
    assert begins == sorted(set(begins))
    assert len(found) == rule.count
    assert first.astimezone(UTC) <= begins[0]
    local = [one.astimezone(ZONE) for one in begins]
    assert {one.time() for one in local} == {time(first.hour, first.minute)}
    if holidays is not HolidayChoice.KEEP:
        assert all(works(one.date()) for one in local)
    assert rule_of(rule.text()) == rule


@settings(max_examples=60, deadline=None)
@given(rules(), firsts, st.data())
def test_a_series_split_at_a_date_has_the_same_dates(
    rule: Recurrence, first: datetime, data: st.DataObject
) -> None:
    whole = dates(rule, first)
    if len(whole) < 2:
        return
    at = data.draw(st.integers(1, len(whole) - 1))
    day = whole[at].series_at.astimezone(ZONE)
    before, after = split(rule, day.date(), at)
    assert dates(before, first) + dates(after, day) == whole
