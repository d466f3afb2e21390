"""A receiver on a busy machine that reads late, on a line that carries all: it is no thin line.

What was sent and told was recorded of a room and a relay on one core: `late-reader.json` in
tests/data/media has each report, when it came, and what had been sent since the one before.
"""

import json
from pathlib import Path

import pytest

from media.sfu.bandwidth import Estimate
from media.sfu.delay_trend import DelayTrend
from media.sfu.ladder import LONGEST_TRIAL_S, ONE_SOUND_BPS, TRIAL_S, Ladder, Rung
from media.sfu.sooner import KEPT_S, SOUND_BYTES, SoonerSounds
from tests.fakes.bottleneck import VirtualLine
from tests.unit.media.sfu.test_ladder import HIGH, LOW, Viewer

RECORDED = Path(__file__).parents[3] / "data/media/late-reader.json"
START_BPS = 4e6


def test_a_line_that_a_late_reader_made_thin_is_not_asked_once_a_minute_only():
    estimate, found = Estimate(start_bps=START_BPS), []
    for told in json.loads(RECORDED.read_text()):
        for size, at in told["sent"]:
            estimate.sent(estimate.log.next_number & 0xFFFF, size, now=at)
        estimate.feedback(bytes.fromhex(told["report"]), now=told["at"])
        assert estimate.loss.ratio == 0
        if estimate.usable_bps < ONE_SOUND_BPS:
            found.append((told["at"], estimate.is_sooner))
    assert found, "it was taken for a line of one sound, of the loopback"
    assert any(is_sooner for _, is_sooner in found), found
    thin_since, shown_at = found[0][0], min(at for at, is_sooner in found if is_sooner)
    assert shown_at - thin_since < TRIAL_S


def sounds(trend, delay_ms, *, since, seconds, late_ms=0.0):
    """Let sounds come, one in ten as soon as it can, for whole seconds; return until when."""
    for number in range(int(seconds * 50)):
        at = since + number * 0.02
        trend.arrived(at, at * 1000 + delay_ms + (late_ms if number % 10 else 0.0))
    return since + seconds


@pytest.mark.parametrize("thin_bps", [20e3, 70e3, 100e3])
def test_sounds_that_are_late_but_for_some_are_sooner_than_on_a_thin_line(thin_bps):
    trend, sooner = DelayTrend(), SoonerSounds()
    now = sounds(trend, 5.0, since=100.0, seconds=3)
    sooner.note(trend, arrived_bps=400e3, usable_bps=2e6, has_queue=False, at=now)
    assert not sooner.are_shown(now), "nothing says that it is thin"
    now = sounds(trend, 6.0, since=now, seconds=2.2, late_ms=150.0)
    sooner.note(trend, arrived_bps=40e3, usable_bps=thin_bps, has_queue=True, at=now)
    assert sooner.are_shown(now + KEPT_S - 0.1)
    assert not sooner.are_shown(now + KEPT_S + 0.1)


@pytest.mark.parametrize("thin_bps", [64e3, 100e3])
@pytest.mark.parametrize("taken_bps", [20e3, 64e3, 100e3])
def test_sounds_are_as_late_as_a_thin_line_makes_them(thin_bps, taken_bps):
    trend, sooner = DelayTrend(), SoonerSounds()
    now = sounds(trend, 5.0, since=100.0, seconds=3)
    sooner.note(trend, arrived_bps=400e3, usable_bps=2e6, has_queue=False, at=now)
    now = sounds(trend, 5.0 + 8000 * SOUND_BYTES / thin_bps, since=now, seconds=3)
    sooner.note(trend, arrived_bps=40e3, usable_bps=taken_bps, has_queue=False, at=now)
    assert not sooner.are_shown(now)


def test_a_line_that_was_never_wide_shows_nothing():
    trend, sooner = DelayTrend(), SoonerSounds()
    now = sounds(trend, 18.0, since=100.0, seconds=3)
    sooner.note(trend, arrived_bps=40e3, usable_bps=64e3, has_queue=False, at=now)
    assert not sooner.are_shown(now)


@pytest.mark.parametrize(("is_sooner", "wait_s"), [(False, LONGEST_TRIAL_S), (True, TRIAL_S)])
def test_a_thin_line_whose_sounds_come_sooner_is_asked_as_any_other(is_sooner, wait_s):
    ladder, now = Ladder(), 0.0
    costs = [0.0, 0.0, 200e3, 1.6e6, 3e6]
    fell_at = None
    while ladder.probed is None and now < 2 * LONGEST_TRIAL_S:
        now += 0.2
        ladder.step(
            costs, 70e3, full_at=float("-inf"), is_full=False, is_thin=True, is_sooner=is_sooner,
            has_improved=False, can_probe=True, now=now,
        )  # fmt: skip
        if ladder.rung is Rung.CONTENT and fell_at is None:
            fell_at = now
    assert ladder.probed is Rung.LOW
    assert now - fell_at == pytest.approx(wait_s, abs=0.5)


@pytest.mark.parametrize("rate_bps", [64e3, 90e3])
def test_a_line_that_has_become_thin_is_asked_no_sooner_than_before(rate_bps):
    viewer = Viewer(VirtualLine(6e6, delay_s=0.03), pictures={"stage": (HIGH, LOW)})
    viewer.run(10)
    viewer.line.rate_bps = rate_bps
    viewer.run(20)
    viewer.padded.clear()
    viewer.run(60)
    assert not viewer.down.estimate.is_sooner
    assert len({int(at) for at, _ in viewer.padded}) <= 4
