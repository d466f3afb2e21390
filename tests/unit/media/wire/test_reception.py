"""What a receiver's reports say of a stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.wire import rtcp
from media.wire.reception import QUICKEST_S, Arrived, Reception


def test_reports_count_loss_over_the_interval_and_in_all():
    reception = Reception(5, 90_000)
    for number in (65_533, 65_534, 1, 2):
        reception.received(number, number * 3000, now=number / 30)
    block = reception.block(now=1.0)
    assert (block.packets_lost, block.fraction_lost) == (2, 2 * 256 // 6)
    assert block.highest_sequence == 65_536 + 2
    assert reception.block(now=2.0).fraction_lost == 0


def test_reports_name_the_last_sender_report_and_its_age():
    reception = Reception(5, 90_000)
    report = rtcp.SenderReport(5, rtcp.ntp_time(1.8e9), 1, 1, 1)
    reception.reported(report, now=10.0)
    block = reception.block(now=10.5)
    assert (block.lsr, block.dlsr) == (rtcp.middle32(report.ntp), 32_768)


def test_steady_arrivals_have_no_jitter():
    reception = Reception(5, 90_000)
    for n in range(100):
        reception.received(n, n * 3000, now=n / 30)
    assert reception.jitter < 1.5


@pytest.mark.parametrize("first", [0, 65_534])
def test_reception_counts_losses_across_the_wrap(first):
    reception = Reception(9, 90_000)
    for step in (0, 1, 3):
        reception.received((first + step) & 0xFFFF, step * 3600, now=step * 0.04, size=100)
    block = reception.block(now=1.0)
    assert (block.packets_lost, block.fraction_lost) == (1, 64)
    assert reception.take_interval() == Arrived(3, 1, 300)
    assert reception.take_interval() == Arrived(0, 0, 0)
    assert reception.block(now=2.0).fraction_lost == 0


def test_round_trips_can_be_read_from_the_block():
    reception = Reception(9, 90_000)
    reception.received(1, 0, now=0.0)
    reception.reported(rtcp.SenderReport(9, rtcp.ntp_time(1000.0), 0, 1, 100), now=5.0)
    block = reception.block(now=5.5)
    rtt_s = rtcp.round_trip_s(block, now_ntp=rtcp.ntp_time(1000.53))
    assert rtt_s == pytest.approx(0.03, abs=0.001)


def test_jitter_is_that_of_the_arrivals():
    steady, shaken = Reception(1, 1000), Reception(2, 1000)
    for index in range(200):
        steady.received(index, index * 20, now=index * 0.02)
        shaken.received(index, index * 20, now=index * 0.02 + (index % 2) * 0.01)
    assert steady.jitter == pytest.approx(0, abs=1e-6)
    assert shaken.jitter == pytest.approx(10, abs=1)


def test_a_leap_of_the_senders_clock_is_no_jitter_and_a_wrap_is_no_leap():
    reception = Reception(9, 90_000)
    for index in range(50):
        timestamp = (2**32 - 3000 * 25 + index * 3000) % 2**32
        reception.received(index, timestamp, now=index / 30)
    reception.received(50, 5_000_000, now=50 / 30)
    assert reception.jitter < 1.5


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.floats(0.0, 0.08), min_size=2, max_size=60),
)
def test_what_comes_late_is_late_by_what_the_quickest_was_not(start, lates_s):
    reception = Reception(9, 90_000)
    for index, late_s in enumerate(lates_s):
        at_s, timestamp = 50 + index / 25, (start + index * 3600) % 2**32
        reception.received(index, timestamp, now=at_s + late_s)
        expected = late_s - min(lates_s[: index + 1])
        assert reception.late_s(timestamp, now=at_s + late_s) == pytest.approx(expected, abs=1e-4)


def test_another_path_is_soon_the_one_that_nothing_is_late_by():
    reception, late_s = Reception(9, 90_000), []
    for index in range(25 * 60):
        now, timestamp = index / 25 + (0.05 if index >= 25 * 30 else 0.0), index * 3600
        reception.received(index, timestamp, now=now)
        late_s.append(reception.late_s(timestamp, now=now))
    on_first, just_moved = late_s[: 25 * 30], late_s[25 * 30 : 25 * int(30 + QUICKEST_S) - 25]
    assert on_first == pytest.approx([0] * len(on_first), abs=1e-3)
    assert just_moved == pytest.approx([0.05] * len(just_moved), abs=1e-3)
    assert late_s[-1] == pytest.approx(0, abs=1e-3)


def test_after_a_leap_of_its_timestamps_nothing_is_late():
    reception = Reception(9, 90_000)
    reception.received(1, 90_000 * 60, now=10.0)
    reception.received(2, 0, now=10.04)
    assert reception.late_s(0, now=10.04) == 0.0
    assert Reception(9, 90_000).late_s(5, now=10.0) == 0.0
