"""Reading of transport-wide feedback: as another reader reads it, and whatever the bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket
from media.wire import rtcp, twcc
from tests.fakes.feedback_reader import arrivals as read_apart

HEAD = struct.pack("!HHI", 10, 8, 3 << 8)


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 40), st.floats(-0.2, 9.0)), min_size=1, max_size=150),
)
def test_it_reads_what_another_reader_reads(start, steps):
    log, number, now = twcc.ArrivalLog(), start, 500.0
    for step, wait in steps:
        number, now = number + step, now + wait
        log.received(number & 0xFFFF, now=now)
    (packet,) = rtcp.parse(log.feedback(ssrc=1, media_ssrc=2))
    found = twcc.read(packet.fci)
    base_s = found.reference * 0.064
    came = [None if ms is None else base_s + ms / 1000 for ms in found.arrivals_ms]
    numbers = [(found.first + index) & 0xFFFF for index in range(len(came))]
    expected = read_apart(packet.fci)
    assert numbers == [n for n, _ in expected]
    assert came == [at if at is None else pytest.approx(at, abs=1e-6) for _, at in expected]


@given(st.binary(max_size=300))
def test_any_bytes_are_arrivals_or_our_error(data):
    try:
        found = twcc.read(data)
    except MalformedPacket as exc:
        assert exc.reason
    else:
        assert len(found.arrivals_ms) == int.from_bytes(data[2:4]) <= twcc.MAX_READ


def test_one_bit_vectors_and_runs_and_negative_steps_are_read():
    one_bit = struct.pack("!H", 0x8000 | 0b1011_0000_0000_00)
    found = twcc.read(struct.pack("!HHI", 10, 4, 3 << 8) + one_bit + bytes((4, 8, 12)))
    assert found == twcc.Arrivals(10, 3, [1.0, None, 3.0, 6.0])
    large = struct.pack("!H", 2 << 13 | 2) + struct.pack("!hh", 40, -8)
    assert twcc.read(struct.pack("!HHI", 1, 2, 0) + large).arrivals_ms == [10.0, 8.0]


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        struct.pack("!H", 0),  # a run of nothing would be read for ever
        struct.pack("!H", 1 << 13 | 8) + b"\1",
        struct.pack("!H", 2 << 13 | 8) + b"\1" * 15,
    ],
)
def test_what_is_cut_short_is_refused(rest):
    with pytest.raises(MalformedPacket):
        twcc.read(HEAD + rest)


def test_more_than_is_kept_is_not_read():
    with pytest.raises(MalformedPacket):
        twcc.read(struct.pack("!HHIH", 0, twcc.MAX_READ + 1, 0, 0x1FFF))


def told(log):
    (packet,) = rtcp.parse(log.feedback(ssrc=1, media_ssrc=2))
    found = twcc.read(packet.fci)
    came = [at is not None for at in found.arrivals_ms]
    return {(found.first + index) & 0xFFFF: at for index, at in enumerate(came)}


def test_what_comes_late_is_told_of_with_all_that_was_told_since():
    log = twcc.ArrivalLog()
    for number in (65_534, 0, 1):
        log.received(number, now=5.0 + number / 1e6)
    assert told(log) == {65_534: True, 65_535: False, 0: True, 1: True}
    log.received(1, now=5.1)
    assert log.feedback(ssrc=1, media_ssrc=2) is None, "once is enough"
    log.received(65_535, now=5.1)
    log.received(2, now=5.1)
    assert told(log) == {65_535: True, 0: True, 1: True, 2: True}
    log.received(2 + twcc.MAX_LATE + 1, now=5.2)
    told(log)
    log.received(2 - 3, now=5.3)
    assert log.feedback(ssrc=1, media_ssrc=2) is None, "too late"
