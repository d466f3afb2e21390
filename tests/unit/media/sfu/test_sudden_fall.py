"""A line that suddenly carries far less: how long a queue grows before the relay has seen it.

The whole way out in virtual time: encodings, slots, the pacer, the estimate and the ladder.
"""

from statistics import median
from types import SimpleNamespace

import pytest

from media.sfu.arrival_record import GATHERED_STEADY_S
from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.ladder import Rung
from media.sfu.munger import Munger
from media.sfu.sizes import Size, encoding_for, wish_of
from media.transport.ways import Ways
from media.wire import rtp, vp8
from tests.fakes.bottleneck import Bottleneck, VirtualLine
from tests.unit.media.sfu.test_many_viewers import Srtp

NUMBERED = 5
STEP_S, FRAME_S, SOUND_S, TICK_S, ADAPT_S = 0.005, 0.04, 0.02, 0.025, 0.2
KEYFRAME_AFTER_S = 0.2  # of being asked for


class Source:
    """One size of a camera, or its sound, in frames of so many bytes."""

    def __init__(self, fanout, kind, frame_bytes, size=Size.HIGH):
        self.kind, self.frame_bytes = kind, frame_bytes
        self.number, self.asked_at = 0, None
        self.key_bytes = None  # None: twice as large as another
        self.encoding = Encoding(
            kind, kind, fanout, Upstream(self.asked, lambda ssrc, numbers: None),
            on_revived=lambda: None, size=size,
        )  # fmt: skip
        self.now = 0.0

    def asked(self, ssrc):
        """Note a wish for a keyframe."""
        self.asked_at = self.asked_at or self.now

    def frame(self, now):
        """Send a frame to the relay."""
        self.now = now
        is_key = self.asked_at is not None and now >= self.asked_at + KEYFRAME_AFTER_S
        if is_key:
            self.asked_at = None
        size = (self.key_bytes or 2 * self.frame_bytes) if is_key else self.frame_bytes
        data = bytes([0x10 if is_key else 0x11]) + bytes(size)
        payloads = [data] if self.kind == "audio" else list(vp8.packetize(data, picture_id=1))
        for index, payload in enumerate(payloads):
            is_last = index == len(payloads) - 1
            stamp = int(now * rtp.CLOCK_HZ[self.kind]) & 0xFFFFFFFF
            packet = rtp.RtpPacket(96, is_last, self.number, stamp, 7, payload, {})
            self.encoding.receive(packet, now=now)
            self.number = (self.number + 1) & 0xFFFF
        self.encoding.flush(now=now)


class Way:
    """A relay, one viewer, and the line between them."""

    def __init__(self, line, seed=1):
        self.line, self.now = line, 100.0
        self.way = Bottleneck(line, seed=seed)
        self.ways = Ways()
        self.fanout = Fanout(self, is_native=False)
        self.down = Downlink()
        self.sources = [
            Source(self.fanout, "video", 7500), Source(self.fanout, "video", 500, Size.LOW),
            Source(self.fanout, "audio", 80),
        ]  # fmt: skip
        peer = SimpleNamespace(may_send=True, srtp=Srtp(), address="viewer")
        self.outs = {}
        for slot, kind, ssrc in (("stage", "video", 1), ("sound-1", "audio", 2)):
            log = self.down.estimate.log
            clock = rtp.CLOCK_HZ[kind]
            rewriter = Munger(
                ssrc=ssrc, payload_type=96, clock_rate=clock, numbered=NUMBERED, log=log
            )
            out = self.outs[slot] = DownTrack(slot, kind, peer, rewriter)
            out.pacer = self.down.pacer if kind == "video" else None
        high, low, sound = (source.encoding for source in self.sources)
        self.down.pictures = {"stage": (high, low)}
        self.down.sounds = {"sound-1": sound}
        self.outs["sound-1"].show(sound, now=self.now)
        self.queues = []

    def send(self, data, address):
        """Take a packet of the relay's."""
        del address
        number = int.from_bytes(rtp.parse(bytes(data)).extensions[NUMBERED])
        self.way.put(number, len(data), now=self.now)

    def send_train(self, data, segment, address):
        """Take a train of them."""
        for at in range(0, len(data), segment):
            self.send(data[at : at + segment], address)

    def fill(self, *, is_urgent=False):
        """Show what the line carries, as a router does."""
        shown = encoding_for(
            self.down.pictures["stage"], wish_of("stage"), self.down.limit_of("stage")
        )
        has_room = not self.down.estimate.is_draining
        self.outs["stage"].show(shown, now=self.now, is_urgent=is_urgent, has_room=has_room)

    def _pad(self):
        log, due = self.down.estimate.log, self.down.padding_due(now=self.now)
        for size in (*[1100] * (due // 1100), due % 1100):
            if size:
                number = log.next_number
                log.note(number, size, now=self.now)
                self.way.put(number & 0xFFFF, size, now=self.now)

    def run(self, seconds):
        """Go on; return how long the queue was at each step."""
        self.queues = []
        for _ in range(round(seconds / STEP_S)):
            step = round(self.now / STEP_S)
            self.now = (step + 1) * STEP_S
            for source in self.sources:
                every_s = SOUND_S if source.kind == "audio" else FRAME_S
                if step % round(every_s / STEP_S) == 0:
                    source.frame(self.now)
            self.fanout._release(self.down.pacer, now=self.now)
            self._pad()
            for report in self.way.reports(now=self.now):
                self.down.arrivals_told(report, now=self.now)
            if step % round(TICK_S / STEP_S) == 0:
                for source in self.sources:
                    source.encoding.tick(now=self.now)
                if self.down.is_urgent or step % round(ADAPT_S / STEP_S) == 0:
                    before = self.down.ladder.rung
                    if self.down.adapt(now=self.now) or self.outs["stage"].shown is None:
                        self.fill(is_urgent=self.down.ladder.rung < before)
            self.queues.append(self.way.queue_s(self.now))
        return self.queues


@pytest.mark.parametrize("jitter_s", [0.0, 0.02])
@pytest.mark.parametrize(
    ("before_bps", "after_bps", "most_s"), [(2e6, 500e3, 0.4), (6e6, 500e3, 0.4), (2e6, 300e3, 0.8)]
)
def test_a_line_that_falls_makes_no_long_queue_before_that_is_seen(
    before_bps, after_bps, most_s, jitter_s
):
    longest_s = []
    for seed in range(1, 9):
        line = VirtualLine(before_bps, jitter_s=jitter_s, loss_ratio=0.005, delay_s=0.02)
        way = Way(line, seed=seed)
        way.run(15 + 0.035 * seed)
        assert way.down.rung is Rung.HIGH
        assert way.outs["stage"].shown is way.sources[0].encoding
        line.rate_bps = after_bps
        longest_s.append(max(way.run(5)))
        assert way.outs["stage"].shown is way.sources[1].encoding
        assert max(way.queues[-200:]) <= 0.2
    assert max(longest_s) <= most_s, longest_s


@pytest.mark.parametrize(("after_bps", "most_s"), [(500e3, 0.4), (300e3, 0.8)])
def test_a_line_that_was_steady_for_long_is_seen_to_fall_as_soon(after_bps, most_s):
    longest_s = []
    for seed in range(1, 9):
        way = Way(VirtualLine(6e6, delay_s=0.02), seed=seed)
        way.run(15 + 0.035 * seed)
        assert way.down.estimate._arrived._so_far.most_s == GATHERED_STEADY_S
        way.line.rate_bps = after_bps
        longest_s.append(max(way.run(3)))
    assert max(longest_s) <= most_s, longest_s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_far_lossy_line_keeps_its_picture_though_large_ones_come_between(seed):
    way = Way(VirtualLine(20e6, delay_s=0.001), seed=seed)
    picture = way.sources[0]
    picture.frame_bytes = 1000
    way.run(8)
    way.line.rate_bps, way.line.loss_ratio, way.line.delay_s = 700e3, 0.05, 0.125
    way.run(4)
    found_bps = []
    for _ in range(10):
        picture.frame_bytes = 25_000
        way.run(FRAME_S)
        picture.frame_bytes = 1000
        way.run(2 - FRAME_S)
        assert way.down.ladder.rung >= Rung.LOW
        found_bps.append(way.down.estimate.bps)
    assert median(found_bps) > 550e3
    assert found_bps[-1] > 400e3
