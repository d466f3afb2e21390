"""Which packet of a trace something that came back belongs to; strangers can send errors too."""

from monitoring.listeners.target import ProbeTarget
from monitoring.listeners.way_tracer import NOT_OURS, PlainQuestions, Questions, StampQuestions
from monitoring.way.trace import HopAnswer, HopAsk, Says, Trace, WayEnd

TARGET = ProbeTarget("192.0.2.1", 8862, 7, b"k" * 32)


def both() -> tuple[Questions, ...]:
    return StampQuestions(TARGET), PlainQuestions()


def test_a_piece_says_whose_it_is_or_that_it_is_nobodys_or_is_too_short_to_say():
    for questions in both():
        packet = questions.packet(3)
        assert questions.number_sent_back(packet) == 3
        assert questions.number_sent_back(bytes(len(packet))) == NOT_OURS
        assert questions.number_sent_back(packet[:4]) is None


def test_a_forged_error_with_a_wrong_piece_ends_no_trace():
    for questions in both():
        trace = Trace(now_s=0.0)
        asked = trace.next(0.0)
        assert isinstance(asked, HopAsk)
        length = len(questions.packet(asked.number))
        number = questions.number_sent_back(bytes(length))
        trace.answered(HopAnswer(number, "198.51.100.66", Says.NO_NETWORK, 0.01))
        assert trace.traced().ending is not WayEnd.UNREACHABLE
        assert not any(hop.addresses for hop in trace.traced().hops)


def test_any_answer_of_a_machine_that_has_nothing_to_do_with_us_is_one():
    questions = PlainQuestions()
    questions.packet(5)
    assert questions.number_answered(b"what do you want?") == 5
