"""Which trains a point sends, and what follows where one is not understood."""

import pytest

from agent.health import trains
from agent.health.trains import BandwidthProbes
from contracts.reports import BandwidthBody
from monitoring.listeners.target import ProbeTarget

UNANSWERED = BandwidthBody(sent=14, received=0, train_bytes=17_000, problem="no answer")
ANSWERED = BandwidthBody(sent=14, received=14, train_bytes=17_000, available_bps=5_000_000)
TARGET = ProbeTarget("192.0.2.1", 8862, 1, b"k")


@pytest.mark.parametrize(
    ("is_understood", "asked"),
    [(True, [True, False, True, False]), (False, [True, False, False, True, False, False])],
)
async def test_a_reflector_that_sends_nothing_back_is_asked_plainly_at_once(
    monkeypatch: pytest.MonkeyPatch, is_understood: bool, asked: list[bool]
) -> None:
    sent: list[bool] = []
    took: list[BandwidthBody] = []

    async def run_train(target: ProbeTarget, *, is_both_ways: bool = False) -> BandwidthBody:
        assert target is TARGET
        sent.append(is_both_ways)
        return UNANSWERED if is_both_ways and not is_understood else ANSWERED

    monkeypatch.setattr(trains, "run_train", run_train)
    probes = BandwidthProbes(
        probes=lambda: None, may_run=lambda: True, took=took.append, took_size=lambda _: None
    )
    for turn in (1, 3, 4, 6):
        probes._turn = turn
        await probes._measure_rate(TARGET)
    assert sent == asked
    assert took == [ANSWERED] * 4
