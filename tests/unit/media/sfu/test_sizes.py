"""Which of a camera's sizes a slot shows: by its wish, its line and what there is."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from media.sfu.demand import LINGER_S
from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.sfu.encoding import SMALLER_LIMIT_S, Upstream
from media.sfu.munger import Munger
from media.sfu.router import Router
from media.sfu.sizes import Size, affordable, encoding_for, wish_of
from media.sfu.slots import Viewer
from media.wire import rtp, vp8
from media.wire.rtcp import PauseKind
from tests.unit.media.sfu.test_encodings import Wire


@dataclass(frozen=True)
class One:
    size: Size


BOTH = (One(Size.HIGH), One(Size.LOW))


@pytest.mark.parametrize(
    ("there", "wish", "limit", "shown"),
    [
        (BOTH, Size.HIGH, Size.HIGH, Size.HIGH),
        (BOTH, Size.HIGH, Size.LOW, Size.LOW),
        (BOTH, Size.LOW, Size.HIGH, Size.LOW),
        (BOTH, Size.HIGH, Size.NONE, None),
        (BOTH[1:], Size.HIGH, Size.HIGH, Size.LOW),
        (BOTH[:1], Size.LOW, Size.HIGH, Size.HIGH),
        (BOTH[:1], Size.HIGH, Size.LOW, None),
        (BOTH[:1], Size.LOW, Size.LOW, None),
        ((), Size.HIGH, Size.HIGH, None),
    ],
)
def test_the_size_that_is_shown(there, wish, limit, shown):
    found = encoding_for(there, wish, limit)
    assert (found.size if found else None) == shown


@pytest.mark.parametrize(
    ("wanted", "is_one", "sent"),
    [
        ({Size.HIGH, Size.LOW}, False, {Size.HIGH, Size.LOW}),
        ({Size.HIGH, Size.LOW}, True, {Size.HIGH}),
        ({Size.LOW}, True, {Size.LOW}),
        ({Size.HIGH}, True, {Size.HIGH}),
        (set(), True, set()),
    ],
)
def test_a_thin_or_metered_line_carries_one_size_at_a_time(wanted, is_one, sent):
    assert affordable(frozenset(wanted), is_one=is_one) == sent


def test_tiles_are_small():
    sizes = [wish_of(slot) for slot in ("stage", "speaker", "content", "own", "tile-0", "tile-24")]
    assert sizes == [Size.HIGH] * 4 + [Size.LOW] * 2


class Meeting:
    """A router whose source "cam" has two encodings, and one viewer's stage and tile."""

    def __init__(self, monkeypatch):
        self.now, self.limits = 100.0, {}
        monkeypatch.setattr("media.sfu.router.time", SimpleNamespace(monotonic=lambda: self.now))
        self.router = Router("m", lambda viewer: {"stage": "cam", "tile-0": "cam"}, Wire())
        self.asked = {7: True, 8: True}  # what the sender was last asked, by SSRC
        upstream = Upstream(
            lambda ssrc: None,
            lambda ssrc, missing: None,
            ask=lambda ssrc, ask: self.asked.update({ssrc: ask.kind is PauseKind.RESUME}),
            is_heard=lambda now: True,
        )
        self.track = self.router.source("cam").add_track("video", upstream, limits=(None, None))
        self.outs = [
            DownTrack(slot, "video", None, Munger(ssrc=1, payload_type=96, clock_rate=90_000))
            for slot in ("stage", "tile-0")
        ]
        line = Downlink()
        line.limit_of = lambda slot: self.limits.get(slot, Size.HIGH)
        self.viewer = SimpleNamespace(
            viewer=Viewer("b"),
            outs=self.outs,
            line=line,
            peer=SimpleNamespace(put_away=print),
            follow_line=lambda: None,
            filling=lambda plan: plan(Viewer("b")),
        )
        self.router.subscribers.append(self.viewer)
        self.frames = 0

    def pass_s(self, seconds, sizes=(0, 1)):
        """Let time pass, a keyframe of each of these encodings every 100 ms."""
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.frames += 1
            for index in sizes:
                (payload,) = vp8.packetize(b"\x10\x00", picture_id=self.frames)
                packet = rtp.RtpPacket(96, True, self.frames, self.frames * 9000, 7 + index,
                                       payload, {})  # fmt: skip
                self.track.encodings[index].receive(packet, now=self.now)
                self.track.encodings[index].flush(now=self.now)
            self.router.notice()
            self.router.serve(now=self.now)

    def pass_metered_s(self, seconds, *, has_small=True):
        """The same, of a sender whose line is metered."""
        for _ in range(round(seconds * 10)):
            large, small = self.asked[7], self.asked[8] and not self.asked[7] and has_small
            self.pass_s(0.1, sizes=[i for i, is_sent in enumerate((large, small)) if is_sent])

    @property
    def shown(self):
        return [out.shown.size if out.shown else None for out in self.outs]


def test_a_slot_follows_its_line_and_what_lives(monkeypatch):
    meeting = Meeting(monkeypatch)
    meeting.pass_s(0.5)
    assert meeting.shown == [Size.HIGH, Size.LOW]
    meeting.limits["stage"] = Size.LOW
    meeting.router.fill(meeting.viewer)
    meeting.pass_s(0.2)
    assert meeting.shown == [Size.LOW, Size.LOW]
    meeting.limits.clear()
    meeting.router.fill(meeting.viewer)
    meeting.pass_s(0.2)
    assert meeting.shown == [Size.HIGH, Size.LOW]
    meeting.pass_s(2, sizes=(1,))  # a thin uplink: the encoder gives its large size up
    assert meeting.shown == [Size.LOW, Size.LOW]
    meeting.pass_s(0.3)
    assert meeting.shown == [Size.HIGH, Size.LOW]
    meeting.pass_s(2, sizes=(0,))
    assert meeting.shown == [Size.HIGH, Size.HIGH]
    meeting.limits["tile-0"] = Size.LOW
    meeting.router.fill(meeting.viewer)
    assert meeting.shown == [Size.HIGH, None]


def test_a_tile_has_the_small_size_of_a_metered_line_once_nobody_shows_the_large_one(monkeypatch):
    meeting = Meeting(monkeypatch)
    meeting.pass_s(0.5)  # both have been there
    meeting.pass_metered_s(5)
    assert meeting.shown == [Size.HIGH, Size.HIGH]
    meeting.limits["stage"] = Size.NONE  # another speaks now
    meeting.router.fill(meeting.viewer)
    meeting.pass_metered_s(LINGER_S + 0.5)
    assert meeting.shown == [None, Size.LOW]
    assert meeting.asked == {7: False, 8: True}
    meeting.pass_metered_s(600)
    assert meeting.shown == [None, Size.LOW]
    meeting.limits.clear()
    meeting.router.fill(meeting.viewer)
    meeting.pass_metered_s(2)
    assert meeting.shown == [Size.HIGH, Size.HIGH]


def test_a_tile_whose_small_size_does_not_come_has_the_large_one(monkeypatch):
    meeting = Meeting(monkeypatch)
    meeting.pass_s(0.5)
    meeting.limits["stage"] = Size.NONE
    meeting.router.fill(meeting.viewer)
    meeting.pass_metered_s(SMALLER_LIMIT_S + 3, has_small=False)
    assert meeting.shown == [None, Size.HIGH]
    meeting.pass_metered_s(600, has_small=False)
    assert meeting.shown == [None, Size.HIGH]
