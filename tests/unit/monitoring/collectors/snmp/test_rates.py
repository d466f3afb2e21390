"""Rates from counters that wrap, begin anew or jump."""

import pytest

from monitoring.collectors.snmp.rates import rates
from monitoring.collectors.snmp.report import PolledInterface

MBPS = 1_000_000


def port(
    octets: int | None, bits: int | None = 64, speed_bps: int | None = 1000 * MBPS
) -> PolledInterface:
    return PolledInterface(
        1, speed_bps=speed_bps, in_octets=octets, out_octets=octets, counter_bits=bits
    )


@pytest.mark.parametrize(
    ("before", "now", "bps"),
    [
        (port(0), port(60 * 125_000), MBPS),
        (port(2**64 - 1), port(60 * 125_000 - 1), MBPS),  # wrapped
        (port(10**12), port(5), None),  # begun anew: no port is that fast
        (port(0), port(10**12), None),  # jumped
        (port(0, 32, 100 * MBPS), port(60 * 125_000, 32, 100 * MBPS), MBPS),
        (port(2**32 - 1, 32, 100 * MBPS), port(60 * 125_000 - 1, 32, 100 * MBPS), MBPS),
        (port(0, 32), port(60 * 125_000, 32), None),  # may have wrapped unseen: 34 s at 1 Gbit/s
        (port(0, 32), port(60 * 125_000), None),  # another counter
        (port(None), port(5), None),
        (port(0, speed_bps=None), port(60 * 125_000, speed_bps=None), MBPS),
        (None, port(5), None),
    ],
)
def test_rates(before: PolledInterface | None, now: PolledInterface, bps: int | None) -> None:
    assert rates(before, now, span_s=60) == (bps, bps)


def test_no_time_no_rate() -> None:
    assert rates(port(0), port(1), span_s=0) == (None, None)
