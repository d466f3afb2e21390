"""Passes, hellos and summaries: what is proved comes back, all else is our own error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.errors import MalformedProbe
from monitoring.reflector.probe import point_key
from monitoring.throughput import wire
from monitoring.throughput.wire import TestPass, Way

MASTER, NONCE = bytes(range(32)), bytes(range(100, 116))
PASS = TestPass(65_535, "00ff00ff00ff00ff", 1_790_000_000, 1_790_000_090, 37_500_000, 6_000)
KEY = point_key(MASTER, PASS.probe_id)


def hello(passed: TestPass = PASS, *, nonce: bytes = NONCE, key: bytes = KEY) -> bytes:
    return wire.encode_hello(wire.encode_pass(passed, MASTER), Way.DOWN, nonce, key)


def test_what_the_centre_allowed_is_what_the_reflector_reads():
    said = hello()
    assert len(said) == wire.HELLO_BYTES
    assert wire.decode_hello(said, NONCE, MASTER) == (PASS, Way.DOWN)


@pytest.mark.parametrize(
    "said",
    [
        hello(nonce=bytes(16)),  # said before, to another nonce
        hello(key=point_key(MASTER, 1)),  # another point's pass
        hello()[:-1],
        hello() + b"\0",
        b"\0" * wire.HELLO_BYTES,
    ],
)
def test_who_is_not_proved_is_not_let_in(said):
    with pytest.raises(MalformedProbe):
        wire.decode_hello(said, NONCE, MASTER)


def test_no_point_writes_a_pass_for_itself():
    own = wire.encode_pass(PASS, KEY)
    with pytest.raises(MalformedProbe):
        wire.decode_hello(wire.encode_hello(own, Way.UP, NONCE, KEY), NONCE, MASTER)


@given(st.integers(0, wire.HELLO_BYTES - 1), st.integers(1, 255))
def test_a_changed_byte_is_found(place, change):
    said = bytearray(hello())
    said[place] ^= change
    with pytest.raises(MalformedProbe):
        wire.decode_hello(bytes(said), NONCE, MASTER)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_our_error(said):
    for decode in (
        lambda: wire.decode_hello(said, NONCE, MASTER),
        lambda: wire.decode_summary(said, NONCE, KEY),
        lambda: wire.summary_bytes(said),
    ):
        with pytest.raises(MalformedProbe):
            decode()


def test_a_summary_says_what_came_when():
    bins = [0, 1_500, 250_000]
    said = wire.encode_summary(bins, was_held_back=True, nonce=NONCE, key=KEY)
    head = said[: wire.SUMMARY_HEAD_BYTES]
    assert len(head) + wire.summary_bytes(head) == len(said)
    assert wire.decode_summary(said, NONCE, KEY) == (bins, True)
    with pytest.raises(MalformedProbe):
        wire.decode_summary(said, bytes(16), KEY)


@pytest.mark.parametrize("wrong", [{"most_ms": 0}, {"most_ms": 15_001}, {"most_bytes": 2**30 + 1}])
def test_no_pass_is_given_beyond_what_a_test_may_be(wrong):
    values = {name: getattr(PASS, name) for name in PASS.__slots__} | wrong
    with pytest.raises(ValueError, match="a test of"):
        wire.encode_pass(TestPass(**values), MASTER)
