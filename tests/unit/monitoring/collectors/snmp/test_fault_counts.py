"""Errors and drops from poll to poll: counters that wrap, begin anew, jump or are not there."""

import pytest

from monitoring.collectors.snmp.fault_counts import Counted, FaultCounts
from monitoring.collectors.snmp.report import DeviceReport, PolledInterface

GBPS = 10**9
MOST_A_MINUTE = int(GBPS / 672 * 60 * 1.2)
WIDTH = 2**32


def report(
    uptime_s: int | None, errors: int | None, drops: int | None = 3, speed_bps: int | None = GBPS
) -> DeviceReport:
    """Return a device of one port, the same counted in both directions."""
    port = PolledInterface(
        7, speed_bps=speed_bps,
        in_errors=errors, out_errors=errors, in_drops=drops, out_drops=None,
    )  # fmt: skip
    return DeviceReport(None, None, None, uptime_s, [port], None, [], [], [])


@pytest.mark.parametrize(
    ("before", "now", "counted"),
    [
        (report(100, 5), report(160, 5), Counted(0, 0)),
        (report(100, 5), report(160, 47), Counted(84, 0)),
        (report(100, WIDTH - 1), report(160, 20), Counted(42, 0)),  # wrapped
        (report(100, 10**6), report(160, 5), Counted(None, 0)),  # cleared by hand
        (report(100, 0), report(160, MOST_A_MINUTE), Counted(2 * MOST_A_MINUTE, 0)),
        (report(100, 0), report(160, MOST_A_MINUTE + 1), Counted(None, 0)),  # no port is so fast
        (report(100, 0, 3, None), report(160, 300_000_000, 3, None), Counted(600_000_000, 0)),
        (report(100, None, None), report(160, 5), Counted()),
        (report(100, None), report(160, None, 8), Counted(None, 5)),
    ],
)
def test_one_minute(before: DeviceReport, now: DeviceReport, counted: Counted) -> None:
    counts = FaultCounts()
    counts.take(before, 1000)
    counts.take(now, 1060)
    assert counts.counted == {7: counted}
    assert counts.span_s == 60


@pytest.mark.parametrize("uptime_s", [None, 99])
def test_of_two_runs_of_a_device_nothing_is_known(uptime_s: int | None) -> None:
    counts = FaultCounts()
    counts.take(report(100, 5), 1000)
    counts.take(report(uptime_s, 50), 1060)
    assert (counts.counted, counts.span_s) == ({}, 0)


def test_polls_add_up_until_they_are_told_and_a_silence_between_them_counts() -> None:
    counts = FaultCounts()
    for read_s, errors in ((0, 1), (60, 2), (400, 11), (460, 11)):
        counts.take(report(1000 + read_s, errors), read_s)
    assert (counts.counted, counts.span_s) == ({7: Counted(20, 0)}, 460)
    counts.clear()
    assert (counts.counted, counts.span_s) == ({}, 0)
    counts.take(report(1520, 14), 520)
    assert (counts.counted, counts.span_s) == ({7: Counted(6, 0)}, 60)


def test_after_so_long_that_a_counter_may_have_wrapped_unseen_nothing_is_known() -> None:
    counts = FaultCounts()
    counts.take(report(1000, 1, speed_bps=10 * GBPS), 0)
    counts.take(report(1800, 5, speed_bps=10 * GBPS), 800)
    assert counts.counted == {7: Counted()}
