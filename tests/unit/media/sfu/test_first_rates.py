"""What a line is said to carry begins the ladder, and bounds nothing."""

import pytest

from media.sfu.downlink import Downlink
from media.sfu.ladder import Rung
from tests.fakes.bottleneck import VirtualLine
from tests.unit.media.sfu.test_ladder import TWO_SIZES, Hurried, Viewer


def begun(viewer, bps):
    """Return a viewer whose line is taken to carry so much, as the router fills its slots."""
    viewer.down.estimate.begin(bps)
    viewer.down.adapt(now=viewer.now)
    return viewer


def first(moves, rung):
    return next((after for after, at in moves if at >= rung), 99.0)


@pytest.mark.parametrize("jitter_s", [0.0, 0.03])
@pytest.mark.parametrize("contracted_bps", [30e3, 90e3, 300e3])
def test_a_line_that_carries_more_than_it_is_said_to_has_everything_in_ten_seconds(
    contracted_bps, jitter_s
):
    line = VirtualLine(6e6, jitter_s=jitter_s, loss_ratio=0.01, delay_s=0.03)
    viewer = begun(Viewer(line), contracted_bps)
    assert viewer.rung < Rung.SPEAKER
    moves = viewer.run(10)
    assert viewer.rung >= Rung.LOW if contracted_bps >= 300e3 else first(moves, Rung.LOW) <= 5
    assert first(moves, Rung.HIGH) <= 10


@pytest.mark.parametrize("every_s", [0.1, 1.0])
def test_nor_is_it_held_back_for_longer_where_machines_are_busy(every_s):
    line = VirtualLine(6e6, jitter_s=0.01, loss_ratio=0.01)
    viewer = begun(Hurried(line, every_s=every_s, pictures=TWO_SIZES, seed=3), 30e3)
    assert first(viewer.run(10), Rung.HIGH) <= 10


@pytest.mark.parametrize("rate_bps", [64e3, 150e3])
def test_a_line_that_carries_no_more_than_it_is_said_to_has_no_queue_from_the_first_packet(
    rate_bps,
):
    viewer = begun(Viewer(VirtualLine(rate_bps, loss_ratio=0.01, delay_s=0.03)), 30e3)
    assert all(rung <= Rung.CONTENT for _, rung in viewer.run(40))
    assert viewer.queue_s(1.0) <= 0.4
    assert viewer.queue_s(0.95) <= 0.1


def test_who_reports_losses_alone_is_given_more_while_hardly_any_are():
    line = Downlink()
    line.estimate.begin(30e3)
    for ratio, expected_bps in ((0.0, 150e3), (0.02, 150e3), (0.3, 85e3)):
        line.estimate.loss_reported(ratio, 100e3)
        assert line.estimate.bps == pytest.approx(expected_bps)
    line.estimate.loss_reported(0.01, 400e3)
    assert line.estimate.bps == pytest.approx(600e3)
