"""A day or week of a point as a cell: its number always, darker the worse it was."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.local_days import day_of
from controller.errors import BadEntry
from controller.health import map_spans
from controller.health.views.day_map import ROWS, MapCell, cell, pages
from monitoring.judgement.availability import Interval, Uptime, in_parts, uptime
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Uptime(up=24 * HOUR), ("whole", "100")),
        (Uptime(up=24 * HOUR, unknown=HOUR), ("whole", "100")),
        (Uptime(up=9999 * HOUR, down=HOUR), ("little", "99")),
        (Uptime(up=99 * HOUR, down=HOUR), ("little", "99")),
        (Uptime(up=98 * HOUR, down=2 * HOUR), ("some", "98")),
        (Uptime(up=90 * HOUR, down=10 * HOUR), ("some", "90")),
        (Uptime(up=89 * HOUR, down=11 * HOUR), ("much", "89")),
        (Uptime(down=24 * HOUR), ("much", "0")),
        (Uptime(excluded=23 * HOUR, unknown=HOUR), ("excluded", "=")),
        (Uptime(unknown=24 * HOUR), ("unknown", "?")),
    ],
)
def test_a_part_is_graded_by_what_is_known_of_it(part: Uptime, expected: tuple[str, str]) -> None:
    assert cell(part, is_to_come=False, href="/x") == MapCell(*expected, "/x")


def test_what_is_to_come_or_of_which_nothing_was_to_be_known_opens_nothing() -> None:
    assert cell(Uptime(), is_to_come=True, href="/x") == MapCell("none", "")
    assert cell(Uptime(before=HOUR), is_to_come=False, href="/x") == MapCell("none", "–")


@pytest.mark.parametrize(("points", "expected"), [(0, 1), (1, 1), (ROWS, 1), (ROWS + 1, 2)])
def test_a_page_has_so_many_points(points: int, expected: int) -> None:
    assert pages(points) == expected


@pytest.mark.parametrize(
    ("asked", "count", "first", "last"),
    [
        ("2026-11", 30, date(2026, 11, 1), date(2026, 11, 30)),
        ("2024-02", 29, date(2024, 2, 1), date(2024, 2, 29)),
        ("", 30, date(2026, 11, 1), date(2026, 11, 30)),
        ("year", 53, date(2025, 11, 24), date(2026, 11, 29)),
    ],
)
def test_the_parts_of_a_time_add_up_to_it(asked: str, count: int, first: date, last: date) -> None:
    span = map_spans.chosen(asked, NOW)
    assert (len(span.parts), span.first_day, span.last_day) == (count, first, last)
    assert all(day_of(one.begins_at).weekday() == 0 for one in span.parts) or count < 53
    begins_at = span.period.begins_at + 30 * HOUR
    history = [
        Interval(PresenceState.UP, begins_at, begins_at + 50 * HOUR),
        Interval(PresenceState.DOWN, begins_at + 50 * HOUR, begins_at + 99 * HOUR),
        Interval(PresenceState.UP, begins_at + 120 * HOUR, None),
    ]
    excluded = [Period(begins_at + 60 * HOUR, begins_at + 61 * HOUR)]
    shut_out = [Period(begins_at + 130 * HOUR, begins_at + 140 * HOUR)]
    parted = in_parts(history, span.parts, now=NOW, excluded=excluded, shut_out=shut_out)
    whole = uptime(history, span.period, now=NOW, excluded=excluded, shut_out=shut_out)
    assert sum(parted, Uptime()) == whole
    for part, period in zip(parted, span.parts, strict=True):
        own = uptime(history, period, now=NOW, excluded=excluded, shut_out=shut_out)
        assert part == own


def test_of_a_point_that_was_never_heard_every_part_is_from_before() -> None:
    span = map_spans.chosen("2026-10", NOW)
    assert set(in_parts([], span.parts, now=NOW)) == {Uptime(before=24 * HOUR)}


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "x", "9999-12", "years"])
def test_a_month_that_is_none_or_to_come_is_refused(month: str) -> None:
    with pytest.raises(BadEntry):
        map_spans.chosen(month, NOW)
