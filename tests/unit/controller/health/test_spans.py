"""Which time a chart shows, in which steps, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from controller.errors import BadEntry
from controller.health.spans import FINE_SINCE, MINUTES_SINCE, USUAL, chosen
from controller.health.steps import Step
from controller.measured_settings import MeasuredSettings

NOW = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)  # 03:30 on the 27th in Vietnam


@pytest.mark.parametrize(
    ("key", "step", "row"),
    [
        ("1h", Step.MINUTE, Step.FIVE_MINUTES),
        ("6h", Step.MINUTE, Step.FIVE_MINUTES),
        ("24h", Step.FIVE_MINUTES, Step.HOUR),
        ("7d", Step.HOUR, Step.DAY),
        ("30d", Step.HOUR, Step.DAY),
        ("90d", Step.HOUR, Step.DAY),
        ("1y", Step.DAY, Step.DAY),
    ],
)
def test_a_usual_span_ends_now(key: str, step: Step, row: Step) -> None:
    span = chosen(key, "", "", NOW)
    assert (span.key, span.step, span.row) == (key, step, row)
    assert (span.period.begins_at, span.period.ends_at) == (NOW - USUAL[key], NOW)
    assert span.last_day == date(2026, 11, 27)
    assert span.query == ("" if key == "24h" else f"?span={key}")


@pytest.mark.parametrize("key", ["", "24h", "2h", "٧d", "x" * 5000])
def test_what_is_no_span_is_the_last_day(key: str) -> None:
    assert chosen(key, "", "", NOW).key == "24h"


def test_days_are_vietnam_s_and_end_with_their_last() -> None:
    span = chosen("1y", "2026-11-20", "2026-11-21", NOW)
    assert span.period.begins_at == datetime(2026, 11, 19, 17, tzinfo=UTC)
    assert span.period.ends_at == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert (span.first_day, span.last_day) == (date(2026, 11, 20), date(2026, 11, 21))
    assert (span.step, span.query) == (Step.FIVE_MINUTES, "?from=2026-11-20&to=2026-11-21")
    assert chosen("", "2026-11-27", "2026-11-30", NOW).period.ends_at == NOW


def test_long_ago_only_hours_are_kept() -> None:
    assert chosen("", "2026-03-01", "2026-03-01", NOW).step is Step.HOUR


def test_of_minutes_only_the_line_is_kept() -> None:
    assert chosen("1h", "", "", NOW).figure_step is Step.FIVE_MINUTES
    assert chosen("1y", "", "", NOW).figure_step is Step.DAY


def test_pages_draw_by_nothing_that_the_settings_let_leave_before() -> None:
    shortest = {
        field.name: field.type.__metadata__[0].ge
        for field in msgspec.structs.fields(MeasuredSettings)
    }
    assert MINUTES_SINCE == timedelta(days=shortest["reports_days"])
    assert FINE_SINCE == timedelta(days=shortest["five_minutes_days"])
    assert FINE_SINCE == timedelta(days=shortest["interfaces_days"])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-21", "2026-11-20"),
        ("2026-11-28", "2026-11-29"),
        ("2016-01-01", "2026-01-01"),
        ("2026-02-30", "2026-03-01"),
        ("2026-11-20", ""),
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
        ("٢٠٢٦-11-20", "2026-11-21"),
    ],
)
def test_days_that_cannot_be_shown_are_refused(first: str, last: str) -> None:
    with pytest.raises(BadEntry, match="Choose a first and a last day"):
        chosen("", first, last, NOW)
