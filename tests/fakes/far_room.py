"""A room that watches a picture from the end of a line: the relay's own viewer, in virtual time.

All of both ends is the real thing: the encoding, the slot, the pacer, the ladder and what sends
again on one side, the room's playback on the other. Only sockets, keys and the clock are not.
"""

from types import SimpleNamespace

from msgspec import structs

from media.client.playback import Playback
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.session import SessionInfo, SessionListeners
from media.sfu.sizes import Size, encoding_for, wish_of
from media.sfu.slots import Viewer
from media.sfu.subscriber import Subscriber
from media.transport.ways import Ways
from media.wire import rtp, vp8
from media.wire.sdp_offer import TRANSPORT_CC_ID, IncomingStream
from tests.lab.shape import Direction

OVERHEAD = bytes(28 + 16)  # IP, UDP, and what SRTP adds
STEP_S, FRAME_S, SOUND_S, TICK_S, ADAPT_S, REPORT_S = 0.005, 0.04, 0.02, 0.02, 0.2, 1.0
KEYFRAME_EVERY_FRAMES = 250
PICTURE, REPAIR, SOUND = 1, 2, 3
KEYFRAME_HEADER = bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01])  # of 640x360


class Srtp:
    """Encrypts nothing."""

    def protect_at(self, buffer, at, size):
        """Return the size."""
        del buffer, at
        return size


class Camera:
    """One size of it, or its sound: frames of so many bytes, keyframes where they are asked for."""

    def __init__(self, fanout, kind, frame_bytes, key_bytes=0, size=Size.HIGH):
        self.kind, self.frame_bytes, self.key_bytes = kind, frame_bytes, key_bytes
        self.every_s = SOUND_S if kind == "audio" else FRAME_S
        self.keyframes = self.number = self.picture = 0
        self.is_asked = False
        self.encoding = Encoding(
            kind, kind, fanout, Upstream(self._asked, lambda ssrc, numbers: None),
            on_revived=lambda: None, size=size,
        )  # fmt: skip

    def _asked(self, ssrc):
        del ssrc
        self.is_asked = True

    def frame(self, now):
        """Give the relay a frame."""
        payloads = [bytes(self.frame_bytes)]
        if self.kind == "video":
            data = bytes([0x11]) + bytes(self.frame_bytes)
            if self.is_asked or self.picture % KEYFRAME_EVERY_FRAMES == 0:
                self.is_asked = False
                self.keyframes += 1
                data = KEYFRAME_HEADER + bytes(self.key_bytes)
            payloads = list(vp8.packetize(data, picture_id=self.picture))
            self.picture += 1
        stamp = round(now * rtp.CLOCK_HZ[self.kind]) & 0xFFFFFFFF
        for index, payload in enumerate(payloads):
            kind = 96 if self.kind == "video" else 111
            is_last = index == len(payloads) - 1
            packet = rtp.RtpPacket(kind, is_last, self.number, stamp, 7, payload, {})
            self.encoding.receive(packet, now=now)
            self.number = (self.number + 1) & 0xFFFF
        self.encoding.flush(now=now)


class FarRoom:
    """The relay, a picture with its sound, and the room at the end of the line."""

    def __init__(self, shape, *, large, small=(500, 10_000), up_jitter_ms=0.0, seed=1):
        self.now = 100.0
        up = structs.replace(shape, jitter_ms=up_jitter_ms)
        self.down, self.up = Direction(shape, seed), Direction(up, seed + 1000)
        self.round_trip_s = 2 * shape.delay_ms / 1000
        self.ways = Ways()
        self.fanout = Fanout(self, is_native=False)
        self.large = Camera(self.fanout, "video", *large)
        self.small = Camera(self.fanout, "video", *small, Size.LOW)
        self.large.encoding.smaller = self.small.encoding
        self.sound = Camera(self.fanout, "audio", 60)
        self.cameras = (self.large, self.small, self.sound)
        self.picture_at, self.pictures, self.sounds_s = [], 0, []
        self._join()

    def _join(self):
        info = SessionInfo("m1", Viewer("far"), "play")
        self.viewer = Subscriber(
            info, self.fanout, SessionListeners(lambda _: None, lambda *_: None)
        )
        peer = SimpleNamespace(
            may_send=True, srtp=Srtp(), address="far", media=SimpleNamespace(ear=None)
        )
        self.viewer.accept(peer, {
            "0": _line("stage", "video", PICTURE, repair_ssrc=REPAIR),
            "1": _line("sound-0", "audio", SOUND),
        })  # fmt: skip
        line = self.viewer.line
        line.round_trip_s = self.round_trip_s
        line.pictures = {"stage": (self.large.encoding, self.small.encoding)}
        line.sounds = {"sound-0": self.sound.encoding}
        self.out, hearing = self.viewer.outs
        hearing.show(self.sound.encoding, now=self.now)
        # What is in this slot counts as a picture without being decoded.
        self.room = Playback(
            wall_ms=lambda: 1000 * self.now, hand_on=self._heard, steady_s=lambda: self.now
        )
        self.room.renew([
            IncomingStream("content", kind="video", ssrc=PICTURE, repair_ssrc=REPAIR),
            IncomingStream("sound-0", kind="audio", ssrc=SOUND),
        ])  # fmt: skip
        self.room.round_trip_ms = 1000 * self.round_trip_s
        self.room.send_rtcp = lambda data: self.up.put(data + OVERHEAD, self.now)

    def _heard(self, slot, data):
        if slot == "sound-0":
            sent = rtp.parse(data).timestamp / rtp.CLOCK_HZ["audio"]
            self.sounds_s.append(self.now - sent)

    @property
    def screen(self):
        """What the room has seen."""
        return self.room.videos["content"]

    def send(self, data, address):
        """Take a packet of the relay's."""
        del address
        self.down.put(bytes(data) + OVERHEAD, self.now)

    def send_train(self, data, segment, address):
        """Take a train of them."""
        for at in range(0, len(data), segment):
            self.send(data[at : at + segment], address)

    def run(self, seconds):
        """Go on."""
        for _ in range(round(seconds / STEP_S)):
            step = round(self.now / STEP_S) + 1
            self.now = step * STEP_S
            self._relay(lambda every_s, step=step: step % round(every_s / STEP_S) == 0)
            for data in self.down.due(self.now):
                self._arrived(data[: -len(OVERHEAD)])
            if step % round(TICK_S / STEP_S) == 0:
                self.room.tick()
            if step % round(REPORT_S / STEP_S) == 0:
                self.room.report()

    def _arrived(self, data):
        before = self.screen.flow.total.frames
        self.room.take_rtp(data)
        if self.screen.flow.total.frames > before:
            self.picture_at.append(self.now)

    def _relay(self, is_due):
        for data in self.up.due(self.now):
            self.viewer.rtcp_received(None, data[: -len(OVERHEAD)], self.now)
        for camera in self.cameras:
            if is_due(camera.every_s):
                camera.frame(self.now)
        line = self.viewer.line
        self.fanout._release(line.pacer, now=self.now)
        for probed, out in list(self.fanout._probing.items()):
            self.fanout._pad(out, probed, now=self.now)
        if not is_due(TICK_S):
            return
        for camera in self.cameras:
            camera.encoding.tick(now=self.now)
        if line.is_urgent or is_due(ADAPT_S):
            before = line.ladder.rung
            has_changed = line.adapt(now=self.now)
            self.viewer.follow_line()
            if has_changed or self.out.shown is None:
                self._fill(is_urgent=line.ladder.rung < before)

    def _fill(self, *, is_urgent):
        line = self.viewer.line
        shown = encoding_for(line.pictures["stage"], wish_of("stage"), line.limit_of("stage"))
        has_room = not line.estimate.is_draining
        self.out.show(shown, now=self.now, is_urgent=is_urgent, has_room=has_room)


def _line(slot, kind, ssrc, repair_ssrc=0):
    number = 96 if kind == "video" else 111
    name = "VP8" if kind == "video" else "OPUS"
    codec = SimpleNamespace(payload_type=number, clock_rate=rtp.CLOCK_HZ[kind])
    return SimpleNamespace(
        slot=slot, ssrc=ssrc, codec=codec, codecs={name: codec}, payload_types={name: number},
        media=SimpleNamespace(kind=kind), transport_cc_id=TRANSPORT_CC_ID,
        repairs=bool(repair_ssrc), repair_ssrc=repair_ssrc, repair_types={number: number + 1},
        redundant=None,
    )  # fmt: skip
