"""What the C reads in a receiver's message is what Python reads, to the last bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket
from media.native.library import library
from media.sfu.bandwidth import Estimate
from media.sfu.delay_trend import GROUP_S, DelayTrend
from media.sfu.feedback import reference, told, walk
from media.sfu.send_log import SendLog
from media.wire import twcc

pytestmark = pytest.mark.skipif(library() is None, reason="there is no compiler here")

gaps_s = st.sampled_from((0.0, 0.00002, 0.004, 0.005, 0.006, 0.03))


class Side:
    """A log, and the trend of what comes of it."""

    def __init__(self, first, sent):
        self.log, self.trend, self.newest_sent_s = SendLog(), DelayTrend(), float("-inf")
        self.late_groups = self.newest = 0
        self.log.next_number = first
        for number, (at, size) in enumerate(sent, first):
            self.log.note(number, size, now=at)

    def take(self, report):
        """Return what a report came to; arrivals go to the trend."""
        found = walk(
            report,
            self.log,
            base_ms=reference(report) * 64.0,
            newest_sent_s=self.newest_sent_s,
            newest=self.newest,
            group_first_s=self.trend.group_first_s,
            group_s=GROUP_S,
            late_groups=self.late_groups,
            calm=self.trend.calm,
        )
        self.late_groups, self.newest = found.late_groups, found.newest
        self.newest_sent_s = found.newest_sent_s
        for sent_s, arrived_ms in found.arrivals:
            self.trend.arrived(sent_s, arrived_ms)
        told = (found.came, found.octets, found.newest, found.newest_ms, list(found.missing))
        return told, found.is_calm, found.late_groups

    def state(self):
        """Return all that what follows depends on."""
        trend = {
            name: vars(value) if name == "_base" else value
            for name, value in vars(self.trend).items()
        }
        return self.newest_sent_s, self.log.numbers, self.trend.judge(now=1e4), trend


@st.composite
def sent_and_told(draw):
    """Return a first number, what was sent, and messages about it that a receiver may send."""
    first, now, sent = draw(st.sampled_from((1, 65_500, 70_000))), 100.0, []
    for _ in range(draw(st.integers(1, 60))):
        now += draw(gaps_s)
        sent.append((now, draw(st.integers(20, 1400))))
    log, messages = twcc.ArrivalLog(), []
    late = draw(st.lists(st.floats(0.001, 0.3), min_size=1, max_size=7))
    coming = sorted(
        (at + late[index % len(late)], first + index)
        for index, (at, _) in enumerate(sent)
        if not draw(st.booleans()) or index % 3
    )
    for at, number in coming:
        log.received(number & 0xFFFF, now=at)
        if draw(st.integers(0, 9)) == 0 and (message := log.feedback(ssrc=1, media_ssrc=2)):
            messages.append(message[12:])
    if message := log.feedback(ssrc=1, media_ssrc=2):
        messages.append(message[12:])
    return first, sent, messages


@given(sent_and_told())
def test_a_message_says_the_same_to_both(given):
    first, sent, messages = given
    plain, native = Side(first, sent), Side(first, sent)
    for message in messages:
        assert isinstance(told(message), bytes)
        assert native.take(message) == plain.take(twcc.read(message))
        assert native.state() == plain.state()


@given(
    st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: b"\0\1\0\x20\0\0\1\0" + rest)
)
def test_what_one_refuses_the_other_refuses(message):
    sent = [(100.0 + n / 100, 500) for n in range(40)]
    plain, native = Side(1, sent), Side(1, sent)
    try:
        expected = plain.take(twcc.read(message))
    except MalformedPacket:
        with pytest.raises(MalformedPacket):
            native.take(told(message))
    else:
        assert native.take(told(message)) == expected
    assert native.state() == plain.state()


def test_an_estimate_takes_a_message_as_it_came():
    estimates = [Estimate(start_bps=1e6) for _ in range(2)]
    for estimate in estimates:
        for number in range(1, 200):
            estimate.sent(number, 1000, now=number / 100)
    log = twcc.ArrivalLog()
    for number in range(1, 190):
        log.received(number, now=5 + number / 90)
        if number % 20 == 0:
            message = log.feedback(ssrc=1, media_ssrc=2)[12:]
            estimates[0].feedback(told(message), now=number / 90)
            estimates[1].feedback(twcc.read(message), now=number / 90)
    assert estimates[0].bps == estimates[1].bps
    assert estimates[0].queue_ms == estimates[1].queue_ms > 0
