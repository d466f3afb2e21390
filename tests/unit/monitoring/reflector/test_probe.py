"""The datagrams of trains: what is encoded decodes; what is not ours is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.errors import MalformedProbe
from monitoring.reflector import probe
from monitoring.reflector.probe import TrainAnswer, TrainPacket

MASTER = bytes(range(32))
KEY = probe.point_key(MASTER, 7)

u16 = st.integers(0, 2**16 - 1)
u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)
packets = st.builds(
    TrainPacket,
    probe_id=u32,
    seq=u32,
    sent_ns=u64,
    train_id=u16,
    index=st.just(3),
    count=st.just(9),
)
offsets = st.one_of(st.none(), st.integers(0, 2**32 - 2))
answers = st.builds(
    TrainAnswer,
    probe_id=u32,
    seq=u32,
    sent_ns=u64,
    train_id=u16,
    arrivals_us=st.lists(offsets, min_size=1, max_size=probe.MAX_TRAIN_PACKETS).map(tuple),
)


@given(answers)
def test_a_train_answer_comes_back_and_is_at_most_256_bytes(answer):
    datagram = probe.encode_train_answer(answer, KEY)
    assert len(datagram) == probe.train_answer_bytes(len(answer.arrivals_us)) <= 256
    assert probe.decode_answer(datagram, KEY) == answer


@given(u32, u16, st.integers(1, probe.MAX_TRAIN_PACKETS), st.data())
def test_a_train_packet_comes_back_at_any_size(probe_id, train_id, count, data):
    index = data.draw(st.integers(0, count - 1))
    size = data.draw(st.integers(probe.train_answer_bytes(count), probe.MAX_DATAGRAM_BYTES))
    packet = TrainPacket(probe_id, 5, 6, train_id, index, count)
    datagram = probe.encode_train_packet(packet, KEY, size=size)
    assert len(datagram) == size
    assert probe.decode_question(datagram, KEY) == packet


def test_the_wire_format_is_the_agreed_one():
    packet = TrainPacket(0x01020304, 5, 6, 7, 0, 9)
    datagram = probe.encode_train_packet(packet, KEY, size=200)
    assert datagram[:20] == b"DP\x01\x02\x01\x02\x03\x04\0\0\0\x05\0\0\0\0\0\0\0\x06"
    assert probe.asker_of(datagram) == 0x01020304
    assert probe.point_key(MASTER, 7) != probe.point_key(MASTER, 8)


@given(packets, st.integers(0, 35), st.integers(1, 255))
def test_one_changed_byte_is_refused(packet, place, change):
    datagram = bytearray(probe.encode_train_packet(packet, KEY, size=100))
    datagram[place] ^= change
    with pytest.raises(MalformedProbe):
        probe.decode_question(bytes(datagram), KEY)


@given(packets)
def test_another_points_key_is_refused(packet):
    datagram = probe.encode_train_packet(packet, KEY, size=100)
    with pytest.raises(MalformedProbe):
        probe.decode_question(datagram, probe.point_key(MASTER, 8))


def test_an_answer_is_no_question_and_a_question_no_answer():
    with pytest.raises(MalformedProbe):
        probe.decode_question(probe.encode_train_answer(TrainAnswer(7, 1, 1, 1, (0,)), KEY), KEY)
    with pytest.raises(MalformedProbe):
        probe.decode_answer(
            probe.encode_train_packet(TrainPacket(7, 1, 1, 1, 0, 1), KEY, size=99), KEY
        )


def test_a_train_packet_shorter_than_its_answer_is_refused():
    packet = TrainPacket(7, 1, 1, 1, 0, 50)
    with pytest.raises(ValueError, match="do not fit"):
        probe.encode_train_packet(packet, KEY, size=100)
    long = probe.encode_train_packet(packet, KEY, size=300)
    with pytest.raises(MalformedProbe, match="longer than the question"):
        probe.decode_question(long[:100], KEY)


@given(st.binary(max_size=300).map(lambda tail: b"DP\x01" + tail))
def test_any_bytes_are_a_value_or_our_error(datagram):
    for decode in (probe.decode_question, probe.decode_answer):
        with pytest.raises(MalformedProbe):
            decode(datagram, KEY)
