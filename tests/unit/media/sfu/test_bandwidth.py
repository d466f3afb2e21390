"""The estimate of a line, in virtual time over a bottleneck with a seeded loss."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.sfu.arrival_record import GATHERED_S, GATHERED_STEADY_S, STEADY_S
from media.sfu.bandwidth import CEILING_BPS, FLOOR_BPS, Estimate
from media.wire.twcc import Arrivals
from tests.fakes.bottleneck import Bottleneck, VirtualLine

FRAME_S = 0.04
STEP_S = 0.005
PACKET = 1100


class Sender:
    """A picture of 25 frames a second that follows the estimate, and a sound beside it."""

    def __init__(self, line, *, start_bps=300_000.0, seed=1, most_bps=10e6):
        self.bandwidth = Estimate(start_bps=start_bps)
        self.way = Bottleneck(line, seed=seed)
        self.line = line
        self.now = 100.0
        self.most_bps = most_bps
        self.number = self.bandwidth.log.next_number = 0x10000 + 65_000  # wraps soon
        self.next_frame = self.next_sound = self.now
        self.rates = []
        self.queues = []

    def send(self, size):
        self.bandwidth.sent(self.number & 0xFFFF, size, now=self.now)
        self.way.put(self.number, size, now=self.now)
        self.number += 1

    def run(self, seconds):
        """Go on for a while; return the estimates and queues of it, one per step."""
        until = self.now + seconds
        self.rates, self.queues = [], []
        while self.now < until:
            self.now += STEP_S
            if self.now >= self.next_sound:
                self.next_sound += 0.02
                self.send(80)
            if self.now >= self.next_frame:
                self.next_frame += FRAME_S
                rate = min(self.most_bps, self.bandwidth.bps)
                left = max(0.0, rate - 32_000) * FRAME_S / 8
                while left > 0:
                    self.send(int(min(PACKET, max(60, left))))
                    left -= PACKET
            for report in self.way.reports(now=self.now):
                self.bandwidth.feedback(report, now=self.now)
            self.rates.append(self.bandwidth.bps)
            self.queues.append(self.way.queue_s(self.now))
        return self.rates


def mean(values):
    return sum(values) / len(values)


def at_least_for(values, share, bound):
    return sum(value >= bound for value in values) >= share * len(values)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("jitter_s", [0.0, 0.008])
def test_it_settles_below_what_the_line_carries(seed, jitter_s):
    sender = Sender(VirtualLine(2e6, jitter_s=jitter_s), seed=seed)
    sender.run(10)
    rates = sender.run(40)
    assert 0.80 * 2e6 <= mean(rates) <= 0.97 * 2e6
    assert sorted(sender.queues)[int(len(sender.queues) * 0.95)] <= 0.1


@pytest.mark.parametrize("rate_bps", [300e3, 1.2e6])
def test_no_queue_creeps_up_where_pictures_fill_a_line_for_minutes(rate_bps):
    sender = Sender(VirtualLine(rate_bps))
    sender.run(10)
    for _ in range(3):
        rates = sender.run(60)
        assert mean(rates) >= 0.75 * rate_bps
        assert sorted(sender.queues)[int(len(sender.queues) * 0.95)] <= 0.15


@pytest.mark.parametrize("seed", [1, 2])
def test_reports_on_an_ample_line_are_told_by_one_packet_until_one_comes_late(seed):
    sender = Sender(VirtualLine(50e6, delay_s=0.01), start_bps=4e6, seed=seed, most_bps=1.5e6)
    sender.run(10)
    assert sender.bandwidth._arrived.is_calm
    groups = sender.bandwidth._arrived.trend._groups
    sender.run(5)
    assert sender.bandwidth._arrived.trend._groups - groups <= 5 / GATHERED_STEADY_S
    assert sender.bandwidth.acknowledged_bps == pytest.approx(1.5e6, rel=0.15)  # none is lost
    sender.line.rate_bps = 1e6
    sender.run(0.3)
    assert not sender.bandwidth._arrived.is_calm
    sender.run(1.7)
    assert sender.bandwidth.bps < 1.1e6


def test_reports_are_taken_more_often_again_where_one_was_not_calm():
    sender = Sender(VirtualLine(50e6, delay_s=0.01), start_bps=4e6, most_bps=1.5e6)
    sender.run(10)
    so_far = sender.bandwidth._arrived._so_far
    assert so_far.most_s == GATHERED_STEADY_S
    sender.line.delay_s = 0.002  # a packet comes sooner than any before
    sender.run(GATHERED_STEADY_S)
    sender.line.delay_s = 0.01
    assert so_far.most_s == GATHERED_S
    sender.run(STEADY_S / 2)
    assert so_far.most_s == GATHERED_S
    sender.run(STEADY_S)
    assert so_far.most_s == GATHERED_STEADY_S


@pytest.mark.parametrize("seed", [1, 2])
def test_it_follows_a_line_that_falls_to_a_quarter_within_two_seconds(seed):
    sender = Sender(VirtualLine(2e6), seed=seed)
    sender.run(30)
    sender.line.rate_bps = 500e3
    sender.run(2)
    rates = sender.run(10)
    assert max(rates) <= 1.25 * 500e3
    assert max(sender.queues) <= 0.2
    assert mean(rates) >= 0.7 * 500e3


def test_what_was_lost_on_the_line_that_died_is_not_held_against_the_next():
    sender = Sender(VirtualLine(2e6), most_bps=600e3)
    sender.run(10)
    before_bps = sender.bandwidth.bps
    sender.line.is_out = True
    sender.run(0.3)
    sender.line.is_out = False
    sender.bandwidth.moved()
    assert min(sender.run(3)) >= 0.95 * before_bps


@pytest.mark.parametrize("seed", [1, 2])
def test_it_recovers_within_ten_seconds_from_64_kbit(seed):
    sender = Sender(VirtualLine(2e6), seed=seed)
    sender.run(10)
    sender.line.rate_bps = 64e3
    sender.run(30)
    assert sender.bandwidth.bps <= 70e3
    sender.line.rate_bps = 2e6
    rates = sender.run(10)
    assert mean(rates[-round(2 / STEP_S) :]) >= 0.7 * 2e6


def test_a_loss_that_is_the_lines_own_costs_no_more_than_itself():
    sender = Sender(VirtualLine(2e6, loss_ratio=0.12, delay_s=0.04))
    sender.run(30)
    assert mean(sender.run(20)) >= 0.45 * 2e6


def test_a_queue_too_short_to_be_seen_is_found_by_its_losses():
    sender = Sender(VirtualLine(600e3, queue_limit_s=0.03), start_bps=2e6)
    sender.run(10)
    sender.way.came = sender.way.lost = 0
    rates = sender.run(20)
    assert mean(rates) <= 1.1 * 600e3
    assert sender.way.lost <= 0.1 * sender.way.came


def test_an_outage_is_no_slow_line():
    sender = Sender(VirtualLine(2e6))
    sender.run(20)
    before = sender.bandwidth.bps
    sender.line.is_out = True
    sender.run(20)
    sender.line.is_out = False
    rates = sender.run(2)
    assert min(rates) >= 0.6 * before


def test_a_sender_that_sends_little_is_not_taken_for_a_fast_line():
    sender = Sender(VirtualLine(5e6), most_bps=200e3)
    sender.run(30)
    assert sender.bandwidth.bps <= 1.6 * 200e3 + 100_000


def test_what_the_line_is_contracted_for_counts_until_there_is_feedback():
    sender = Sender(VirtualLine(2e6), start_bps=4e6)
    sender.bandwidth.begin(700e3)
    assert sender.bandwidth.bps == 700e3
    sender.run(1)
    found = sender.bandwidth.bps
    sender.bandwidth.begin(50e3)
    assert sender.bandwidth.bps == found


def test_remb_and_reports_count_only_without_feedback():
    bandwidth = Estimate(start_bps=300e3)
    bandwidth.remb(900e3)
    assert bandwidth.bps == 900e3
    bandwidth.loss_reported(0.4, 900e3)
    assert bandwidth.bps == pytest.approx(720e3)
    sender = Sender(VirtualLine(2e6), start_bps=300e3)
    sender.bandwidth.remb(50e3)
    sender.run(5)
    assert sender.bandwidth.bps > 300e3


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 0xFFFF),
            st.integers(0, 0xFFFFFF),
            st.lists(st.none() | st.integers(-40_000, 40_000).map(lambda t: t / 4), max_size=60),
        ),
        max_size=30,
    )
)
def test_no_feedback_takes_it_out_of_its_bounds(reports):
    bandwidth = Estimate(start_bps=500e3)
    now = 5.0
    for number in range(200):
        bandwidth.sent(number, 500, now=now + number / 100)
    for first, reference, arrivals in reports:
        now += 0.05
        bandwidth.feedback(Arrivals(first, reference, arrivals), now=now)
        assert FLOOR_BPS <= bandwidth.bps <= CEILING_BPS


@pytest.mark.parametrize(("again_at", "kept_bps"), [(101.0, 9.5e6), (110.0, 114e3)])
def test_a_fall_that_goes_on_after_a_moment_is_one_fall(again_at, kept_bps):
    """What was given up for a longer way is taken back whole, where two drains were of one."""
    estimate = Estimate(start_bps=10e6)
    estimate._drain(150e3, is_full=True, now=100.0)
    estimate._end_drain(120e3, now=100.8)
    estimate._drain(30e3, is_full=True, now=again_at)
    estimate._seek_base()
    assert estimate.bps == pytest.approx(kept_bps)
