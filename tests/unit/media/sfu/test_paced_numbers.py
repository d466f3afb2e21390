"""What waits in the pacer has no number yet: a receiver calls every number it misses lost."""

from types import SimpleNamespace

from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.wire import rtp, twcc, vp8
from tests.unit.media.sfu.test_many_viewers import Endpoint, Srtp

NUMBERED = 5


class Line:
    """One viewer of a picture and a sound, whose line has little room."""

    def __init__(self):
        self.now = 100.0
        self.endpoint = Endpoint()
        self.fanout = Fanout(self.endpoint, is_native=False)
        self.line = Downlink(start_bps=500e3)
        self.line.pacer.bps = 500e3
        self.peer = SimpleNamespace(may_send=True, srtp=Srtp(), address="viewer")
        self.outs = {}
        self.sources = {kind: self.source(kind) for kind in ("video", "audio")}
        self.numbers = dict.fromkeys(self.sources, 0)

    def source(self, kind):
        """Return a source that the viewer's slot of this kind shows."""
        source = Encoding(
            kind,
            kind,
            self.fanout,
            Upstream(lambda ssrc: None, lambda ssrc, numbers: None),
            on_revived=lambda: None,
        )
        rewriter = Munger(
            ssrc=1 if kind == "video" else 2,
            payload_type=96,
            clock_rate=rtp.CLOCK_HZ[kind],
            numbered=NUMBERED,
            log=self.line.estimate.log,
        )
        out = self.outs[kind] = DownTrack(kind, kind, self.peer, rewriter)
        out.pacer = self.line.pacer if kind == "video" else None
        out.show(source, now=self.now)
        return source

    def take(self, kind, payloads):
        """Send payloads of one frame on."""
        self.endpoint.now = self.now
        for index, payload in enumerate(payloads):
            is_last = index == len(payloads) - 1
            number = self.numbers[kind]
            self.numbers[kind] += 1
            stamp = int(self.now * rtp.CLOCK_HZ[kind])
            packet = rtp.RtpPacket(96, is_last, number, stamp & 0xFFFFFFFF, 7, payload, {})
            self.sources[kind].receive(packet, now=self.now)
        self.sources[kind].flush(now=self.now)

    def picture(self, *, is_key):
        """Send a frame of six packets on."""
        data = bytes([0x10 if is_key else 0x11]) + bytes(6000)
        self.take("video", list(vp8.packetize(data, picture_id=1)))

    def release(self):
        """Send what is due by now."""
        self.endpoint.now = self.now
        self.fanout._release(self.line.pacer, now=self.now)

    def sent(self):
        """Return what was sent, as (SSRC, transport-wide number)."""
        packets = [rtp.parse(data) for _, data in self.endpoint.sent["viewer"]]
        return [(p.ssrc, int.from_bytes(p.extensions[NUMBERED][:2])) for p in packets]


def over(seconds):
    """Send pictures and sound for a time, as a meeting does."""
    line = Line()
    for step in range(int(seconds / 0.005)):
        line.now = 100.0 + step * 0.005
        if step % 8 == 0:
            line.picture(is_key=step == 0)
        if step % 4 == 1:
            line.take("audio", [bytes(60)])
        line.release()
    return line


def test_numbers_leave_in_order_though_sound_passes_the_pictures_that_wait():
    sent = over(1.0).sent()
    assert {ssrc for ssrc, _ in sent} == {1, 2}
    first_sound = next(index for index, (ssrc, _) in enumerate(sent) if ssrc == 2)
    assert first_sound < 6  # it does not wait for the keyframe
    numbers = [number for _, number in sent]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_receiver_on_a_line_that_loses_nothing_reports_no_loss():
    line, arrivals = over(1.0), twcc.ArrivalLog()
    sent = line.endpoint.sent["viewer"]
    lost = []
    next_at = sent[0][0] + 0.05
    for at, data in sent:
        if at >= next_at:
            report = twcc.read(arrivals.feedback(ssrc=1, media_ssrc=2)[12:])
            lost += [one for one in report.arrivals_ms if one is None]
            next_at = at + 0.05
        number = int.from_bytes(rtp.parse(data).extensions[NUMBERED][:2])
        arrivals.received(number, now=at)
    assert not lost


def test_what_waits_of_a_picture_that_is_not_shown_any_more_is_not_sent():
    line = Line()
    line.picture(is_key=True)
    gone = len(line.sent())
    assert 0 < gone < 6
    line.outs["video"].clear()
    for _ in range(100):
        line.now += 0.005
        line.release()
    assert len(line.sent()) == gone
    assert line.line.pacer.is_empty
