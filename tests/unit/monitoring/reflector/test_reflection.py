"""What the reflector answers: never more than it was asked, never strangers, never a flood."""

import pytest

from monitoring.reflector import probe
from monitoring.reflector.probe import TrainAnswer, TrainPacket
from monitoring.reflector.reflection import Limits, ProbeOutcome, Reflection
from monitoring.stamp import wire
from monitoring.stamp.wire import ErrorEstimate, StampQuestion

MASTER = b"k" * 32
HERE, THERE = ("10.0.0.1", 5000, ""), ("10.0.0.2", 5000, "")


def key_of(probe_id):
    return probe.point_key(MASTER, probe_id)


@pytest.fixture
def reflection():
    return Reflection(key_of)


def asked(probe_id=1, seq=1):
    return wire.encode_question(StampQuestion(seq, 9 + seq, probe_id), key_of(probe_id))


def said(reply, key=None):
    return wire.decode_answer(reply.datagram(sent_ns=77, error=ErrorEstimate()), key)


def train(train_id=3, count=4, size=200, kind=probe.TYPE_TRAIN):
    packets = [TrainPacket(1, 10 + i, 9, train_id, i, count, kind) for i in range(count)]
    return [probe.encode_train_packet(p, key_of(1), size=size) for p in packets]


def test_a_probe_is_answered_with_its_own_values_and_the_reflectors(reflection):
    reply = reflection.answer_to(asked(seq=4), HERE, arrived_ns=55, now_s=0, ttl=61)
    assert reply.to == HERE
    answer = said(reply, key_of(1))
    assert (answer.sender_seq, answer.sender_sent_ns, answer.ssid) == (4, 13, 1)
    assert (answer.seq, answer.received_ns, answer.sent_ns, answer.ttl) == (0, 55, 77, 61)
    assert len(reply.datagram(sent_ns=1, error=ErrorEstimate())) == len(asked())


def test_a_replay_hears_nothing_wherever_it_comes_from_and_costs_no_number(reflection):
    for seq in (1, 2):
        reflection.answer_to(asked(seq=seq), HERE, arrived_ns=1, now_s=0)
    for source in (HERE, THERE):
        assert reflection.answer_to(asked(seq=1), source, arrived_ns=1, now_s=0) is None
    reply = reflection.answer_to(asked(seq=3), HERE, arrived_ns=1, now_s=0)
    assert said(reply, key_of(1)).seq == 2
    assert reflection.totals[ProbeOutcome.REPLAYED] == 2


def test_a_line_that_fails_over_to_another_goes_on_counting(reflection):
    reflection.answer_to(asked(seq=1), HERE, arrived_ns=1, now_s=0)
    reply = reflection.answer_to(asked(seq=2), THERE, arrived_ns=1, now_s=0)
    assert (reply.to, said(reply, key_of(1)).seq) == (THERE, 1)


def test_what_looks_for_an_address_stands_beside_the_session(reflection):
    reflection.answer_to(asked(seq=1), HERE, arrived_ns=1, now_s=0)
    aside = wire.encode_question(StampQuestion(wire.ASIDE_SEQ, 10**9, 1), key_of(1))
    assert reflection.answer_to(aside, THERE, arrived_ns=1, now_s=0) is not None
    assert reflection.answer_to(aside, THERE, arrived_ns=1, now_s=0) is None
    reply = reflection.answer_to(asked(seq=2), HERE, arrived_ns=1, now_s=0)
    assert said(reply, key_of(1)).seq == 1


@pytest.mark.parametrize("padding", [b"", b"x" * 56])
def test_anybody_is_answered_only_where_the_settings_say_so_and_then_slowly(padding):
    stranger = wire.encode_question(StampQuestion(1, 10), None) + padding
    assert Reflection(key_of).answer_to(stranger, HERE, arrived_ns=5, now_s=0) is None
    opened = Reflection(key_of, Limits(is_open=True, source_per_s=1, source_burst=3))
    replies = [
        opened.answer_to(
            wire.encode_question(StampQuestion(n, 10 + n), None) + padding,
            HERE,
            arrived_ns=5,
            now_s=0,
        )
        for n in range(10)
    ]
    assert [r is not None for r in replies] == [True] * 3 + [False] * 7
    made = replies[2].datagram(sent_ns=77, error=ErrorEstimate())
    assert (len(made), said(replies[2]).seq) == (44 + len(padding), 2)
    # A point's are answered all the same, and need their key.
    assert opened.answer_to(asked(), THERE, arrived_ns=5, now_s=0) is not None
    assert opened.answer_to(asked()[:-1] + b"x", THERE, arrived_ns=5, now_s=0) is None


@pytest.mark.parametrize("datagram", [b"", b"hello", bytes(44), bytes(112), bytes(1400)])
def test_strangers_get_silence(reflection, datagram):
    assert reflection.answer_to(datagram, HERE, arrived_ns=1, now_s=0) is None
    assert reflection.totals == {ProbeOutcome.MALFORMED: 1}


def test_a_whole_train_is_answered_with_its_last_packet(reflection):
    replies = [
        reflection.answer_to(packet, HERE, arrived_ns=1_000_000 + i * 250_000, now_s=0.001 * i)
        for i, packet in enumerate(train())
    ]
    assert replies[:3] == [None] * 3
    answer = probe.decode_answer(replies[3].datagram, key_of(1))
    assert answer == TrainAnswer(1, 10, 9, 3, (0, 250, 500, 750))
    assert reflection.due(5.0) == []


@pytest.mark.parametrize("lost", [(), (0, 2)])
def test_who_asks_for_it_gets_a_train_back_and_no_more_bytes_than_came(reflection, lost):
    packets = [
        p for i, p in enumerate(train(count=6, kind=probe.TYPE_TRAIN_BOTH_WAYS)) if i not in lost
    ]
    for packet in packets:
        reply = reflection.answer_to(packet, HERE, arrived_ns=1, now_s=0)
    if lost:
        (reply,) = reflection.due(1.0)
    assert isinstance(probe.decode_answer(reply.datagram, key_of(1)), TrainAnswer)
    back = [probe.decode_answer(datagram, key_of(1)) for datagram in reply.train]
    count = len(packets) - 1
    assert [(p.index, p.count, p.train_id) for p in back] == [(i, count, 3) for i in range(count)]
    assert sum(map(len, (reply.datagram, *reply.train))) <= sum(map(len, packets))


def test_a_train_back_is_no_longer_than_the_shortest_that_came_and_no_question(reflection):
    packets = train(count=4, kind=probe.TYPE_TRAIN_BOTH_WAYS)
    packets[2] = packets[2][:-50]
    replies = [reflection.answer_to(p, HERE, arrived_ns=1, now_s=0) for p in packets]
    back = replies[-1].train
    assert {len(datagram) for datagram in back} == {150}
    assert reflection.answer_to(back[0], HERE, arrived_ns=1, now_s=60) is None


def test_a_train_with_holes_is_answered_after_a_second(reflection):
    packets = train()
    for i in (0, 2):
        reflection.answer_to(packets[i], HERE, arrived_ns=i * 1_000_000, now_s=0)
    assert reflection.due(0.99) == []
    (reply,) = reflection.due(1.0)
    assert probe.decode_answer(reply.datagram, key_of(1)).arrivals_us == (0, None, 2000, None)
    assert reflection.answer_to(packets[1], HERE, arrived_ns=9, now_s=1.1) is None


def test_packets_that_overtake_each_other_count_from_the_first_arrival(reflection):
    packets = train(count=2)
    reflection.answer_to(packets[1], HERE, arrived_ns=5_000, now_s=0)
    reply = reflection.answer_to(packets[0], HERE, arrived_ns=9_000, now_s=0)
    assert probe.decode_answer(reply.datagram, key_of(1)).arrivals_us == (4, 0)


def test_one_train_per_point_in_thirty_seconds(reflection):
    for now_s, is_answered in ((0.0, True), (29.9, False), (30.0, True)):
        packets = train(train_id=int(now_s))
        replies = [reflection.answer_to(p, HERE, arrived_ns=1, now_s=now_s) for p in packets]
        assert (replies[-1] is not None) == is_answered
        reflection.due(now_s)
    assert reflection.totals[ProbeOutcome.TRAIN_TOO_SOON] == 4


def test_a_doubled_packet_and_one_from_elsewhere_count_for_nothing(reflection):
    packets = train(count=2)
    assert reflection.answer_to(packets[0], HERE, arrived_ns=0, now_s=0) is None
    assert reflection.answer_to(packets[0], HERE, arrived_ns=0, now_s=0) is None
    assert reflection.answer_to(packets[1], THERE, arrived_ns=0, now_s=0) is None
    assert reflection.answer_to(packets[1], HERE, arrived_ns=0, now_s=0) is not None


def test_a_point_that_asks_too_often_is_answered_as_often_as_allowed():
    reflection = Reflection(key_of, Limits(point_per_s=10, point_burst=5))
    replies = [reflection.answer_to(asked(seq=i), HERE, arrived_ns=0, now_s=0) for i in range(20)]
    assert sum(reply is not None for reply in replies) == 5
    assert reflection.answer_to(asked(seq=30), HERE, arrived_ns=0, now_s=0.1) is not None
    assert reflection.answer_to(asked(2), HERE, arrived_ns=0, now_s=0.1) is not None
    assert reflection.totals[ProbeOutcome.POINT_TOO_FAST] == 15


def test_a_flooding_address_costs_no_other_address_anything():
    reflection = Reflection(key_of, Limits(source_per_s=1, source_burst=3))
    for _ in range(50):
        reflection.answer_to(b"flood", HERE, arrived_ns=0, now_s=0)
    assert reflection.totals == {ProbeOutcome.MALFORMED: 3, ProbeOutcome.SOURCE_TOO_FAST: 47}
    assert reflection.answer_to(asked(), THERE, arrived_ns=0, now_s=0) is not None


def test_forged_packets_with_a_sites_address_cost_its_rooms_nothing():
    reflection = Reflection(key_of)
    for _ in range(10_000):
        reflection.answer_to(asked()[:-1] + b"x", HERE, arrived_ns=0, now_s=0)
    assert reflection.totals[ProbeOutcome.SOURCE_TOO_FAST] > 0
    assert all(
        reflection.answer_to(asked(room), HERE, arrived_ns=0, now_s=0) is not None
        for room in range(1, 171)
    )
    replies = [reflection.answer_to(packet, HERE, arrived_ns=1, now_s=0) for packet in train()]
    assert replies[-1] is not None


def test_no_answer_is_longer_than_the_question_that_asks_for_it(reflection):
    packets = train(count=probe.MAX_TRAIN_PACKETS, size=256)
    replies = [reflection.answer_to(p, HERE, arrived_ns=0, now_s=0) for p in packets]
    assert len(replies[-1].datagram) <= len(packets[-1])
