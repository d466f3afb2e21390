"""A camera of two encodings: each on its own, and one outgoing stream out of both."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from media.sfu.counters import SfuCounters
from media.sfu.down_track import DownTrack
from media.sfu.encoding import Upstream
from media.sfu.keyframes import SPACING_S
from media.sfu.munger import Munger
from media.sfu.up_track import UpTrack
from media.transport.ways import Ways
from media.wire import rtp, vp8

FRAME_S = 1 / 30
TICKS = 3000  # of the clock of 90 kHz, a frame


class Wire:
    """What leaves: the packets of one slot, as a receiver reads them."""

    def __init__(self):
        self.counters = SfuCounters()
        self.ways = Ways()
        self.packets = []
        self._view = memoryview(bytearray(2000))

    def send_round(self, audience, packets, *, now):
        for out, packet in ((out, packet) for out in audience.outs for packet in packets):
            size = out.rewriter.write(packet, self._view, 0, now=now)
            if size:
                self.packets.append((now, rtp.parse(bytes(self._view[:size]))))


class Camera:
    """Two encodings with numbers of their own, and a slot."""

    def __init__(self, starts=((65_530, 2**32 - 9000, 32_765), (7, 5, 3))):
        self.wire, self.now = Wire(), 100.0
        self.asked, self.missing = [], []
        self.track = UpTrack(
            "cam",
            "video",
            self.wire,
            Upstream(self.asked.append, lambda ssrc, numbers: self.missing.append((ssrc, numbers))),
            on_closed=lambda track: None,
            on_revived=lambda: None,
            limits=(None, None),
        )
        self.large, self.small = self.track.encodings
        self.starts = starts
        self.frames = 0
        self.out = DownTrack("stage", "video", None, Munger(ssrc=1, payload_type=96,
                                                            clock_rate=90_000))  # fmt: skip

    def frame(self, *, keys=(), lost=()):
        """Send a frame of both encodings, one packet each."""
        self.now += FRAME_S
        for index, encoding in enumerate(self.track.encodings):
            number, timestamp, picture_id = self.starts[index]
            head = b"\x10" if index in keys else b"\x11"
            (payload,) = vp8.packetize(
                head + bytes([index]), picture_id=(picture_id + self.frames) % 2**15
            )
            if index not in lost:
                encoding.receive(
                    rtp.RtpPacket(
                        101,
                        True,
                        (number + self.frames) % 2**16,
                        (timestamp + self.frames * TICKS) % 2**32,
                        70 + index,
                        payload,
                        {},
                    ),
                    now=self.now,
                )
                encoding.flush(now=self.now)
        self.frames += 1

    def show(self, encoding):
        self.out.show(encoding, now=self.now, is_urgent=True)


def test_each_asks_for_its_own_keyframe_and_begins_with_it():
    camera = Camera()
    camera.frame()
    other = DownTrack("speaker", "video", None, Munger(ssrc=2, payload_type=96, clock_rate=90_000))
    camera.asked.clear()
    camera.now += SPACING_S + 0.01
    camera.show(camera.small)
    other.show(camera.large, now=camera.now, is_urgent=True)
    assert camera.asked == [71, 70]
    camera.frame(keys=(0,))
    assert (other.shown, camera.out.shown) == (camera.large, None)
    camera.frame(keys=(1,))
    assert camera.out.shown is camera.small
    assert camera.out.rewriter.segment.source is camera.small.intake.cache


def test_each_keeps_its_own_packets_and_misses_its_own():
    camera = Camera(starts=((10, 0, 0), (10, 0, 0)))
    for lost in ((), (), (1,), ()):
        camera.frame(lost=lost)
    caches = [one.intake.cache for one in camera.track.encodings]
    assert [cache.find(12) is not None for cache in caches] == [True, False]
    assert caches[0].find(11) is not caches[1].find(11)
    camera.track.tick(now=camera.now + 0.05)
    assert camera.missing == [(71, [12])]


def test_one_that_begins_anew_leaves_the_other_alone():
    camera = Camera()
    camera.show(camera.small)
    camera.frame(keys=(0, 1))
    camera.large.receive(rtp.RtpPacket(101, True, 9, 9, 99, b"\x10\x11", {}), now=camera.now)
    assert camera.large.intake.ssrc == 99
    assert camera.out.shown is camera.small


def test_a_track_lives_while_one_of_its_encodings_does_and_closes_with_both():
    camera = Camera()
    camera.show(camera.small)
    camera.frame(keys=(1,), lost=(0,))
    assert camera.track.is_alive(now=camera.now)
    camera.track.close()
    assert camera.out.shown is None
    assert not camera.track.is_alive(now=camera.now)


starts = st.tuples(st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1), st.integers(0, 2**15 - 1))


@given(starts, starts, st.lists(st.sampled_from(("frame", "key", "change")), max_size=60))
def test_a_slot_changes_at_keyframes_within_one_stream_without_a_step(large, small, moves):
    camera = Camera(starts=(large, small))
    wanted = itertools.cycle((camera.small, camera.large))
    camera.show(camera.large)
    camera.frame(keys=(0, 1))
    for move in moves:
        if move == "change":
            camera.show(next(wanted))
        camera.frame(keys=(0, 1) if move == "key" else ())
    sent = camera.wire.packets
    assert len({at for at, _ in sent}) == camera.frames  # a picture at every moment
    for (then, before), (now, after) in itertools.pairwise(sent):
        assert after.ssrc == before.ssrc == 1
        assert after.sequence_number == before.sequence_number + 1
        ticks = (after.timestamp - before.timestamp) % 2**32
        assert abs(ticks - (now - then) * 90_000) <= 2
        pictures = [vp8.parse(packet.payload) for packet in (before, after)]
        assert pictures[1].picture_id == (pictures[0].picture_id + 1) % 2**15
        is_change = before.payload[-1:] != after.payload[-1:]
        assert not is_change or pictures[1].is_keyframe
