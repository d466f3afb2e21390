"""A line beside its contract: each way by its own speed, and nothing where nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.reports import BandwidthBody
from monitoring.judgement.contract_problems import (
    DOWN_HOLDS,
    TRAIN_HOLDS,
    LineSold,
    LineUse,
    contract_problems,
    lasting,
)
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.health_texts import sentence
from monitoring.judgement.problem import Problem, ProblemKey, Severity, Thresholds

MBPS = 1_000_000
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
SOLD = Contracted(40 * MBPS, 10 * MBPS)
LIMITS = Thresholds(contract_ratio=0.4, utilisation_ratio=0.85)


def found(sold: LineSold) -> list[Problem]:
    return list(contract_problems(sold, LIMITS))


def train(up: float, down: float | None, *, sure: float = 0.95) -> BandwidthBody:
    return BandwidthBody(
        sent=14, received=14, train_bytes=1, available_bps=round(up * MBPS), confidence_ratio=0.95,
        down_bps=None if down is None else round(down * MBPS), down_confidence_ratio=sure,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (train(9.7, 15.9), {"down_mbps": 15.9, "down_contract_mbps": 40.0}),
        (train(3.9, 38), {"up_mbps": 3.9, "up_contract_mbps": 10.0}),
        (train(9.7, 15.9, sure=0.7), None),
        (train(9.7, None), None),
        (train(4, 16), None),
    ],
)
def test_a_train_is_held_against_the_speed_of_its_way(of, expected):
    problems = found(LineSold(SOLD, of))
    assert [one.arguments for one in problems] == ([expected] if expected else [])


UNANSWERED = BandwidthBody(sent=14, received=0, train_bytes=1, problem="no answer")
MINUTE = timedelta(minutes=1)


def rates(*ago: tuple[float, BandwidthBody]) -> tuple[float, float] | None:
    """Return what still holds of trains of so many minutes ago, in Mbit/s; 0: nothing is known."""
    one = lasting([(NOW - minutes * MINUTE, body) for minutes, body in ago], NOW)
    if one is None:
        return None
    return (one.available_bps or 0) / MBPS, (one.down_bps or 0) / MBPS


def test_of_each_way_the_last_train_counts_that_says_something_of_it():
    back, plain = train(9, 12), train(8, None)
    assert rates((20, back)) == (9, 12)
    assert rates((20, back), (10, plain)) == (8, 12)
    assert rates((20, back), (10, plain), (1, UNANSWERED)) == (8, 12)
    assert rates((30, back), (20, plain), (1, train(7, 30))) == (7, 30)
    assert rates((1, UNANSWERED)) is None
    assert rates() is None


def test_what_came_down_holds_until_the_next_is_due_and_no_longer():
    up_min, down_min = TRAIN_HOLDS / MINUTE, DOWN_HOLDS / MINUTE
    assert rates((up_min, train(9, 12))) == (9, 12)
    assert rates((up_min + 1, train(9, 12))) == (0, 12)
    assert rates((down_min, train(9, 12)), (1, UNANSWERED)) == (0, 12)
    assert rates((down_min + 1, train(9, 12))) is None
    # Every third of ten minutes, by what they are spread at most.
    assert timedelta(minutes=3 * 10 * 1.05) < DOWN_HOLDS


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (LineUse(33 * MBPS, 1 * MBPS), {}),
        (LineUse(34 * MBPS, 1 * MBPS), {"percent": 85, "down_percent": 85}),
        (LineUse(4 * MBPS, 9.5 * MBPS), {"percent": 95, "up_percent": 95}),
        (LineUse(36 * MBPS, 11 * MBPS), {"percent": 110, "down_percent": 90, "up_percent": 110}),
        (LineUse(None, 9 * MBPS), {"percent": 90, "up_percent": 90}),
        (LineUse(), {}),
    ],
)
def test_a_line_is_full_by_the_way_that_is(used, expected):
    problems = found(LineSold(SOLD, used=used))
    assert [one.arguments for one in problems] == ([expected] if expected else [])
    assert all(one.severity is Severity.MINOR for one in problems)  # nobody is woken for it


def test_where_one_figure_is_all_that_is_known_no_line_is_called_full():
    sold = LineSold(Contracted.one_figure(10 * MBPS), used=LineUse(39 * MBPS, 9.9 * MBPS))
    assert found(sold) == []
    assert found(LineSold(None, train(1, 1), used=LineUse(39 * MBPS, 39 * MBPS))) == []


@pytest.mark.parametrize(
    ("key", "arguments", "said"),
    [
        (
            ProblemKey.SLOW_NIGHTS,
            {"down_mbps": 18.2, "down_contract_mbps": 40.0, "nights": 3, "tests": 5},
            "Dưới tốc độ hợp đồng: đo 3 đêm liền (5 lần), "
            "đường truyền chỉ tải được 18,2/40,0 Mbit/s chiều xuống (46 %)",
        ),
        (
            # As it was kept before the ways were told apart.
            ProblemKey.SLOW_NIGHTS,
            {"mbps": 18.2, "contract_mbps": 40.0, "nights": 3},
            "Dưới tốc độ hợp đồng: đo 3 đêm liền, "
            "đường truyền chỉ tải được 18,2/40,0 Mbit/s (46 %)",
        ),
        (
            ProblemKey.BELOW_CONTRACT,
            {
                "down_mbps": 4.0,
                "down_contract_mbps": 40.0,
                "up_mbps": 1.5,
                "up_contract_mbps": 10.0,
            },
            "Đường truyền chỉ còn 4,0/40,0 Mbit/s chiều xuống (10 %), "
            "1,5/10,0 Mbit/s chiều lên (15 %) so với hợp đồng",
        ),
        (
            ProblemKey.LINE_FULL,
            {"percent": 95, "up_percent": 95},
            "Đường truyền đang dùng 95 % tốc độ hợp đồng chiều lên",
        ),
    ],
)
def test_it_is_said_which_way_and_how_much_of_the_contract(key, arguments, said):
    assert sentence(Problem(key, Severity.SERIOUS, arguments), "vi", NOW) == said
