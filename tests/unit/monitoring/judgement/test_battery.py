"""A supply that asks for another battery is a problem until somebody says that it has one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitoring.judgement.battery import (
    SELF_TEST,
    BatteryAsk,
    ReplacedBattery,
    battery_problems,
    is_settled,
    said_by,
)
from monitoring.judgement.problem import Problem, ProblemKey, Severity

SINCE = datetime(2026, 11, 20, 20, tzinfo=UTC)  # the 21st in Vietnam
TODAY = date(2026, 11, 21)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def said(at: datetime = SINCE, on: date = TODAY, device: str = "ups1") -> ReplacedBattery:
    return ReplacedBattery(device, on, at)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (said(), True),
        (said(SINCE - SECOND), False),
        (said(SINCE + DAY, TODAY - SELF_TEST), True),
        (said(SINCE + DAY, TODAY - SELF_TEST - DAY), False),
    ],
)
def test_a_word_settles_what_was_asked_before_it_of_a_battery_put_in_since(
    word: ReplacedBattery, expected: bool
) -> None:
    assert is_settled(SINCE, [word]) is expected


def test_what_a_clock_that_was_ahead_has_noted_settles_what_was_asked_by_its_day() -> None:
    ahead = said(SINCE + 365 * DAY)
    now = SINCE + 2 * DAY
    assert is_settled(SINCE, said_by([ahead], now))
    assert not is_settled(SINCE + 2 * DAY, said_by([ahead], SINCE + 3 * DAY))
    assert said_by([said(on=TODAY + 3 * DAY)], now) == []
    assert said_by([said()], now) == [said()]


def test_each_supply_stands_for_itself_and_is_named() -> None:
    asks = [BatteryAsk("ups2", SINCE, "b"), BatteryAsk("ups1", SINCE)]
    worn = Problem(ProblemKey.BATTERY_WORN, Severity.MINOR, {"since": SINCE, "device": "ups1"})
    named = Problem(
        ProblemKey.BATTERY_WORN, Severity.MINOR, {"since": SINCE, "device": "ups2", "name": "b"}
    )
    assert list(battery_problems(asks, [])) == [worn, named]
    assert list(battery_problems(asks, [said()])) == [named]
    assert list(battery_problems(asks, [said(), said(device="ups2")])) == []
    assert list(battery_problems([], [said()])) == []


def test_a_supply_that_asks_anew_is_told_of_again() -> None:
    again = BatteryAsk("ups1", SINCE + 90 * DAY)
    assert len(list(battery_problems([again], [said()]))) == 1
