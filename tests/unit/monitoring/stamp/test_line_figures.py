"""From settled probes to the section of a report."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.line import LAST_BIN, LineSection, LineWay
from monitoring.histogram import bin_of
from monitoring.stamp.ledger import Ledger, Passage, Settled
from monitoring.stamp.line_figures import LineFigures, counted, share_within
from monitoring.stamp.wire import ErrorEstimate, StampAnswer

MS = 1_000_000
HOUR_NS = 3600 * 1000 * MS


def passages(ups_ms, downs_ms, *, first=0, error_ns=None, offset_ns=HOUR_NS):
    """Probes of which each took so long, with a reflector whose clock is an hour ahead."""
    return tuple(
        Passage(
            first + n, first + n, (first + n) * 100 * MS,
            round(up * MS) + offset_ns, round(down * MS) - offset_ns, error_ns,
        )
        for n, (up, down) in enumerate(zip(ups_ms, downs_ms, strict=True))
    )  # fmt: skip


def test_nothing_came_back():
    assert LineFigures().section(Settled(3), now_s=0) == LineSection(sent=3)


def test_round_trips_are_known_and_one_ways_above_their_least():
    found = LineFigures().section(Settled(5, passages((10, 14, 12), (5, 5, 8)), 4, 1, 1), now_s=0)
    assert found == LineSection(
        sent=5, received=3, rtt_ms=18.0, rtt_min_ms=15.0, rtt_max_ms=20.0, jitter_ms=2.5,
        up=LineWay(sent=4, received=3, jitter_ms=4.0, delay_ms=2.0),
        down=LineWay(sent=3, received=2, jitter_ms=3.0, delay_ms=0.0),
    )  # fmt: skip
    assert (found.loss_up_ratio, found.loss_down_ratio) == (0.25, pytest.approx(1 / 3))


def test_neighbours_are_those_sent_one_after_the_other_also_across_reports():
    figures = LineFigures()
    figures.section(Settled(2, passages((10, 10), (5, 5)), 2), now_s=0)
    found = figures.section(Settled(1, passages((17,), (5,), first=2), 1), now_s=10)
    assert found.up.jitter_ms == 7.0
    # The neighbour of this one was lost: what differs here is not of neighbours.
    found = figures.section(Settled(1, passages((99,), (5,), first=4), 1), now_s=20)
    assert found.up.jitter_ms is None


def test_the_least_is_of_the_last_minute():
    figures = LineFigures()
    delays = []
    for n, up_ms in enumerate((10, 30, 30, 30, 30, 30, 30, 30, 30)):
        section = figures.section(
            Settled(1, passages((up_ms,), (5,), first=10 * n)), now_s=10.0 * n
        )
        delays.append(section.up.delay_ms)
    assert delays == [0, 20, 20, 20, 20, 20, 20, 0, 0]


def test_a_reflector_that_begins_anew_may_have_another_clock():
    figures = LineFigures()
    figures.section(Settled(2, passages((10, 10), (5, 5), first=90)), now_s=0)
    before = passages((10,), (5,), first=92)[0]
    anew = Passage(93, 0, before.reflected_ns + MS, 12 * MS, 6 * MS)
    found = figures.section(Settled(1, (anew,)), now_s=10)
    assert (found.up.delay_ms, found.up.jitter_ms) == (0.0, None)


def test_the_whole_delay_is_said_where_both_clocks_are_known_well():
    for error_ns, up_ms in ((4 * MS, 10.0), (6 * MS, None), (None, None)):
        settled = Settled(1, passages((10,), (5,), error_ns=error_ns, offset_ns=0))
        assert LineFigures().section(settled, now_s=0).up.transit_ms == up_ms


def test_a_minute_is_said_once_when_it_is_over():
    figures = LineFigures()
    minutes = []
    for n in range(13):
        settled = Settled(2, passages((10,), (5,), first=2 * n), 2, 1)
        minutes.append(figures.section(settled, now_s=10.0 * n).minute)
    assert [n for n, minute in enumerate(minutes) if minute] == [6, 12]
    assert (minutes[12].sent, minutes[12].received) == (12, 6)
    assert minutes[12].rtt == ((bin_of(15), 6),)
    assert minutes[12].up == ((0, 6),)


def test_delays_are_counted_by_the_bins_that_the_centre_keeps():
    assert counted(()) == ()
    assert counted((0.6, 1.1, 1.1)) == ((bin_of(0.6), 1), (bin_of(1.1), 2))
    assert (bin_of(0), bin_of(1e9)) == (0, LAST_BIN)


def test_the_share_is_by_nearest_rank():
    assert share_within(list(range(1, 101)), 0.95) == 95
    assert (share_within([7], 0.95), share_within([], 0.95)) == (7, None)


STAMPS = st.integers(0, 2**32 * 1000 * MS)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), STAMPS, STAMPS, st.integers(-200, 5000))))
def test_whatever_a_reflector_says_the_report_can_be_read(answers):
    ledger, figures = Ledger(), LineFigures()
    for place, (seq, received_ns, sent_ns, took_ms) in enumerate(answers):
        asked_ns = place * 100 * MS
        ledger.sent(place, asked_ns)
        answer = StampAnswer(seq, sent_ns, received_ns, place, asked_ns, error=ErrorEstimate(True))
        ledger.answered(answer, arrived_ns=asked_ns + took_ms * MS, error_ns=0)
        section = figures.section(ledger.settle(asked_ns + 10_000 * MS), now_s=40.0 * place)
        assert msgspec.json.decode(msgspec.json.encode(section), type=LineSection) == section
