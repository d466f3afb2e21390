"""A line beside its contract, by trains, night tests and use, as far as they are kept."""

from datetime import UTC, datetime, timedelta

from contracts.reports import BandwidthBody
from monitoring.judgement.contract_problems import DOWN_HOLDS, TRAIN_HOLDS, LineUse
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.periods import Period
from monitoring.judgement.problem import ProblemKey, Thresholds
from monitoring.judgement.replay_line import KeptTrain, LineWeek, line_moments
from monitoring.judgement.replay_time import BUCKET, Moment
from monitoring.judgement.slow_nights import LOOKED_BACK, TestedRate, WayRate

WEEK = Period(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC))
SOLD = Contracted(down_bps=100_000_000, up_bps=50_000_000)
LIMITS = Thresholds(contract_ratio=0.5, tested_ratio=0.8, utilisation_ratio=0.9)


def train(at: datetime, up_mbps: float, until: datetime | None, sure: float = 0.9) -> KeptTrain:
    body = BandwidthBody(0, 0, 0, available_bps=round(up_mbps * 1_000_000), confidence_ratio=sure)
    return KeptTrain(at, until, body)


def test_a_slow_train_counts_until_the_next_and_half_an_hour_at_most() -> None:
    at = WEEK.begins_at
    soon, late = at + timedelta(minutes=10), at + timedelta(hours=3)
    for until, ends_at in ((soon, soon), (late, at + TRAIN_HOLDS), (None, at + TRAIN_HOLDS)):
        kept = LineWeek(SOLD, WEEK, [train(at, 24.9, until)])
        assert [*line_moments(kept, LIMITS)] == [Moment(ProblemKey.BELOW_CONTRACT, at, ends_at)]
    for fine in (train(at, 25.0, None), train(at, 1.0, None, sure=0.7)):
        assert [*line_moments(LineWeek(SOLD, WEEK, [fine]), LIMITS)] == []


def test_a_slow_train_back_counts_until_the_next_one_back() -> None:
    at = WEEK.begins_at
    body = BandwidthBody(0, 0, 0, down_bps=49_000_000, down_confidence_ratio=0.9)
    for until, ends_at in ((at + timedelta(minutes=30),) * 2, (None, at + DOWN_HOLDS)):
        kept = LineWeek(SOLD, WEEK, [KeptTrain(at, until, body)])
        assert [*line_moments(kept, LIMITS)] == [Moment(ProblemKey.BELOW_CONTRACT, at, ends_at)]
    one_figure = LineWeek(Contracted.one_figure(100_000_000), WEEK, [KeptTrain(at, None, body)])
    assert [*line_moments(one_figure, LIMITS)] == []


def test_three_slow_nights_count_also_where_two_are_of_the_week_before() -> None:
    evening = WEEK.begins_at + timedelta(hours=15)
    tested = [
        TestedRate(evening + timedelta(days=day), down=WayRate(mbps * 1_000_000))
        for day, mbps in ((-2, 79), (-1, 60), (0, 79), (1, 95))
    ]
    found = [*line_moments(LineWeek(SOLD, WEEK, tested=tested), LIMITS)]
    assert found == [Moment(ProblemKey.SLOW_NIGHTS, evening, evening + timedelta(days=1))]
    # Without the good night they count for as long as tests do, and no longer than the week.
    [found_last] = line_moments(LineWeek(SOLD, WEEK, tested=tested[:3]), LIMITS)
    assert found_last.ended_at == min(evening + LOOKED_BACK, WEEK.ends_at)


def test_what_was_wrong_before_the_week_began_is_shown_from_its_beginning_on() -> None:
    evening = WEEK.begins_at - timedelta(days=1)
    tested = [
        TestedRate(evening - timedelta(days=day), down=WayRate(1_000_000)) for day in (2, 1, 0)
    ]
    [found] = line_moments(LineWeek(SOLD, WEEK, tested=tested), LIMITS)
    assert found.began_at == WEEK.begins_at


def test_a_full_line_counts_by_five_minutes_and_one_figure_of_either_way_does_not() -> None:
    at = WEEK.begins_at
    used = [(at, LineUse(90_000_000, 0)), (at + BUCKET, LineUse(89_000_000, 44_000_000))]
    found = [*line_moments(LineWeek(SOLD, WEEK, used=used), LIMITS)]
    assert found == [Moment(ProblemKey.LINE_FULL, at, at + BUCKET)]
    either = LineWeek(Contracted.one_figure(90_000_000), WEEK, used=used)
    assert [*line_moments(either, LIMITS)] == []
