"""An encoder that follows its uplink, in virtual time over a line with a queue."""

import statistics

import pytest
from msgspec import structs

from media.client.paced_queue import PacedQueue
from media.client.uplink_rate import SOUND_BPS, Shares, UplinkRate
from media.sfu.sizes import Size
from media.wire.twcc import ArrivalLog
from tests.lab.shape import Direction, Shape

STEP_S = 0.01
PICTURE_MAX_BPS = 1_500_000
FEEDBACK_EVERY = 5
LEAST_PACKET = 60


class Uplink:
    """A sound of 50 packets a second and a picture as large as it may be, and the relay's log."""

    def __init__(self, shape, *, start_bps=1_000_000):
        self.rate = UplinkRate(start_bps=start_bps, picture_max_bps=PICTURE_MAX_BPS)
        self.line = Direction(shape, 1)
        self.now = 100.0
        self.sounds = self.pictures_bits = 0
        self._step = 0
        self._due_bits = 0.0
        self._arrivals = ArrivalLog()
        self._on_the_way = []

    def run(self, seconds):
        """Let time pass; return the pictures' rate."""
        before = self.pictures_bits
        for _ in range(round(seconds / STEP_S)):
            self._send()
            self.now += STEP_S
            self._receive()
        return (self.pictures_bits - before) / seconds

    def _put(self, size):
        number = self.rate.number(size, now=self.now)
        self.line.put(number.to_bytes(2) + bytes(size - 2), self.now)

    def _send(self):
        self._step += 1
        if self._step % 2 == 0:
            self._put(120)
            self.sounds += 1
        shares = self.rate.shares()
        self._due_bits += (shares.picture_bps + shares.small_bps) * STEP_S
        while self._due_bits >= LEAST_PACKET * 8:
            size = int(min(1200, self._due_bits / 8))
            self._put(size)
            self._due_bits -= size * 8
            self.pictures_bits += size * 8
        if padding := self.rate.padding(now=self.now):
            self._put(padding)

    def _receive(self):
        for packet in self.line.due(self.now):
            self._arrivals.received(int.from_bytes(packet[:2]), now=self.now)
        if self._step % FEEDBACK_EVERY == 0:
            message = self._arrivals.feedback(ssrc=1, media_ssrc=2)
            if message is not None:
                self._on_the_way.append((self.now + 0.02, message[12:]))
        while self._on_the_way and self._on_the_way[0][0] <= self.now:
            self.rate.reported(self._on_the_way.pop(0)[1], now=self.now)


class Browser:
    """An encoder that hears late what it may send; its pictures go by turns, as a room's do."""

    STEP_S, FRAME_S, SOUND_S, TOLD_S = 0.002, 0.04, 0.02, 0.02

    def __init__(self, shape, *, lag_s, phase_s, picture_max_bps=1_200_000):
        self.rate = UplinkRate(start_bps=1_000_000, picture_max_bps=picture_max_bps)
        self.line = Direction(shape, 1)
        self.now = 100.0 + phase_s
        self.queue = PacedQueue()
        self.given_up = 0
        self.pictures_bits = 0
        self._lag_s = lag_s
        self._allowed = []
        self._due = {self.FRAME_S: self.now, self.SOUND_S: self.now}
        self._arrivals = ArrivalLog()
        self._told_at = 0.0
        self._on_the_way = []

    def run(self, seconds):
        """Let time pass; return the pictures' rate on the line."""
        before = self.pictures_bits
        until = self.now + seconds
        while self.now < until:
            self.now += self.STEP_S
            self._encode()
            self._send()
            self._receive()
        return (self.pictures_bits - before) / seconds

    def _is_due(self, every_s):
        if self.now < self._due[every_s]:
            return False
        self._due[every_s] += every_s
        return True

    def _encode(self):
        if self._is_due(self.SOUND_S):
            self._put(120)
        shares = self.rate.shares()
        self._allowed.append((self.now + self._lag_s, shares.picture_bps + shares.small_bps))
        while len(self._allowed) > 1 and self._allowed[1][0] <= self.now:
            self._allowed.pop(0)
        if self._is_due(self.FRAME_S):
            left = int(self._allowed[0][1] * self.FRAME_S / 8)
            while left > 0:
                size = min(max(left, LEAST_PACKET), 1200)
                self.queue.push(size, size)
                left -= size

    def _send(self):
        if self.rate.is_hopeless(self.queue, now=self.now):
            self.queue.clear()
            self.given_up += 1
        for size in self.rate.turn(self.queue, now=self.now):
            self._put(size)
            self.pictures_bits += 8 * size

    def _put(self, size):
        number = self.rate.number(size, now=self.now)
        self.line.put(number.to_bytes(2) + bytes(size - 2), self.now)

    def _receive(self):
        for packet in self.line.due(self.now):
            self._arrivals.received(int.from_bytes(packet[:2]), now=self.now)
        if self.now - self._told_at >= self.TOLD_S:
            message = self._arrivals.feedback(ssrc=1, media_ssrc=2)
            if message is not None:
                self._told_at = self.now
                self._on_the_way.append((self.now + 0.02, message[12:]))
        while self._on_the_way and self._on_the_way[0][0] <= self.now:
            self.rate.reported(self._on_the_way.pop(0)[1], now=self.now)


def narrow(rate_bps):
    return Shape(rate_bps=rate_bps, delay_ms=20, queue_ms=2_000)


def test_pictures_follow_a_line_that_becomes_narrow_within_two_seconds():
    uplink = Uplink(narrow(2e6))
    assert uplink.run(15) > 0
    assert uplink.run(5) > 1_200_000
    uplink.line.shape = narrow(500e3)
    uplink.run(2)
    assert uplink.run(1) < 480_000
    uplink.line.read()
    uplink.run(20)
    assert uplink.line.read().queue_p95_ms <= 100


def test_sound_stays_alone_on_a_thin_line_and_pictures_are_back_within_ten_seconds():
    uplink = Uplink(narrow(2e6))
    uplink.run(10)
    uplink.line.shape = narrow(64e3)
    uplink.run(15)  # what was on its way takes that long beside the sound
    uplink.line.read()
    assert uplink.run(20) == 0
    carried = uplink.line.read()
    assert carried.overflowed == 0
    assert carried.queue_p95_ms <= 200
    uplink.line.shape = narrow(2e6)
    uplink.run(10)
    assert uplink.run(1) > 300_000


def test_the_small_picture_alone_has_what_a_thin_line_leaves():
    rate = UplinkRate(start_bps=140_000, picture_max_bps=PICTURE_MAX_BPS)
    assert rate.shares() == Shares(83_000, 0)
    assert rate.shares({Size.LOW}) == Shares(0, 83_000)
    rate.estimate.begin(1_000_000)
    assert rate.shares({Size.LOW}) == Shares(0, 100_000)


@pytest.mark.parametrize("rate_bps", [300e3, 500e3, 700e3, 1.2e6, 1.6e6])
def test_what_is_sent_fits_the_line_however_long_it_is_full(rate_bps):
    uplink = Uplink(narrow(rate_bps))
    uplink.run(15)
    for _ in range(3):
        uplink.line.read()
        assert 0.8 * rate_bps < uplink.run(60) + SOUND_BPS < 1.02 * rate_bps
        assert uplink.line.read().queue_p95_ms <= 100


@pytest.mark.parametrize(("delay_ms", "lag_s"), [(10, 0.2), (20, 0.6), (40, 0.3)])
def test_a_line_that_falls_gets_no_long_queue_though_the_encoder_follows_late(delay_ms, lag_s):
    longest_ms = []
    for phase in range(6):
        before = Shape(rate_bps=2e6, delay_ms=delay_ms, queue_ms=2_000)
        uplink = Browser(before, lag_s=lag_s, phase_s=phase * 0.021)
        uplink.run(6 + phase * 0.05)
        assert uplink.run(2) > 1_200_000
        uplink.line.shape = structs.replace(before, rate_bps=500e3)
        uplink.line.read()
        uplink.run(3)
        longest_ms.append(uplink.line.read().queue_max_ms)
        assert uplink.run(3) > 300_000
    assert statistics.median(longest_ms) <= 250, longest_ms
    assert max(longest_ms) <= 300, longest_ms


def test_the_keyframe_of_a_small_camera_does_not_crawl_up_a_line_with_room():
    uplink = Browser(
        Shape(rate_bps=10e6, delay_ms=10), lag_s=0.0, phase_s=0.0, picture_max_bps=150_000
    )
    uplink.run(10)
    uplink.queue.clear()
    for _ in range(6):
        uplink.queue.push(1000, 1000)
    began = uplink.now
    while uplink.queue.next_at is not None:
        uplink.run(Browser.STEP_S)
    assert uplink.now - began < 0.045, "each change of the floor waits for it"


def test_repeating_has_a_budget():
    rate = UplinkRate(start_bps=400_000, picture_max_bps=PICTURE_MAX_BPS)
    repeated = sum(rate.may_send_again(1000, now=100 + index / 100) for index in range(100))
    assert 10 <= repeated <= 20  # a quarter of 50,000 bytes a second, and half a second's at once


def test_bytes_that_are_no_report_change_nothing():
    rate = UplinkRate(start_bps=400_000, picture_max_bps=PICTURE_MAX_BPS)
    rate.reported(b"\xff" * 9, now=1.0)
    assert rate.estimate.bps == 400_000
    assert not rate.estimate.has_feedback
