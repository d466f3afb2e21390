"""Octets between two readings: right or None, whatever wraps."""

from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.snmp.octets import OctetReading, octets_between, wrap_s

SPEED = st.sampled_from([None, 0, 10**6, 10**8, 10**9, 10**10])


def reading(value: int, bits: int, at_s: float, **further: int | None) -> OctetReading:
    """Return what a counter of this width shows of a true number."""
    return OctetReading(value % 2**bits, bits, at_s, **further)


@given(
    start=st.integers(0, 2**63), grown=st.integers(0, 2**41), bits=st.sampled_from([32, 64]),
    seconds=st.floats(1, 900), speed=SPEED,
)  # fmt: skip
def test_wraps_give_the_true_number_or_none(
    start: int, grown: int, bits: int, seconds: float, speed: int | None
) -> None:
    if speed and grown > speed / 8 * seconds:
        grown = int(speed / 8 * seconds)
    before, after = reading(start, bits, 5), reading(start + grown, bits, 5 + seconds)
    found = octets_between(before, after, speed_bps=speed)
    assert found in (None, grown)
    if bits == 64:
        assert found == grown
    elif speed and wrap_s(32, speed) > seconds * 1.2:
        assert found == grown


def test_a_32_bit_counter_on_a_fast_port_tells_nothing() -> None:
    before, after = reading(10, 32, 0), reading(2000, 32, 60)
    assert octets_between(before, after, speed_bps=10**9) is None
    assert octets_between(before, after, speed_bps=None) is None
    assert octets_between(before, after, speed_bps=10**8) == 1990


def test_a_counter_that_began_anew_tells_nothing() -> None:
    old, new = reading(50, 64, 0, uptime_s=90), reading(60, 64, 60, uptime_s=30)
    assert octets_between(old, new, speed_bps=10**9) is None
    old = reading(50, 64, 0, discontinuity_ticks=1)
    assert octets_between(old, reading(60, 64, 60, discontinuity_ticks=2), speed_bps=None) is None
    assert octets_between(reading(50, 64, 0), reading(40, 64, 60), speed_bps=None) is None
    assert octets_between(reading(50, 64, 0), reading(60, 32, 60), speed_bps=10**6) is None
    assert octets_between(reading(50, 64, 9), reading(60, 64, 9), speed_bps=None) is None
    assert octets_between(None, reading(60, 64, 9), speed_bps=None) is None


def test_more_than_the_line_carries_is_not_believed() -> None:
    before, after = reading(0, 64, 0), reading(10**12, 64, 60)
    assert octets_between(before, after, speed_bps=10**9) is None
