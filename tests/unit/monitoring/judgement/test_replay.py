"""What thresholds would have said of kept figures: as the rules, told once, by whole buckets."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.judgement.health import LineWindow
from monitoring.judgement.problem import ProblemKey, Thresholds
from monitoring.judgement.replay import (
    PAUSE,
    Episode,
    KeptFigures,
    KeptUse,
    KeptWeek,
    episodes,
)
from monitoring.judgement.replay_ports import PortCount
from monitoring.judgement.replay_time import BUCKET

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
LIMITS = Thresholds(loss_ratio=0.05, rtt_ms=200.0, cpu_ratio=0.8)


def slow(bucket: int, rtt_ms: float = 201.0) -> KeptFigures:
    return KeptFigures(T0 + bucket * BUCKET, LineWindow(90, 90, rtt_ms=rtt_ms))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (slow(0, 200.0), []),
        (slow(0, 200.1), [ProblemKey.SLOW]),
        (KeptFigures(T0, LineWindow(100, 95)), []),
        (KeptFigures(T0, LineWindow(100, 94)), [ProblemKey.LOSS]),
        # Too few probes tell nothing of loss, here as there.
        (KeptFigures(T0, LineWindow(10, 5)), []),
        (KeptFigures(T0, cpu_ratio=0.81, memory_ratio=0.9), [ProblemKey.PROCESSOR_BUSY]),
        (KeptFigures(T0), []),
        (KeptFigures(T0, rsrp_dbm=-110.0), []),
        (KeptFigures(T0, rsrp_dbm=-110.5), [ProblemKey.SIGNAL_WEAK]),
        (
            KeptFigures(T0, disk_ratio=0.91, temperature_c=91.0),
            [ProblemKey.DISK_FULL, ProblemKey.HOT],
        ),
    ],
)
def test_a_bucket_is_judged_by_the_rules(one: KeptFigures, expected: list[ProblemKey]) -> None:
    assert [found.key for found in episodes(KeptWeek([one]), LIMITS)] == expected


def test_what_pauses_for_a_moment_is_told_once() -> None:
    assert timedelta(minutes=10) == PAUSE
    found = episodes(KeptWeek([slow(one) for one in (0, 1, 4, 8)]), LIMITS)
    assert found == [
        Episode(ProblemKey.SLOW, T0, T0 + 5 * BUCKET),
        Episode(ProblemKey.SLOW, T0 + 8 * BUCKET, T0 + 9 * BUCKET),
    ]


def test_two_things_at_once_are_two() -> None:
    both = KeptFigures(T0, LineWindow(100, 50, rtt_ms=300.0))
    found = episodes(KeptWeek([both, slow(1), slow(9)]), LIMITS)
    assert [(one.key, one.ended_at) for one in found] == [
        (ProblemKey.LOSS, T0 + BUCKET),
        (ProblemKey.SLOW, T0 + 2 * BUCKET),
        (ProblemKey.SLOW, T0 + 10 * BUCKET),
    ]


def test_a_looser_limit_never_tells_of_more_time() -> None:
    kept = [slow(one, 100.0 + 37 * one % 200) for one in range(60)]
    lasted = []
    for rtt_ms in (50.0, 120.0, 180.0, 250.0, 400.0):
        found = episodes(KeptWeek(kept), Thresholds(rtt_ms=rtt_ms))
        lasted.append(sum((one.ended_at - one.began_at for one in found), timedelta()))
    assert lasted == sorted(lasted, reverse=True) and lasted[-1] == timedelta()


def test_what_comes_from_several_places_is_told_in_the_order_of_time() -> None:
    ports = [PortCount("sw1/7", T0 + one * BUCKET, 40) for one in (2, 3)]
    signal = [KeptFigures(T0 + 9 * BUCKET, rsrp_dbm=-120.0), slow(1)]
    found = episodes(KeptWeek(signal, ports=ports), LIMITS)
    assert [one.key for one in found] == [
        ProblemKey.SLOW, ProblemKey.PORT_ERRORS, ProblemKey.SIGNAL_WEAK,
    ]  # fmt: skip


def test_what_is_used_of_a_month_is_told_once_until_the_month_begins_anew() -> None:
    hour = timedelta(hours=1)
    ratios = (0.7, 0.79999, 0.8, 0.81, 0.01)
    data = [KeptUse(T0 + n * hour, T0 + (n + 1) * hour, one) for n, one in enumerate(ratios)]
    [found] = episodes(KeptWeek(data=data), Thresholds(budget_ratio=0.8))
    assert found == Episode(ProblemKey.DATA_USED_UP, T0 + 2 * hour, T0 + 4 * hour)
    assert episodes(KeptWeek(data=data), Thresholds(budget_ratio=0.9)) == []
