"""Many viewers of one picture: what one of them suffers, or asks for, is not the others'."""

from types import SimpleNamespace

from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.transport.ways import Ways
from media.wire import rtp, vp8

FRAME_S, STEP_S = 0.04, 0.005
VIEWERS = 20


class Endpoint:
    """Keeps what is sent to whom, and when."""

    def __init__(self):
        self.now = 0.0
        self.ways = Ways()
        self.sent = {}

    def send(self, data, address):
        self.sent.setdefault(address, []).append((self.now, bytes(data)))

    def send_train(self, data, segment, address):
        for at in range(0, len(data), segment):
            self.send(data[at : at + segment], address)


class Srtp:
    """Encrypts nothing."""

    def protect_at(self, buffer, at, size):
        del buffer, at
        return size


class Stage:
    """A camera, and slots that show it."""

    def __init__(self):
        self.now = 100.0
        self.endpoint = Endpoint()
        self.fanout = Fanout(self.endpoint, is_native=False)
        self.asked = []
        self.camera = Encoding(
            "cam",
            "video",
            self.fanout,
            Upstream(lambda ssrc: self.asked.append(self.now), lambda ssrc, numbers: None),
            on_revived=lambda: None,
        )
        self.number = self.frames = 0
        self.outs = []

    def join(self):
        """Return a new viewer's slot."""
        index = len(self.outs)
        peer = SimpleNamespace(may_send=True, srtp=Srtp(), address=("viewer", index))
        out = DownTrack(
            "stage", "video", peer, Munger(ssrc=index + 1, payload_type=96, clock_rate=90_000)
        )
        self.outs.append(out)
        out.show(self.camera, now=self.now)
        return out

    def frame(self, *, is_key=False):
        """Send a frame of six packets on."""
        self.endpoint.now = self.now
        data = bytes([0x10 if is_key else 0x11]) + bytes(6000)
        payloads = list(vp8.packetize(data, picture_id=self.frames % 2**15))
        for index, payload in enumerate(payloads):
            packet = rtp.RtpPacket(
                96,
                index == len(payloads) - 1,
                self.number & 0xFFFF,
                self.frames * 3600,
                7,
                payload,
                {},
            )
            self.camera.receive(packet, now=self.now)
            self.number += 1
        self.frames += 1
        self.camera.flush(now=self.now)


def test_a_province_that_joins_within_ten_seconds_costs_five_keyframes():
    stage, began, coming, late_s = Stage(), 100.0, [], []
    stage.frame(is_key=True)
    waiting = {}
    for step in range(int(16 / STEP_S)):
        stage.now = began + step * STEP_S
        if step % 11 == 0 and len(stage.outs) < 170:
            waiting[stage.join()] = stage.now
        if step % 5 == 0:
            stage.camera.tick(now=stage.now)
        coming += [at + 0.15 for at in stage.asked[len(coming) :]]
        if step % 8 == 0:
            is_key = any(stage.now - FRAME_S < at <= stage.now for at in coming)
            stage.frame(is_key=is_key)
        for out in [out for out in waiting if out.shown is not None]:
            late_s.append(stage.now - waiting.pop(out))
    assert sum(at <= began + 10 for at in stage.asked) <= 5
    assert len(late_s) == 170
    assert max(late_s) <= 4.0


def sent_to_the_others(has_bad_line):
    stage = Stage()
    outs = [stage.join() for _ in range(VIEWERS)]
    line = Downlink(start_bps=100e3)
    line.pacer.bps = 100e3 if has_bad_line else None
    outs[0].pacer = line.pacer
    stage.frame(is_key=True)
    before = len(stage.asked)
    for index in range(500):
        stage.now += FRAME_S
        stage.frame()
        stage.camera.tick(now=stage.now)
        if has_bad_line:
            highest = 1000 + stage.number - 1
            missing = [n for n in range(highest - 60, highest) if n % 10 == index % 10]
            stage.fanout.send_again(outs[0], missing, line, now=stage.now)
            stage.camera.want_keyframe(now=stage.now)
    others = {who: sent for who, sent in stage.endpoint.sent.items() if who != ("viewer", 0)}
    return others, len(stage.asked) - before, stage.fanout.counters.retransmitted_total


def test_a_bad_line_changes_nothing_of_what_the_others_get_and_when():
    alone, _, _ = sent_to_the_others(has_bad_line=False)
    beside, asked, again = sent_to_the_others(has_bad_line=True)
    assert beside == alone
    assert len(alone) == VIEWERS - 1
    assert asked <= 2 + 0.3 * 500 * FRAME_S + 1
    assert 0 < again * 1000 <= 40_000 + 0.25 * 100e3 / 8 * 500 * FRAME_S
