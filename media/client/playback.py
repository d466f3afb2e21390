"""What a point receives: every slot put in order and decoded, whatever it shows.

Everything is decoded on the event loop: 0.3 ms a picture of 640x360, 0.05 ms a sound. Every
packet is first handed on as it came, for the local relay: the screen does not wait for us.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog

from media.client.assembly import Assembly
from media.client.codecs import SoundDecoder, VideoDecoder
from media.client.flow import SOUND_FRAME_MS, Flow, SoundFlow
from media.client.held_back import HeldBack
from media.client.jitter_buffer import JitterBuffer, Released
from media.client.resent import resent
from media.client.sinks import Observer, SlotSink, Unobserved
from media.errors import MalformedPacket
from media.sfu.ladder import Rung
from media.wire import red, rtcp, rtp
from media.wire.picture_size import is_too_large
from media.wire.reception import Reception
from media.wire.rtp import CLOCK_HZ
from media.wire.sdp_offer import RED_PAYLOAD_TYPE, TRANSPORT_CC_ID, IncomingStream
from media.wire.twcc import ArrivalLog
from media.wire.video_codec import BASE, OWN_CODECS, CodecName, announced_by

VIDEO_PATIENCE_MS = 250
MAX_VIDEO_PATIENCE_MS = 1_500
SOUND_PATIENCE_MS = 60
MAX_SOUND_PATIENCE_MS = 250
KEYFRAME_PAUSE_MS = 400
# Feedback on arrivals is as often as a twentieth of the line upwards allows.
FEEDBACK_MS, MAX_FEEDBACK_MS = 50, 250
FEEDBACK_BITS = 90 * 8
FEEDBACK_SHARE = 0.05
SOUND_PAUSE_MS = 100
SHOWING_MS = 2_000
CONTENT = "content"

_log = structlog.get_logger()

WallMs = Callable[[], float]
SendRtcp = Callable[[bytes], None]
ReportSink = Callable[[str, rtcp.SenderReport], None]
SoundNote = Callable[[str, float, float], None]  # slot, when a frame came, ms missed up to it


@dataclass(slots=True)
class _Stream:
    """The part of a slot that lives as long as one stream of one session."""

    slot: str
    reception: Reception
    order: JitterBuffer[rtp.RtpPacket]
    is_redundant: bool = False  # each packet has the one before in it: nothing is sent again


def _unnoted(_slot: str, _now_ms: float, _missed_ms: float) -> None:
    return None


class VideoSlot:
    """One slot of pictures, over all sessions."""

    def __init__(self, slot: str, observer: Observer, wall_ms: WallMs) -> None:
        self.slot = slot
        self.flow = Flow()
        self.keyframe_requests = 0
        self.decode_failures = 0
        self.refused = 0
        self._observer = observer
        self._wall_ms = wall_ms
        self._decoder = VideoDecoder()
        self._assembly = Assembly()
        self.codec: CodecName = BASE
        self._asked_at_ms = 0

    def renew(self) -> None:
        """Begin a new stream: nothing can be decoded before its first keyframe."""
        self._assembly = Assembly(self.codec)

    def push(self, released: Iterable[Released[rtp.RtpPacket]]) -> None:
        """Take packets in order and decode whole frames."""
        for item in released:
            codec = OWN_CODECS.get(item.packet.payload_type, BASE)
            if codec != self.codec:
                self.codec = codec
                self._decoder = VideoDecoder(codec)
                self.renew()
            frame = self._assembly.push(item.packet, item.lost_before)
            if frame is None:
                continue
            self._show(frame)

    def wants_keyframe(self, now_ms: int) -> bool:
        """Return whether to ask for a keyframe now, and remember that it was done."""
        if not self._assembly.needs_keyframe or now_ms - self._asked_at_ms < KEYFRAME_PAUSE_MS:
            return False
        self._asked_at_ms = now_ms
        self.keyframe_requests += 1
        return True

    def _show(self, frame: bytes) -> None:
        if self._is_refused(frame):
            return
        if self.slot == CONTENT:  # large, and looked at by nobody but the room
            self.flow.picture(int(self._wall_ms()))
            return
        luma = self._decoder.decode(frame)
        if luma is None:
            self.decode_failures += 1
            self.renew()
            return
        now_ms = int(self._wall_ms())
        self.flow.picture(now_ms)
        self._observer.picture(self.slot, luma, now_ms)

    def _is_refused(self, frame: bytes) -> bool:
        """Return whether a keyframe is not decoded: a few bytes may claim gigabytes of picture."""
        try:
            size = announced_by(frame, self.codec)
        except MalformedPacket:
            self.decode_failures += 1
        else:
            if size is None or not is_too_large(*size):
                return False
            if not self.refused:
                _log.warning("picture_too_large", slot=self.slot, width=size[0], height=size[1])
            self.refused += 1
        self.renew()
        return True

    def emptied(self, now_ms: int) -> None:
        """Take note that nothing is forwarded into this slot any more, since a time."""
        self.flow.emptied()
        self._observer.emptied(self.slot, now_ms)


class SoundSlot:
    """One slot of sound, over all sessions."""

    def __init__(
        self, slot: str, observer: Observer, wall_ms: WallMs, note: SoundNote = _unnoted
    ) -> None:
        self.slot = slot
        self.flow = SoundFlow()
        self._note = note
        self.frames = 0
        self.decode_failures = 0
        self._observer = observer
        self._wall_ms = wall_ms
        self._decoder = SoundDecoder()
        self.last_ms = 0.0

    def push(self, released: Iterable[Released[rtp.RtpPacket]]) -> None:
        """Take packets in order, and decode them."""
        for item in released:
            now_ms = self._wall_ms()
            if item.lost_before or now_ms - self.last_ms > SOUND_PAUSE_MS:
                self._observer.sound(self.slot, None, now_ms)
            self.last_ms = now_ms
            lost = item.lost_before
            missed_ms = self.flow.frame(now_ms, item.packet.timestamp, lost_before=lost)
            if item.packet.payload:
                samples = self._decoder.decode(bytes(item.packet.payload))
                if samples is None:
                    self.decode_failures += 1
                    missed_ms += SOUND_FRAME_MS
                else:
                    self.frames += 1
                self._observer.sound(self.slot, samples, now_ms)
            self._note(self.slot, now_ms, missed_ms)


@dataclass(slots=True)
class Playback:
    """All slots of a point. `send_rtcp` is set by whoever holds the session.

    Args:
        hand_on: gets everything received, decrypted.
        observer: looks at what was decoded.
        hand_on_report: gets what the relay reports of the streams, by slot.
        note_sound: told of each frame of sound.
        steady_s: a clock that never leaps.
    """

    wall_ms: WallMs
    hand_on: SlotSink
    observer: Observer = field(default_factory=Unobserved)
    hand_on_report: ReportSink = lambda slot, report: None
    note_sound: SoundNote = _unnoted
    steady_s: Callable[[], float] = time.monotonic
    videos: dict[str, VideoSlot] = field(default_factory=dict)
    sounds: dict[str, SoundSlot] = field(default_factory=dict)
    send_rtcp: SendRtcp | None = None
    own_ssrc: int = 1
    round_trip_ms: float = 0.0
    is_told_empty: bool = False  # by this session's relay, of any slot
    _streams: dict[int, _Stream] = field(default_factory=dict)
    _repairs: dict[int, int] = field(default_factory=dict)
    feedback_every_ms: float = FEEDBACK_MS
    _arrivals: ArrivalLog = field(default_factory=ArrivalLog)
    _told_at_ms: int = 0
    _held: HeldBack | None = None

    def _steady_ms(self) -> int:
        return int(1000 * self.steady_s())

    def renew(self, streams: Iterable[IncomingStream]) -> None:
        """Take over the streams of a new session; what the slots have seen is kept."""
        self._streams.clear()
        self._held = None
        self.is_told_empty = False
        streams = tuple(streams)
        self._repairs = {one.repair_ssrc: one.ssrc for one in streams if one.repair_ssrc}
        self._arrivals = ArrivalLog()
        for stream in streams:
            is_video = stream.kind == "video"
            patience = VIDEO_PATIENCE_MS if is_video else SOUND_PATIENCE_MS
            self._streams[stream.ssrc] = _Stream(
                stream.slot, Reception(stream.ssrc, CLOCK_HZ[stream.kind]), JitterBuffer(patience)
            )
            if is_video:
                if stream.slot not in self.videos:
                    self.videos[stream.slot] = VideoSlot(stream.slot, self.observer, self.wall_ms)
                self.videos[stream.slot].renew()
            else:
                if stream.slot not in self.sounds:
                    self.sounds[stream.slot] = SoundSlot(
                        stream.slot, self.observer, self.wall_ms, self.note_sound
                    )
                self.sounds[stream.slot].flow.renew()

    def showing(self, now_ms: int) -> list[str]:
        """Return the slots that have pictures now (ms since the epoch), whatever is on them."""
        return [
            slot
            for slot, video in self.videos.items()
            if (ms := video.flow.silent_ms(now_ms)) is not None and 0 <= ms < SHOWING_MS
        ]

    def heard(self, now_ms: int) -> frozenset[str]:
        """Return the slots of which sound comes now (ms since the epoch)."""
        return frozenset(
            slot for slot, sound in self.sounds.items() if 0 <= now_ms - sound.last_ms < SHOWING_MS
        )

    def held_back(self, now_ms: int) -> HeldBack | None:
        """Return what the relay holds back (ms since the epoch); None: nothing it says."""
        return self._held if self._held is not None and self._held.holds(now_ms) else None

    def receptions(self) -> dict[str, Reception]:
        """Return what arrived of each slot's present stream."""
        return {stream.slot: stream.reception for stream in self._streams.values()}

    def take_rtp(self, data: bytes) -> None:
        """Take a decrypted packet."""
        try:
            packet = rtp.parse(data)
        except MalformedPacket:
            return
        number = packet.extensions.get(TRANSPORT_CC_ID)
        if number is not None and len(number) == 2:
            self._arrivals.received(int.from_bytes(number), now=self.steady_s())
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            again = resent(packet, self._repairs, lambda ssrc: self._streams[ssrc].order)
            if again is not None:
                self.take_rtp(again)
            return
        now_ms = self._steady_ms()
        stream.reception.received(
            packet.sequence_number, packet.timestamp, now=now_ms / 1000, size=len(data)
        )
        stream.is_redundant = packet.payload_type == RED_PAYLOAD_TYPE
        if stream.is_redundant:
            self._open(stream, packet, now_ms)
        else:
            self._take(stream, packet, data, now_ms)

    def _open(self, stream: _Stream, packet: rtp.RtpPacket, now_ms: int) -> None:
        """Take what a packet of several sounds has that is new."""
        try:
            *earlier, own = red.opened(packet)
        except MalformedPacket:
            return
        for one in (*(one for one in earlier if stream.order.lacks(one.sequence_number)), own):
            self._take(stream, one, rtp.rebuilt(one), now_ms)

    def _take(self, stream: _Stream, packet: rtp.RtpPacket, data: bytes, now_ms: int) -> None:
        self.hand_on(stream.slot, data)
        self._deliver(stream, stream.order.push(packet.sequence_number, packet, now_ms))

    def take_rtcp(self, compound: list[rtcp.RtcpPacket]) -> None:
        """Take what the relay reports about its streams."""
        for packet in compound:
            if isinstance(packet, rtcp.EmptySlots):
                self._empty(packet.media_ssrcs)
            if isinstance(packet, rtcp.LessSent) and packet.rung in list(Rung):
                slots = (s.slot for ssrc in packet.media_ssrcs if (s := self._streams.get(ssrc)))
                self._held = HeldBack(
                    Rung(packet.rung), packet.is_by_load, tuple(slots), int(self.wall_ms())
                )
            if isinstance(packet, rtcp.SenderReport) and packet.ssrc in self._streams:
                stream = self._streams[packet.ssrc]
                stream.reception.reported(packet, now=self._steady_ms() / 1000)
                self.hand_on_report(stream.slot, packet)

    def _empty(self, ssrcs: Iterable[int]) -> None:
        """Show nothing in these streams' slots, nor what is held back of them."""
        self.is_told_empty = True
        for ssrc in ssrcs:
            stream = self._streams.get(ssrc)
            video = self.videos.get(stream.slot) if stream else None
            if stream is None or video is None:
                continue
            silent_ms = video.flow.silent_ms(int(self.wall_ms()))
            if silent_ms is not None:
                stream.order = JitterBuffer(stream.order.patience_ms)
                video.renew()
                video.emptied(int(self.wall_ms()))

    def tick(self) -> None:
        """Give up old gaps, ask for what is missing; call it every 20 ms or so."""
        now_ms = self._steady_ms()
        if now_ms - self._told_at_ms >= self.feedback_every_ms:
            self._told_at_ms = now_ms
            feedback = self._arrivals.feedback(
                ssrc=self.own_ssrc, media_ssrc=next(iter(self._streams), 0)
            )
            if feedback is not None:
                self._send(feedback)
        for ssrc, stream in self._streams.items():
            self._fit_to_line(stream)
            self._deliver(stream, stream.order.expire(now_ms))
            missing = stream.order.missing.due(now_ms=now_ms, round_trip_ms=self.round_trip_ms)
            if missing:
                self._send(rtcp.build_nack(rtcp.Nack(self.own_ssrc, ssrc, tuple(missing))))
            video = self.videos.get(stream.slot)
            if video and stream.reception.packets and video.wants_keyframe(now_ms):
                self._send(rtcp.build_pli(rtcp.Pli(self.own_ssrc, ssrc)))

    def fit_feedback(self, uplink_bps: float) -> None:
        """Feed back as often as the line upwards allows."""
        fitting_ms = 1000 * FEEDBACK_BITS / (FEEDBACK_SHARE * uplink_bps)
        self.feedback_every_ms = min(max(fitting_ms, FEEDBACK_MS), MAX_FEEDBACK_MS)

    def report(self) -> None:
        """Tell the relay what arrived; call it once a second.

        Also where nothing has (RFC 3550, section 6.4.2): the relay sees by it where we are.
        """
        now_s = self._steady_ms() / 1000
        blocks = tuple(s.reception.block(now=now_s) for s in self._streams.values())
        heard_of = tuple(block for block in blocks if block.highest_sequence)
        self._send(rtcp.build_receiver_report(rtcp.ReceiverReport(self.own_ssrc, heard_of)))

    def want_keyframe(self, slot: str) -> None:
        """Ask the relay for a keyframe of a slot, for somebody who plays from us."""
        for ssrc, stream in self._streams.items():
            if stream.slot == slot:
                self._send(rtcp.build_pli(rtcp.Pli(self.own_ssrc, ssrc)))

    def _fit_to_line(self, stream: _Stream) -> None:
        """Wait as long as an answer takes.

        Whose answer: the relay's, or that of a sender who lost it on the way to the relay.
        What comes later than it is any use (sound), or does not come, is not waited for at all.
        A picture waits for the last answer: the keyframe that would be asked for in its place
        comes later than that, and is as likely to lose a packet.
        """
        is_video = stream.slot in self.videos
        least, most = (
            (VIDEO_PATIENCE_MS, MAX_VIDEO_PATIENCE_MS)
            if is_video
            else (SOUND_PATIENCE_MS, MAX_SOUND_PATIENCE_MS)
        )
        late_ms = 1.25 * stream.order.lateness_ms + 50
        if is_video:
            own_ms = stream.order.missing.answered_ms(round_trip_ms=self.round_trip_ms)
        else:
            own_ms = 0 if stream.is_redundant else 1.25 * self.round_trip_ms + 50
        wanted_ms = max(ms if is_video or ms <= most else 0 for ms in (own_ms, late_ms))
        stream.order.patience_ms = int(min(most, max(least, wanted_ms)))

    def _deliver(self, stream: _Stream, released: list[Released[rtp.RtpPacket]]) -> None:
        if not released:
            return
        video = self.videos.get(stream.slot)
        if video is not None:
            video.push(released)
        else:
            self.sounds[stream.slot].push(released)

    def _send(self, packet: bytes) -> None:
        if self.send_rtcp is not None:
            self.send_rtcp(packet)
