"""A budget is warned of at 80 %, and a weak signal is named."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.reports import HealthBody
from contracts.uplink import ModemSection, UplinkSection
from monitoring.judgement.problem import Problem, ProblemKey, Severity, Thresholds
from monitoring.judgement.uplink import uplink_problems, used_up_at

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
ENDS = BEGAN + timedelta(days=30)


def uplink(used, budget=3_000_000_000, counted_from=None):
    return UplinkSection(
        interface="wwan0",
        is_metered=True,
        month_began_at=BEGAN,
        month_ends_at=ENDS,
        counted_from=counted_from,
        interface_bytes=used,
        budget_bytes=budget,
    )


def said(**sections):
    return list(uplink_problems(HealthBody(**sections), Thresholds()))


@pytest.mark.parametrize(
    ("used", "budget", "expected"),
    [
        (2_399_999_999, 3_000_000_000, None),
        (2_400_000_000, 3_000_000_000, (80, 2400)),
        (3_300_000_000, 3_000_000_000, (110, 3300)),
        (9_000_000_000, None, None),
    ],
)
def test_a_budget_is_warned_of_from_four_fifths_on(used, budget, expected):
    if expected is None:
        assert said(uplink=uplink(used, budget)) == []
        return
    arguments = dict(zip(("percent", "used_mb"), expected, strict=True))
    problem = Problem(ProblemKey.DATA_USED_UP, Severity.SERIOUS, arguments)
    assert said(uplink=uplink(used, budget)) == [problem]


def test_a_weak_signal_is_named_and_an_unknown_one_is_not():
    weak = ModemSection(interface="wwan0", figures={"rsrp_dbm": -110.5})
    assert said(modem=weak) == [Problem(ProblemKey.SIGNAL_WEAK, Severity.MINOR, {"dbm": -110})]
    assert said(modem=ModemSection(interface="wwan0", figures={"rsrp_dbm": -110.0})) == []
    assert said(modem=ModemSection(interface="wwan0")) == []


@pytest.mark.parametrize(
    ("used", "counted_day", "days", "expected_day"),
    [
        (1_500_000_000, 0, 10, 20),
        (1_000_000_000, 0, 10, None),
        (1_000_000_000, 8, 10, 14),
        (3_000_000_000, 0, 10, 10),
        (2_000_000_000, 0, 0.9, None),
        (0, 0, 10, None),
    ],
)
def test_when_it_is_used_up_at_this_pace(used, counted_day, days, expected_day):
    counted_from = BEGAN + timedelta(days=counted_day) if counted_day else None
    found = used_up_at(uplink(used, counted_from=counted_from), BEGAN + timedelta(days=days))
    expected = None if expected_day is None else BEGAN + timedelta(days=expected_day)
    assert found == expected


def test_without_a_budget_it_is_never_used_up():
    assert used_up_at(uplink(10**9, budget=None), BEGAN + timedelta(days=3)) is None
