"""Which reports say nothing new: a receiver that reads late is no queue, and a queue delays all."""

import struct

import pytest

from media.sfu.delay_trend import LATE_MS, LEAST_QUEUE_MS, Calm
from media.sfu.feedback import told, walk
from media.sfu.send_log import SendLog
from media.wire import twcc
from media.wire.twcc import Arrivals

CALM = Calm(-1.0, LEAST_QUEUE_MS, LATE_MS)
APART_S = 0.02


def walked(delays_ms, late_groups=0):
    """Return what a report comes to on packets that came so late, each a group of its own."""
    arrivals = [1000 * index * APART_S + delay for index, delay in enumerate(delays_ms)]
    return walked_of(Arrivals(1, 0, arrivals), len(delays_ms), late_groups)


def walked_of(report, sent, late_groups=0):
    """Return what a report comes to on so many packets from number 1 on."""
    log = SendLog()
    for index in range(sent):
        log.note(index + 1, 100, now=100 + index * APART_S)
    return walk(
        report,
        log,
        base_ms=100_000.0,
        newest_sent_s=0.0,
        newest=0,
        group_first_s=0.0,
        group_s=0.005,
        late_groups=late_groups,
        calm=CALM,
    )


@pytest.mark.parametrize(
    ("delays_ms", "late_groups", "is_calm"),
    [
        ([5, 40, 30, 2, 44, 20], 0, True),
        ([5, 13, 13, 13, 2], 0, False),
        ([13, 2], 2, False),  # the third
        ([2, 13], 2, True),
        ([5, 46, 5], 0, False),
        ([5, -2, 5], 0, False),  # the way has become shorter
    ],
)
def test_a_queue_is_what_delays_one_group_after_another(delays_ms, late_groups, is_calm):
    assert walked(delays_ms, late_groups).is_calm is is_calm


def test_a_calm_report_is_told_by_what_waited_least_and_leaves_how_many_are_late():
    found = walked([5, 20, 3, 20, 20])
    assert found.arrivals == ((100.04, pytest.approx(100_043.0)),)
    assert found.late_groups == 2


@pytest.mark.parametrize("first", [0, 0x8000, 0xFFFE])
@pytest.mark.parametrize("read", [twcc.read, told])
def test_a_report_on_packets_that_never_were_says_nothing(first, read):
    message = struct.pack("!HHIH", first, 2, 0, 1 << 13 | 2) + bytes((20, 0))
    found = walked_of(read(message), 0)
    assert (found.came, found.octets, found.newest, found.newest_sent_s) == (0, 0, 0, 0.0)
