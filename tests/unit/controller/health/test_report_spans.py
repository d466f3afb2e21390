"""Over which time availability is told, and what of an address leads to it again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from controller.errors import BadEntry
from controller.health.report_spans import MAX_DAYS, chosen

NOW = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)  # 03:30 on the 27th in Vietnam
LAST = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("asked", "first", "last", "query"),
    [
        ({}, date(2026, 10, 28), LAST, "span=30d"),
        ({"span": "7d"}, date(2026, 11, 20), LAST, "span=7d"),
        ({"month": "2026-02"}, date(2026, 2, 1), date(2026, 2, 28), "month=2026-02"),
        (
            {"from": "20261120", "to": "2026-11-21", "month": "2026-02"},
            date(2026, 11, 20),
            date(2026, 11, 21),
            "from=2026-11-20&to=2026-11-21",
        ),
        ({"from": "2026-11-20", "to": "2026-11-30"}, date(2026, 11, 20), date(2026, 11, 30),
         "from=2026-11-20&to=2026-11-30"),
    ],
)  # fmt: skip
def test_what_is_asked_for_leads_to_it_again(asked, first, last, query):
    span = chosen(asked, NOW)
    assert (span.first_day, span.last_day, span.query) == (first, last, query)


def test_so_many_days_are_told_of_and_no_more():
    first = LAST - timedelta(days=MAX_DAYS - 1)
    assert chosen({"from": str(first), "to": str(LAST)}, NOW).first_day == first
    with pytest.raises(BadEntry, match=f"{MAX_DAYS} days at most"):
        chosen({"from": str(first - timedelta(days=1)), "to": str(LAST)}, NOW)


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "0000-01", "9999-12", "x", "2026-1"])
def test_a_month_that_is_none_or_to_come_is_refused(month):
    with pytest.raises(BadEntry, match="a month that has begun"):
        chosen({"month": month}, NOW)
