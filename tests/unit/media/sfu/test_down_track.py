"""A slot's states, and each way from one to another."""

import pytest

from media.sfu.down_track import CHANGE_LIMIT_S, DownTrack
from media.sfu.munger import Munger
from media.sfu.receive_stream import ReceiveStream
from media.wire.media_packet import MediaPacket

FIRST = MediaPacket(1, 0, True, b"x")


class Track:
    """A feed that notes who is with it."""

    def __init__(self, kind="video", smaller=None):
        self.smaller = smaller
        self.intake = ReceiveStream(kind)
        self.outs = []
        self.waiting = []

    def add_waiting(self, out, *, now, is_urgent):
        self.waiting.append(out)

    def remove_waiting(self, out):
        self.waiting.remove(out)

    def remove(self, out):
        self.outs.remove(out)

    def want_keyframe(self, *, now, is_urgent=False):
        pass

    def begin(self, out, *, now=0.0):
        """Let a slot that waits begin."""
        self.waiting.remove(out)
        self.outs.append(out)
        out.began(self, FIRST, now=now)


def slot(kind="video"):
    return DownTrack("stage", kind, None, Munger(ssrc=1, payload_type=96, clock_rate=90_000))


def state(out):
    return (out.shown, out.awaited, out.rewriter.segment is not None)


def changing(now=0.0):
    """Return a slot that shows one track and waits for another since `now`."""
    out, old, new = slot(), Track(), Track()
    out.show(old, now=0.0)
    old.begin(out)
    out.show(new, now=now)
    return out, old, new


def test_video_waits_for_what_it_can_start_with():
    out, track = slot(), Track()
    assert state(out) == (None, None, False)
    out.show(track, now=0.0)
    assert state(out) == (None, track, False)
    track.begin(out)
    assert state(out) == (track, None, True)


def test_a_picture_goes_on_until_the_next_begins():
    out, old, new = changing()
    assert state(out) == (old, new, True)
    new.begin(out)
    assert state(out) == (new, None, True)
    assert old.outs == []


def test_sound_ends_at_once():
    out, old, new = slot("audio"), Track("audio"), Track("audio")
    out.show(old, now=0.0)
    old.begin(out)
    out.show(new, now=1.0)
    assert state(out) == (None, new, False)
    assert old.outs == []


@pytest.mark.parametrize("passed_s", [CHANGE_LIMIT_S, CHANGE_LIMIT_S + 0.01])
def test_a_picture_that_is_to_go_ends_at_the_limit(passed_s):
    out, old, new = changing(now=100.0)
    is_over = passed_s > CHANGE_LIMIT_S
    assert out.overdue(now=100.0 + passed_s) == is_over
    assert state(out) == ((None, new, False) if is_over else (old, new, True))
    assert not out.overdue(now=200.0) or not is_over


def test_a_small_picture_goes_on_until_the_large_one_of_the_same_camera_comes():
    out, small = slot(), Track()
    large = Track(smaller=small)
    out.show(small, now=0.0)
    small.begin(out)
    out.show(large, now=100.0)
    assert not out.overdue(now=110.0)
    assert state(out) == (small, large, True)
    out.show(Track(), now=110.0)
    assert not out.overdue(now=110.0 + CHANGE_LIMIT_S), "another camera has its own time to come"
    out.show(large, now=110.2)
    large.begin(out)
    out.show(small, now=120.0)
    assert out.overdue(now=120.0 + CHANGE_LIMIT_S + 0.01), "a line that carries less has no time"


def test_waiting_for_yet_another_gives_what_is_shown_no_more_time():
    out, old, _ = changing(now=100.0)
    third = Track()
    out.show(third, now=101.9)
    assert out.overdue(now=102.1)
    assert state(out) == (None, third, False)
    assert old.outs == []


def test_who_is_shown_again_stays():
    out, old, new = changing()
    out.show(old, now=1.0)
    assert state(out) == (old, None, True)
    assert new.waiting == []


def test_nothing_empties_every_state():
    out, old, new = changing()
    out.show(None, now=1.0)
    assert state(out) == (None, None, False)
    assert (old.outs, new.waiting) == ([], [])


def test_a_stream_that_begins_anew_is_waited_for_unless_another_is():
    out, track = slot(), Track()
    out.show(track, now=0.0)
    track.begin(out)
    assert out.interrupted(track)
    assert state(out) == (None, track, False)
    out, old, new = changing()
    assert not out.interrupted(old)
    assert state(out) == (None, new, False)


def test_a_track_that_ends_leaves_the_other():
    out, old, new = changing()
    out.lost(new)
    assert state(out) == (old, None, True)
    out.lost(old)
    assert state(out) == (None, None, False)
