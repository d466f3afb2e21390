"""Where each lost probe was lost, to the packet, whatever else happens."""

import heapq
import random

import pytest

from monitoring.stamp.ledger import Ledger, Settled
from monitoring.stamp.wire import ErrorEstimate, StampAnswer

MS = 1_000_000
EVERY_NS = 100 * MS
ONE_WAY_NS = 20 * MS
OFFSET_NS = 3600 * 1000 * MS  # the reflector's clock is an hour ahead


class Line:
    """A sender, a reflector and what is between them."""

    def __init__(self):
        self.ledger = Ledger()
        self.seq = self.reflector_seq = 0
        self.offset_ns = OFFSET_NS
        self.pending = []
        self.settled = []

    def probe(self, lost="", up_ns=ONE_WAY_NS, down_ns=ONE_WAY_NS):
        sent_ns = self.seq * EVERY_NS
        self.ledger.sent(self.seq, sent_ns)
        if lost != "up":
            # In the order of arrival: `arrive` numbers them.
            self.pending.append((sent_ns + up_ns, self.seq, sent_ns, down_ns, lost))
        self.seq += 1

    def arrive(self):
        answers = []
        for received_ns, seq, sent_ns, down_ns, lost in sorted(self.pending):
            if lost != "down":
                answers.append(
                    (
                        received_ns + MS + down_ns,
                        StampAnswer(
                            self.reflector_seq,
                            received_ns + MS + self.offset_ns,
                            received_ns + self.offset_ns,
                            seq,
                            sent_ns,
                        ),
                    )
                )
            self.reflector_seq += 1
        self.pending.clear()
        for arrived_ns, answer in sorted(answers, key=lambda one: one[0]):
            self.ledger.answered(answer, arrived_ns=arrived_ns)

    def settle(self, after_s=0.0):
        found = self.ledger.settle(int((self.seq - 1) * EVERY_NS + after_s * 1000 * MS))
        self.settled.append(found)
        return found

    def total(self):
        names = ("sent", "directed", "lost_up", "lost_down")
        totals = [sum(getattr(one, name) for one in self.settled) for name in names]
        return (*totals, sum(len(one.passages) for one in self.settled))


def test_what_is_answered_is_settled_at_once_with_its_delays():
    line = Line()
    for _ in range(3):
        line.probe()
    line.arrive()
    found = line.settle()
    assert (found.sent, found.directed, found.lost_up, found.lost_down) == (3, 2, 0, 0)
    first = found.passages[0]
    assert (first.rtt_ns, first.up_ns - OFFSET_NS, first.down_ns + OFFSET_NS) == (
        40 * MS, 20 * MS, 20 * MS,
    )  # fmt: skip


def test_a_lost_probe_waits_until_a_later_answer_tells_where():
    line = Line()
    for lost in ("", "up", "down", "", "up", ""):
        line.probe(lost)
    line.arrive()
    assert line.settle(1.0).sent == 1
    assert line.settle(3.0) == Settled(5, line.settled[-1].passages, 5, 2, 1)


def test_losses_are_told_apart_also_in_a_report_of_many_minutes():
    line, random_ = Line(), random.Random(4)
    lost = [random_.choice(["", "", "", "up", "down"]) for _ in range(3000)]
    for one in ["", *lost, ""]:
        line.probe(one)
    line.arrive()
    settled = line.settle(5.0)
    assert (settled.lost_up, settled.lost_down) == (lost.count("up"), lost.count("down"))


@pytest.mark.parametrize("seed", range(20))
def test_losses_of_both_ways_are_told_apart_to_the_packet(seed):
    chance, line, lost = random.Random(seed), Line(), {"up": 0, "down": 0, "": 0}
    for number in range(1000):
        way = chance.choices(("", "up", "down"), (90, 6, 4))[0] if 0 < number < 970 else ""
        lost[way] += 1
        line.probe(way)
        if number % 97 == 0:
            line.arrive()
            line.settle()
    line.arrive()
    line.settle(5.0)
    assert line.total() == (1000, 999, lost["up"], lost["down"], 1000 - lost["up"] - lost["down"])


@pytest.mark.parametrize("seed", range(20))
def test_probes_that_overtake_each_other_are_not_lost(seed):
    chance, line, lost = random.Random(seed), Line(), {"up": 0, "down": 0, "": 0}
    for number in range(500):
        way = chance.choices(("", "up", "down"), (90, 6, 4))[0] if 0 < number < 480 else ""
        lost[way] += 1
        line.probe(way, *(chance.randrange(20, 350) * MS for _ in range(2)))
    line.arrive()
    for after_s in (-20, -10, 0, 5):
        line.settle(after_s)
    sent, directed, up, down, answered = line.total()
    assert (sent, answered) == (500, 500 - lost["up"] - lost["down"])
    assert directed == 0 or abs(up - lost["up"]) + abs(down - lost["down"]) <= 4


def test_an_answer_that_comes_after_its_number_was_missed_costs_no_later_loss_its_direction():
    ledger, numbers = Ledger(), iter(range(9))

    def sent(*seqs):
        for seq in seqs:
            ledger.sent(seq, seq * EVERY_NS)

    def answer(seq):
        number = next(numbers)
        at_ns = OFFSET_NS + number * EVERY_NS
        return StampAnswer(number, at_ns, at_ns, seq, seq * EVERY_NS)

    def come(*answers):
        for one in answers:
            ledger.answered(one, arrived_ns=one.sender_sent_ns + 40 * MS)
        found = ledger.settle(4 * EVERY_NS + 3_000 * MS)
        return found.sent, found.lost_up, found.lost_down

    sent(0)
    assert come(answer(0)) == (1, 0, 0)
    sent(1, 2)
    overtaking, overtaken = answer(2), answer(1)
    ledger.answered(overtaken, arrived_ns=5)
    assert ledger.settle(2 * EVERY_NS).sent == 1
    assert come(overtaking) == (1, 0, 0)
    sent(3, 4)  # the first of them never arrives there
    assert come(answer(4)) == (2, 1, 0)


@pytest.mark.parametrize("seed", range(4))
def test_ways_are_told_apart_where_probes_overtake_and_answers_come_between_reports(seed):
    chance, ledger, events, numbers = random.Random(seed), Ledger(), [], iter(range(9999))
    lost, found = {"up": 0, "down": 0}, {"up": 0, "down": 0}

    def after(at_ns, what, *of):
        heapq.heappush(events, (at_ns, len(events) + chance.random(), what, of))

    def delay_ns():
        return round(20 + chance.expovariate(1 / 100)) * MS

    for seq in range(3000):
        after(seq * EVERY_NS, "sent", seq)
    for at_s in range(10, 320, 10):
        after(at_s * 1000 * MS + 37 * MS, "settle")
    while events:
        at_ns, _, what, of = heapq.heappop(events)
        may_lose = of and 0 < of[0] < 2950
        if what == "settle":
            some = ledger.settle(at_ns)
            found["up"] += some.lost_up
            found["down"] += some.lost_down
        elif what == "answer":
            ledger.answered(of[1], arrived_ns=at_ns)
        elif what == "sent":
            ledger.sent(of[0], at_ns)
            if may_lose and chance.random() < 0.03:
                lost["up"] += 1
            else:
                after(at_ns + delay_ns(), "reflect", of[0], at_ns)
        else:
            answer = StampAnswer(next(numbers), at_ns, at_ns, *of)
            if may_lose and chance.random() < 0.01:
                lost["down"] += 1
            else:
                after(at_ns + delay_ns(), "answer", of[0], answer)
    assert found == lost


def test_numbers_wrap_as_they_do_on_the_wire():
    ledger, first = Ledger(), 2**32 - 2
    for number in range(4):
        sent_ns = number * EVERY_NS
        ledger.sent(first + number, sent_ns)
        on_wire = (first + number) % 2**32
        answer = StampAnswer(number, sent_ns + 20, sent_ns + 10, on_wire, sent_ns)
        ledger.answered(answer, arrived_ns=sent_ns + 30)
    found = ledger.settle(4 * EVERY_NS)
    assert [one.rtt_ns for one in found.passages] == [20] * 4


def test_an_outage_counts_in_time_and_in_neither_direction():
    line = Line()
    line.probe()
    line.arrive()
    line.settle()
    for _ in range(100):
        line.probe("up")
    assert line.settle().sent == 60  # of the last four seconds it is not said yet
    for _ in range(30):
        line.probe()
    line.arrive()
    found = line.settle(5.0)
    assert (found.sent, found.lost_up, found.lost_down) == (70, 0, 0)
    assert found.directed == 29


def test_a_reflector_that_begins_anew_has_lost_nothing():
    line = Line()
    for _ in range(50):
        line.probe()
    line.arrive()
    line.settle()
    for _ in range(12):
        line.probe("up")  # nobody is there
    line.reflector_seq = 0
    for lost in ("", "up", ""):
        line.probe(lost)
    line.arrive()
    found = line.settle(3.0)
    # The one that was lost in the new session is lost; the twelve are nobody's.
    assert (found.sent, len(found.passages)) == (3, 2)
    assert (found.directed, found.lost_up, found.lost_down) == (0, 0, 0)
    for lost in ("", "down", "", "up", ""):
        line.probe(lost)
    line.arrive()
    assert line.settle(3.0) == Settled(5, line.settled[-1].passages, 5, 1, 1)


def test_late_doubled_and_foreign_answers_count_for_nothing():
    ledger = Ledger()
    ledger.sent(0, 0)
    ledger.sent(1, EVERY_NS)
    right = StampAnswer(0, 20, 10, 0, 0)
    ledger.answered(StampAnswer(0, 20, 10, 0, 999), arrived_ns=30)
    ledger.answered(StampAnswer(0, 20, 10, 5, 0), arrived_ns=30)
    ledger.answered(right, arrived_ns=30)
    ledger.answered(right, arrived_ns=90)
    ledger.answered(StampAnswer(1, 20, 10, 1, EVERY_NS), arrived_ns=EVERY_NS + 2_500 * MS)
    found = ledger.settle(EVERY_NS + 5_000 * MS)
    assert (found.sent, [one.rtt_ns for one in found.passages]) == (2, [20])


def test_a_delay_is_known_where_somebody_keeps_both_clocks():
    kept = ErrorEstimate(True, False, 14, 132)
    for error_ns, error, known in (
        (5, kept, True),
        (None, kept, False),
        (5, ErrorEstimate(), False),
    ):
        ledger = Ledger()
        ledger.sent(0, 0)
        ledger.answered(StampAnswer(0, 20, 10, 0, 0, error=error), arrived_ns=30, error_ns=error_ns)
        assert (ledger.settle(40).passages[0].error_ns is not None) == known


def test_a_reflector_that_begins_anew_by_a_clock_set_back_is_another():
    line = Line()
    for _ in range(50):
        line.probe()
    line.arrive()
    line.settle()
    # Its machine was seven hours ahead: the service is started again when that is mended.
    line.reflector_seq, line.offset_ns = 0, OFFSET_NS - 7 * 3600 * 1000 * MS
    for lost in ("", "", "", "down", "", "up", ""):
        line.probe(lost)
    line.arrive()
    line.settle(after_s=3)
    for lost in ("", "down", ""):
        line.probe(lost)
    line.arrive()
    found = line.settle(after_s=3)
    assert (found.directed, found.lost_up, found.lost_down) == (3, 0, 1)
