"""Months that begin on any day, what is before them, what they are made of."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.local_days import midnight
from controller.reports import periods
from controller.reports.periods import PeriodKind

BEGINS_ON = st.integers(1, 28)
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
KINDS = st.sampled_from([PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR])


@pytest.mark.parametrize(
    ("key", "begins_on", "first", "last"),
    [
        ("2026-07", 1, date(2026, 7, 1), date(2026, 7, 31)),
        ("2026-07", 15, date(2026, 6, 15), date(2026, 7, 14)),
        ("2026-01", 15, date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-Q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q3", 15, date(2026, 6, 15), date(2026, 9, 14)),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("2026", 15, date(2025, 12, 15), date(2026, 12, 14)),
        ("2024-03", 28, date(2024, 2, 28), date(2024, 3, 27)),
    ],
)
def test_a_period_by_its_name(key: str, begins_on: int, first: date, last: date) -> None:
    found = periods.named(key, begins_on)
    assert found is not None
    assert (found.first_day, found.last_day, found.key) == (first, last, key)
    assert found.query == f"period={key}"


@pytest.mark.parametrize(
    "key", ["2026-00", "2026-13", "2026-Q5", "2026-Q0", "26", "1999", "3000", "x"]
)
def test_what_names_no_period(key: str) -> None:
    assert periods.named(key, 1) is None


def test_the_days_before_some_days_are_as_many() -> None:
    found = periods.before(periods.days(date(2026, 3, 1), date(2026, 3, 10)), 15)
    assert (found.first_day, found.last_day) == (date(2026, 2, 19), date(2026, 2, 28))
    assert found.query == "from=2026-02-19&to=2026-02-28"


def test_a_month_by_days_is_cut_at_both_ends() -> None:
    found = periods.months_in(periods.days(date(2026, 6, 20), date(2026, 8, 1)), 15)
    assert [(one.key, one.first_day, one.last_day) for one in found] == [
        ("2026-07", date(2026, 6, 20), date(2026, 7, 14)),
        ("2026-08", date(2026, 7, 15), date(2026, 8, 1)),
    ]


@given(INSTANTS, KINDS, BEGINS_ON)
def test_each_instant_is_in_the_period_of_its_kind(
    now: datetime, kind: PeriodKind, begins_on: int
) -> None:
    found = periods.at(now, kind, begins_on)
    assert found.period.begins_at <= now < found.period.ends_at
    assert periods.named(found.key, begins_on) == found
    before = periods.before(found, begins_on)
    assert (before.after, before.kind) == (found.first_day, kind)


@given(INSTANTS, KINDS, BEGINS_ON)
def test_months_of_a_period_have_each_day_once(
    now: datetime, kind: PeriodKind, begins_on: int
) -> None:
    found = periods.at(now, kind, begins_on)
    months = periods.months_in(found, begins_on)
    assert len(months) == {"month": 1, "quarter": 3, "year": 12}[kind.value]
    edges = [one.first_day for one in months] + [months[-1].after]
    assert edges == [found.first_day, *(one.after for one in months)]
    assert edges[-1] == found.after
    assert midnight(edges[-1]) == found.period.ends_at
