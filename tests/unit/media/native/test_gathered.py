"""What the C gathers of calm reports is what Python gathers, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket
from media.native.library import library
from media.sfu.arrival_record import ArrivalRecord
from media.sfu.feedback import told
from media.wire import twcc

pytestmark = pytest.mark.skipif(library() is None, reason="there is no compiler here")

CHANGES = (
    "heard_at", "came", "octets", "late_groups", "reference", "newest", "newest_ms",
    "newest_sent_s", "taken_at", "most_s",
)  # fmt: skip
gaps_s = st.sampled_from((0.0, 0.004, 0.006, 0.02, 0.03))
late_s = st.sampled_from((0.010, 0.011, 0.013, 0.021, 0.024, 0.06))
COUNT = 80


class Side:
    """One line's record; reports are gathered where the line is ample."""

    def __init__(self, first, sent, calm_since=float("inf")):
        self.record = ArrivalRecord()
        self.record._calm_since = calm_since
        self.record.log.next_number = first
        for number, (at, size) in enumerate(sent, first):
            self.record.log.note(number, size, now=at)
        self.gathered = 0  # by the C

    def take(self, report, *, now):
        """Take a report; return what it came to."""
        record = self.record
        if record.gathers(report, now=now):
            self.gathered += 1
            return None
        taken = record.take(report, lost_after=0.0, is_ample=True, now=now)
        record.go_on(is_ample=True)
        return taken

    def state(self):
        """Return all that what follows depends on."""
        record, so_far = self.record, self.record._so_far
        trend = {n: vars(v) if n == "_base" else v for n, v in vars(record.trend).items()}
        changes = [getattr(so_far, name) for name in CHANGES]
        return changes, record.log.numbers, record._missing, record.on_the_way_bits, trend


@st.composite
def sent_and_told(draw):
    """Return a first number, what was sent, and messages about it with when they come."""
    first, now, sent = draw(st.sampled_from((1, 65_500, 70_000))), 100.0, []
    for _ in range(COUNT):
        now += draw(gaps_s)
        sent.append((now, draw(st.integers(20, 1400))))
    late = draw(st.lists(late_s, min_size=3, max_size=9))
    is_lossy = draw(st.booleans())
    log, messages, is_due = twcc.ArrivalLog(), [], draw(st.integers(2, 9))
    coming = sorted(
        (at + late[index % len(late)], index)
        for index, (at, _) in enumerate(sent)
        if not is_lossy or index % 23
    )
    for count, (at, index) in enumerate(coming):
        log.received((first + index) & 0xFFFF, now=at)
        if count % is_due == 0 and (message := log.feedback(ssrc=1, media_ssrc=2)):
            messages.append((at + 0.01, message[12:]))
    return first, sent, messages


@given(sent_and_told(), st.sampled_from((float("inf"), 0.0)))
def test_reports_come_to_the_same(given, calm_since):
    first, sent, messages = given
    plain, native = Side(first, sent, calm_since), Side(first, sent, calm_since)
    for now, message in messages:
        expected = plain.take(twcc.read(message), now=now)
        assert native.take(told(message), now=now) == expected
        assert native.state() == plain.state()
    assert plain.gathered == 0


@given(sent_and_told(), st.binary(max_size=90), st.binary(max_size=70))
def test_what_is_hostile_comes_to_the_same(given, wild, rest):
    first, sent, messages = given
    plain, native = Side(first, sent), Side(first, sent)
    for now, message in messages[:3]:
        plain.take(twcc.read(message), now=now)
        native.take(told(message), now=now)
    for report in (wild, messages[-1][1][:8] + rest, messages[-1][1][:-3]):
        try:
            expected = plain.take(twcc.read(report), now=101.0)
        except MalformedPacket:
            with pytest.raises(MalformedPacket):
                native.take(told(report), now=101.0)
        else:
            assert native.take(told(report), now=101.0) == expected
        assert native.record.log.numbers == plain.record.log.numbers


def test_most_reports_of_a_good_line_are_gathered_until_one_shows_a_queue():
    side = Side(1, [(100 + n * 0.02, 500) for n in range(200)])
    log, taken = twcc.ArrivalLog(), 0
    for number in range(1, 101):
        log.received(number, now=100 + number * 0.02 + 0.005 * (number % 3))
        if number % 4 == 0:
            message = log.feedback(ssrc=1, media_ssrc=2)[12:]
            taken += side.take(told(message), now=100 + number * 0.02) is not None
    assert (side.gathered, taken) == (16, 9)
    for number in range(101, 105):
        log.received(number, now=100 + number * 0.02 + 0.03)
    message = log.feedback(ssrc=1, media_ssrc=2)[12:]
    assert side.take(told(message), now=102.01) is not None
    assert not side.record.is_calm
    assert side.record._so_far.late_groups == 4
