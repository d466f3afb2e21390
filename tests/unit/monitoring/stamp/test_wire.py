"""STAMP's packets, byte by byte as RFC 8762 draws them; what is not ours is refused."""

import hashlib
import hmac
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.errors import MalformedProbe
from monitoring.stamp import wire
from monitoring.stamp.wire import ErrorEstimate, StampAnswer, StampQuestion

KEY = bytes(range(32))
# 24 November 2026, 01:31:20.125 UTC.
AT_NS = 1_795_483_880_125_000_000
NTP_S, NTP_FRACTION = 1_795_483_880 + 2_208_988_800, 0x2000_0000
HALF_MS = ErrorEstimate(True, False, 14, 132)

u8, u16, u32 = st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)
# To the year 2104, where 32 bits of NTP's seconds no longer tell which era is meant.
times = st.integers(0, 4_233_462_143 * 10**9)
keys = st.one_of(st.none(), st.binary(min_size=16, max_size=64))
errors = st.builds(ErrorEstimate, st.booleans(), st.booleans(), st.integers(0, 63),
                   st.integers(1, 255))  # fmt: skip
questions = st.builds(StampQuestion, u32, times, u16, errors)


@given(questions, keys)
def test_a_question_comes_back(question, key):
    datagram = wire.encode_question(question, key)
    assert len(datagram) == (44 if key is None else 112)
    assert wire.decode_question(datagram, key) == question


@given(questions, keys, u32, times.filter(bool), times, errors, u8)
def test_an_answer_comes_back_with_what_was_the_senders(
    question, key, seq, received_ns, sent_ns, error, ttl
):
    asked = wire.encode_question(question, key)
    datagram = wire.encode_answer(
        asked, seq=seq, received_ns=received_ns, sent_ns=sent_ns, error=error, ttl=ttl, key=key
    )
    assert len(datagram) == len(asked)
    assert wire.decode_answer(datagram, key) == StampAnswer(
        seq, sent_ns, received_ns, question.seq, question.sent_ns, question.ssid, error,
        question.error, ttl,
    )  # fmt: skip


def test_an_authenticated_question_is_the_one_of_section_4_2_2():
    covered = struct.pack("!I12xIIHH68x", 7, NTP_S & 0xFFFFFFFF, NTP_FRACTION, 0x8E84, 12)
    assert len(covered) == 96
    golden = covered + hmac.new(KEY, covered, hashlib.sha256).digest()[:16]
    assert wire.encode_question(StampQuestion(7, AT_NS, 12, HALF_MS), KEY) == golden
    assert wire.decode_question(golden, KEY) == StampQuestion(7, AT_NS, 12, HALF_MS)


def test_an_authenticated_answer_is_the_one_of_section_4_3_2():
    asked = wire.encode_question(StampQuestion(7, AT_NS, 12, HALF_MS), KEY)
    covered = struct.pack(
        "!I12xIIHH4xII8xI12xIIH6xB15x",
        *(5, NTP_S & 0xFFFFFFFF, NTP_FRACTION + 2, 0x8E84, 12),
        *(NTP_S & 0xFFFFFFFF, NTP_FRACTION + 1),
        *(7, NTP_S & 0xFFFFFFFF, NTP_FRACTION, 0x8E84, 61),
    )
    assert len(covered) == 96
    golden = covered + hmac.new(KEY, covered, hashlib.sha256).digest()[:16]
    made = wire.encode_answer(
        asked, seq=5, received_ns=AT_NS, sent_ns=AT_NS, error=HALF_MS, ttl=61, key=KEY
    )
    # One and two units of 0.23 ns: no nanosecond differs.
    assert made[:20] == golden[:20]
    assert wire.decode_answer(golden, KEY) == wire.decode_answer(made, KEY)


def test_unauthenticated_packets_are_those_of_sections_4_2_1_and_4_3_1():
    asked = struct.pack("!IIIHH28x", 7, NTP_S & 0xFFFFFFFF, NTP_FRACTION, 0x8E84, 12)
    assert wire.encode_question(StampQuestion(7, AT_NS, 12, HALF_MS), None) == asked
    answer = struct.pack(
        "!IIIHHIIIIIHxxBxxx",
        *(5, NTP_S & 0xFFFFFFFF, NTP_FRACTION, 0x8E84, 12),
        *(NTP_S & 0xFFFFFFFF, NTP_FRACTION),
        *(7, NTP_S & 0xFFFFFFFF, NTP_FRACTION, 0x8E84, 61),
    )
    made = wire.encode_answer(
        asked, seq=5, received_ns=AT_NS, sent_ns=AT_NS, error=HALF_MS, ttl=61, key=None
    )
    assert made == answer


def test_ptp_says_seconds_and_nanoseconds_since_1970():
    asked = wire.encode_question(StampQuestion(0, AT_NS, 0, ErrorEstimate(is_ptp=True)), None)
    assert asked[4:14] == struct.pack("!IIBB", 1_795_483_880, 125_000_000, 0x7F, 255)


def test_padding_of_an_unauthenticated_sender_comes_back_bit_by_bit():
    asked = wire.encode_question(StampQuestion(1, AT_NS), None) + b"padding"
    made = wire.encode_answer(
        asked, seq=0, received_ns=1, sent_ns=2, error=ErrorEstimate(), ttl=255, key=None
    )
    assert (len(made), made[44:]) == (len(asked), b"padding")


def test_times_after_the_year_2036_are_read_as_such():
    """NTP's 32 bits of seconds run over on 7 February 2036."""
    at_ns = 2_200_000_000 * 10**9 + 1
    assert (
        wire.decode_question(wire.encode_question(StampQuestion(1, at_ns), KEY), KEY).sent_ns
        == at_ns
    )


@given(st.integers(0, 10**12))
def test_an_estimate_covers_the_error_and_hardly_more(error_ns):
    estimate = wire.estimate_of(error_ns)
    assert 1 <= estimate.multiplier <= 255
    assert error_ns <= estimate.error_ns + 1 <= max(2, error_ns * 1.02 + 2)
    assert wire.estimate_of(None) == ErrorEstimate()


@given(questions, st.integers(0, 111), st.integers(1, 255))
def test_one_changed_byte_is_refused(question, place, change):
    datagram = bytearray(wire.encode_question(question, KEY))
    datagram[place] ^= change
    with pytest.raises(MalformedProbe):
        wire.decode_question(bytes(datagram), KEY)


@pytest.mark.parametrize("size", [0, 43, 44, 111, 113, 1472])
def test_of_a_wrong_length_nothing_is_authenticated(size):
    with pytest.raises(MalformedProbe):
        wire.decode_question(bytes(size), KEY)
    assert not wire.is_question(bytes(size))


def test_an_answer_is_no_question_and_a_question_no_answer():
    """Else two reflectors could be made to answer each other for ever."""
    asked = wire.encode_question(StampQuestion(1, AT_NS, 7), KEY)
    made = wire.encode_answer(
        asked, seq=0, received_ns=AT_NS, sent_ns=AT_NS, error=HALF_MS, ttl=61, key=KEY
    )
    with pytest.raises(MalformedProbe):
        wire.decode_question(made, KEY)
    with pytest.raises(MalformedProbe):
        wire.decode_answer(asked, KEY)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_our_error(datagram):
    for decode in (wire.decode_question, wire.decode_answer):
        with pytest.raises(MalformedProbe):
            decode(datagram, KEY)
        try:
            decode(datagram, None)
        except MalformedProbe:
            continue
