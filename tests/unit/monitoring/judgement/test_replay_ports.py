"""A port is bad by what it damaged within an hour, and well again with half of that."""

from datetime import UTC, datetime

from monitoring.judgement.ports import OVER
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.replay_ports import PortCount, port_moments
from monitoring.judgement.replay_time import BUCKET

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
LIMITS = Thresholds(port_errors_count=60)


def counted(*errors: tuple[int, int], port: str = "sw1/7") -> list[PortCount]:
    return [PortCount(port, T0 + bucket * BUCKET, count) for bucket, count in errors]


def bad_at(*kept: PortCount) -> list[int]:
    """Return the looks that found it bad, in buckets from T0."""
    return [(one.began_at - T0) // BUCKET for one in port_moments(kept, LIMITS)]


def test_one_plug_pulled_is_nothing_and_two_spells_within_an_hour_are() -> None:
    assert bad_at(*counted((0, 1000))) == []
    assert bad_at(*counted((0, 30), (11, 29))) == []
    assert bad_at(*counted((0, 30), (12, 30))) == []
    # Both are seen at once from the second on; a quarter of an hour before the hour is over.
    assert bad_at(*counted((0, 30), (9, 30))) == [*range(10, 13), *range(13, 22)]


def test_it_is_well_again_when_less_than_half_is_left() -> None:
    hour = OVER // BUCKET
    assert bad_at(*counted((0, 40), (1, 20))) == list(range(2, hour + 1))


def test_ports_are_judged_apart_whatever_the_order() -> None:
    mixed = [*counted((5, 50), (6, 50), port="b"), *counted((0, 40), (1, 40), port="a")]
    looks = list(port_moments(mixed, LIMITS))
    assert looks == list(port_moments(mixed[::-1], LIMITS))
    assert {(one.began_at - T0) // BUCKET for one in looks} == {*range(2, 14), *range(7, 19)}


def test_a_week_of_quiet_between_costs_nothing() -> None:
    found = bad_at(*counted((0, 60), (1, 60), (2000, 60), (2001, 60)))
    assert (found[0], found[-1], len(found)) == (2, 2013, 24)
