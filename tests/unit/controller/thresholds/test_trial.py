"""What would be told no more is found, and what went with an outage comes first."""

from datetime import UTC, datetime, timedelta

from contracts.ids import PointId
from controller.thresholds.trial import NEAR, Missed, missed
from monitoring.judgement.availability import Interval
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey
from monitoring.judgement.replay import Episode

T0 = datetime(2026, 11, 27, 8, tzinfo=UTC)
P1, P2 = PointId("p1"), PointId("p2")
SECOND = timedelta(seconds=1)


def episode(begins_min: int, ends_min: int, key: ProblemKey = ProblemKey.LOSS) -> Episode:
    return Episode(key, T0 + timedelta(minutes=begins_min), T0 + timedelta(minutes=ends_min))


def down(began_at: datetime) -> Interval:
    return Interval(PresenceState.DOWN, began_at, began_at + timedelta(minutes=3))


def test_what_is_still_told_for_a_part_of_its_time_is_not_missed() -> None:
    before = {P1: [episode(0, 20), episode(60, 70), episode(80, 90, ProblemKey.JITTER)]}
    after = {P1: [episode(10, 15), episode(60, 70, ProblemKey.SLOW)]}
    assert missed(before, after, {}) == [Missed(P1, episode(60, 70))]


def test_an_outage_counts_from_a_quarter_of_an_hour_before_to_as_long_after() -> None:
    one = episode(60, 70)
    for at, is_near in (
        (one.ended_at + NEAR, True),
        (one.ended_at + NEAR + SECOND, False),
        (one.began_at - NEAR - timedelta(minutes=3), True),
        (one.began_at - NEAR - timedelta(minutes=3) - SECOND, False),
    ):
        [found] = missed({P1: [one]}, {}, {P1: [down(at)]})
        assert (found.outage_at == at) is is_near, at


def test_those_with_an_outage_come_first() -> None:
    late = episode(60, 70)
    found = missed({P1: [episode(0, 5)], P2: [late]}, {}, {P2: [down(late.ended_at)]})
    assert [one.point_id for one in found] == [P2, P1]
