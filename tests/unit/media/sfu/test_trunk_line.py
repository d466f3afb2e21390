"""What two relays send each other over a line that does not carry all of it, in virtual time."""

from types import SimpleNamespace

import pytest

from media.sfu.down_track import DownTrack
from media.sfu.fanout import Fanout
from media.sfu.ladder import Rung
from media.sfu.munger import Munger
from media.sfu.sizes import Size, encoding_for, wish_of
from media.sfu.trunk_line import TrunkLine
from media.transport.ways import Ways
from media.wire import rtp
from tests.fakes.bottleneck import Bottleneck, VirtualLine
from tests.unit.media.sfu.test_many_viewers import Srtp
from tests.unit.media.sfu.test_sudden_fall import NUMBERED, Source, Way

SPEAKER, CHAIR, OTHER = "p-b", "p-chair", "p-c"


class Trunk(Way):
    """Three cameras of 1.5 Mbit/s and their sounds, wanted at the other end of the line."""

    def __init__(self, line, seed=1):
        self.line, self.now = line, 100.0
        self.way = Bottleneck(line, seed=seed)
        self.ways = Ways()
        self.fanout = Fanout(self, is_native=False)
        self.down = TrunkLine()
        self.down.main, self.down.is_far = SPEAKER, True
        self.tracks, self.outs, self.sources = {}, {}, []
        peer = SimpleNamespace(may_send=True, srtp=Srtp(), address="relay")
        for name in (SPEAKER, CHAIR, OTHER):
            high, low = (
                Source(self.fanout, "video", 7500),
                Source(self.fanout, "video", 500, Size.LOW),
            )
            sound = Source(self.fanout, "audio", 80)
            self.sources += [high, low, sound]
            self.tracks[f"high-{name}"] = (high.encoding, low.encoding)
            self.tracks[f"sound-{name}"] = (sound.encoding,)
        for ssrc, (slot, track) in enumerate(self.tracks.items(), start=1):
            kind = track[0].kind
            rewriter = Munger(
                ssrc=ssrc,
                payload_type=96,
                clock_rate=rtp.CLOCK_HZ[kind],
                numbered=NUMBERED,
                log=self.down.estimate.log,
            )
            out = self.outs[slot] = DownTrack(slot, kind, peer, rewriter)
            out.pacer = self.down.pacer if kind == "video" else None
        self.fill()
        self.outs["stage"] = self.outs[f"high-{SPEAKER}"]  # whose being empty is looked at

    def fill(self, *, is_urgent=False):
        """Send what the line carries, as a router does."""
        self.down.pictures = {s: t for s, t in self.tracks.items() if s.startswith("high-")}
        self.down.sounds = {s: t[0] for s, t in self.tracks.items() if s.startswith("sound-")}
        for slot, track in self.tracks.items():
            shown = encoding_for(track, wish_of(slot), self.down.limit_of(slot))
            self.outs[slot].show(
                shown,
                now=self.now,
                is_urgent=is_urgent,
                has_room=not self.down.estimate.is_draining,
            )

    def sent(self):
        """Return how large each one's picture goes now; None: not at all."""
        shown = [self.outs[f"high-{name}"].shown for name in (SPEAKER, CHAIR, OTHER)]
        return [one and one.size for one in shown]

    def sounds(self):
        """Return whose sounds go."""
        return {n for n in (SPEAKER, CHAIR, OTHER) if self.outs[f"sound-{n}"].shown}


@pytest.mark.parametrize(
    ("rate_bps", "rung", "sizes"),
    [
        (20e6, Rung.HIGH, [Size.HIGH] * 3),
        (2.4e6, Rung.SPEAKER, [Size.HIGH, Size.LOW, Size.LOW]),
        (900e3, Rung.LOW, [Size.LOW] * 3),
    ],
)
@pytest.mark.parametrize("loss_ratio", [0.0, 0.02])
def test_the_pictures_become_small_in_the_order_of_who_speaks(rate_bps, rung, sizes, loss_ratio):
    for seed in (1, 2):
        way = Trunk(VirtualLine(rate_bps, loss_ratio=loss_ratio), seed=seed)
        queues = way.run(20)
        assert (way.down.rung, way.sent()) == (rung, sizes)
        assert way.sounds() == {SPEAKER, CHAIR, OTHER}
        assert max(queues[-2000:]) < 0.3, "and sound waits for no picture"


def test_a_line_that_carries_no_picture_carries_the_sound_of_who_speaks():
    way = Trunk(VirtualLine(20e6))
    way.run(5)
    way.line.rate_bps = 90e3
    way.run(15)
    assert (way.sent(), way.sounds()) == ([None] * 3, {SPEAKER})
    way.line.rate_bps = 20e6
    way.run(90)
    assert (way.sent(), way.sounds()) == ([Size.HIGH] * 3, {SPEAKER, CHAIR, OTHER})


def test_after_an_outage_all_goes_at_once_as_before():
    for seed in (1, 2, 3):
        way = Trunk(VirtualLine(20e6), seed=seed)
        way.run(10)
        way.line.is_out = True
        way.run(20)
        way.line.is_out = False
        way.run(1)
        assert way.sent() == [Size.HIGH] * 3


def test_what_is_shared_stays_as_it_is_while_pictures_become_small():
    way = Trunk(VirtualLine(20e6))
    slot = "high-content:p-c"
    way.tracks[slot] = way.tracks.pop(f"high-{OTHER}")[:1]
    way.outs[slot] = way.outs.pop(f"high-{OTHER}")
    way.outs[f"high-{OTHER}"] = way.outs[slot]
    way.fill()
    way.run(5)
    way.line.rate_bps = 2.6e6
    way.run(20)
    assert way.sent() == [Size.LOW, Size.LOW, Size.HIGH]


def test_between_relays_of_one_machine_nothing_is_held_back():
    way = Trunk(VirtualLine(500e3))
    way.down.is_far = False
    way.run(10)
    assert way.sent() == [Size.HIGH] * 3
