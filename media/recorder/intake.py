"""What a recorder receives: every slot put in order, whole frames out, nothing decoded.

It waits longer than a screen does: a packet that comes a second late is as good here.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media.client.assembly import Assembly
from media.client.jitter_buffer import JitterBuffer, Released
from media.client.resent import resent
from media.errors import MalformedPacket
from media.recorder.track_clock import RelayClock, TrackClock
from media.transport.leg import Leg
from media.wire import rtcp, rtp
from media.wire.picture_size import is_too_large
from media.wire.reception import Reception
from media.wire.rtp import CLOCK_HZ
from media.wire.sdp import Kind, SessionDescription
from media.wire.sdp_offer import (
    TRANSPORT_CC_ID,
    IncomingStream,
    Own,
    incoming_of,
    playing,
)
from media.wire.twcc import ArrivalLog
from media.wire.video_codec import OWN_CODECS, CodecName, announced_by, usual

VIDEO_PATIENCE_MS, SOUND_PATIENCE_MS = 1_500, 500
KEYFRAME_PAUSE_MS = 500
FEEDBACK_MS = 50
OWN_SSRC = 1


@dataclass(frozen=True, slots=True)
class SlotFrame:
    """A whole picture or sound of a slot; `at_ms` since the recording began."""

    slot: str
    kind: Kind
    at_ms: int
    data: bytes
    codec: CodecName


Taken = Callable[[SlotFrame], None]


@dataclass(frozen=True, slots=True)
class _Arrived:
    packet: rtp.RtpPacket
    at_ms: float


@dataclass(slots=True)
class _Slot:
    """One stream of one session."""

    incoming: IncomingStream
    clock: TrackClock
    reception: Reception
    order: JitterBuffer[_Arrived]
    frames: Assembly
    asked_at_ms: float = 0.0


class SlotIntake:
    """The slots of one meeting (a SessionUser). Call `tick` every 20 ms, `report` every second."""

    def __init__(self, take: Taken) -> None:
        self.round_trip_ms = 0.0
        self._take = take
        self._leg: Leg | None = None
        self._relay_clock = RelayClock()
        self._clocks: dict[str, TrackClock] = {}
        self._slots: dict[int, _Slot] = {}
        self._repairs: dict[int, int] = {}
        self._arrivals = ArrivalLog()
        self._told_at_ms = 0.0
        self._began_s = time.monotonic()

    def now_ms(self) -> float:
        """Return the time since the recording began."""
        return (time.monotonic() - self._began_s) * 1000

    def offer(self, own: Own) -> SessionDescription:
        """Return the offer to receive every slot."""
        return playing(own)

    def opened(self, leg: Leg, answer: SessionDescription) -> None:
        """Expect the streams of this session; what still waited of the last is taken."""
        self._flush()
        self._slots.clear()
        self._arrivals = ArrivalLog()
        incoming = incoming_of(answer)
        self._repairs = {one.repair_ssrc: one.ssrc for one in incoming if one.repair_ssrc}
        for one in incoming:
            clock = self._clocks.setdefault(one.slot, TrackClock(one.kind, self._relay_clock))
            clock.renew()
            patience = VIDEO_PATIENCE_MS if one.kind == "video" else SOUND_PATIENCE_MS
            reception = Reception(one.ssrc, CLOCK_HZ[one.kind])
            self._slots[one.ssrc] = _Slot(one, clock, reception, JitterBuffer(patience), Assembly())

    @property
    def incoming(self) -> list[IncomingStream]:
        """The streams of this session."""
        return [slot.incoming for slot in self._slots.values()]

    def begin_anew(self) -> None:
        """Give pictures from their next keyframes on, which are asked for."""
        for slot in self._slots.values():
            slot.frames = Assembly(slot.frames.codec)

    def up(self, leg: Leg) -> None:
        """Ask through this leg."""
        self._leg = leg

    def lost(self, leg: Leg) -> None:
        """Ask nothing."""
        if self._leg is leg:
            self._leg = None

    def moved(self, is_sure: bool) -> None:
        """Report what arrived."""
        self.report()

    def take_rtp(self, packet: bytes) -> None:
        """Take a packet of a slot."""
        try:
            parsed = rtp.parse(packet)
        except MalformedPacket:
            return
        now_ms = self.now_ms()
        number = parsed.extensions.get(TRANSPORT_CC_ID)
        if number is not None and len(number) == 2:
            self._arrivals.received(int.from_bytes(number), now=now_ms / 1000)
        slot = self._slots.get(parsed.ssrc)
        if slot is None:
            again = resent(parsed, self._repairs, lambda ssrc: self._slots[ssrc].order)
            if again is not None:
                self.take_rtp(again)
            return
        slot.reception.received(
            parsed.sequence_number, parsed.timestamp, now=now_ms / 1000, size=len(packet)
        )
        arrived = _Arrived(parsed, now_ms)
        self._deliver(slot, slot.order.push(parsed.sequence_number, arrived, int(now_ms)))

    def take_rtcp_bytes(self, compound: bytes) -> None:
        """Take the relay's reports."""
        try:
            packets = rtcp.parse(compound)
        except MalformedPacket:
            return  # one bad report costs nothing but itself
        now_ms = self.now_ms()
        for packet in packets:
            if isinstance(packet, rtcp.SenderReport) and packet.ssrc in self._slots:
                slot = self._slots[packet.ssrc]
                slot.reception.reported(packet, now=now_ms / 1000)
                slot.clock.reported(packet.rtp_timestamp, packet.ntp, arrived_ms=now_ms)

    def tick(self) -> None:
        """Give up old gaps, ask for what is missing."""
        now_ms = self.now_ms()
        if self._leg is not None and self._leg.rtt_ms is not None:
            self.round_trip_ms = self._leg.rtt_ms
        self._tell_arrivals(now_ms)
        for ssrc, slot in self._slots.items():
            self._deliver(slot, slot.order.expire(int(now_ms)))
            missing = slot.order.missing.due(now_ms=now_ms, round_trip_ms=self.round_trip_ms)
            if missing:
                self._send(rtcp.build_nack(rtcp.Nack(OWN_SSRC, ssrc, tuple(missing))))
            is_video = slot.incoming.kind == "video"
            is_due = now_ms - slot.asked_at_ms >= KEYFRAME_PAUSE_MS
            if is_video and slot.reception.packets and slot.frames.needs_keyframe and is_due:
                slot.asked_at_ms = now_ms
                self._send(rtcp.build_pli(rtcp.Pli(OWN_SSRC, ssrc)))

    def _tell_arrivals(self, now_ms: float) -> None:
        """Tell when packets came: without that the relay would take our line for a thin one."""
        if now_ms - self._told_at_ms < FEEDBACK_MS:
            return
        self._told_at_ms = now_ms
        told = self._arrivals.feedback(ssrc=OWN_SSRC, media_ssrc=next(iter(self._slots), 0))
        if told is not None:
            self._send(told)

    def report(self) -> None:
        """Tell the relay what arrived."""
        now_s = self.now_ms() / 1000
        blocks = (slot.reception.block(now=now_s) for slot in self._slots.values())
        heard_of = tuple(block for block in blocks if block.highest_sequence)
        self._send(rtcp.build_receiver_report(rtcp.ReceiverReport(OWN_SSRC, heard_of)))

    def _flush(self) -> None:
        for slot in self._slots.values():
            self._deliver(slot, slot.order.expire(int(self.now_ms()) + VIDEO_PATIENCE_MS))

    def _deliver(self, slot: _Slot, released: Iterable[Released[_Arrived]]) -> None:
        for item in released:
            packet, arrived_ms = item.packet.packet, item.packet.at_ms
            codec = OWN_CODECS.get(packet.payload_type, usual(slot.incoming.kind))
            if slot.incoming.kind == "audio":
                frame: bytes | None = bytes(packet.payload)
            else:
                frame = self._picture(slot, item, codec)
            if frame:
                at_ms = slot.clock.at_ms(packet.timestamp, arrived_ms=arrived_ms)
                self._take(SlotFrame(slot.incoming.slot, slot.incoming.kind, at_ms, frame, codec))

    def _picture(self, slot: _Slot, item: Released[_Arrived], codec: CodecName) -> bytes | None:
        if codec != slot.frames.codec:
            slot.frames = Assembly(codec)
        frame = slot.frames.push(item.packet.packet, item.lost_before)
        if frame is None or not _is_refused(frame, codec):
            return frame
        slot.frames = Assembly(codec)
        return None

    def _send(self, packet: bytes) -> None:
        if self._leg is not None:
            self._leg.send_rtcp(packet)


def _is_refused(frame: bytes, codec: CodecName) -> bool:
    """Return whether nobody should have to decode it: a few bytes may claim gigabytes."""
    try:
        size = announced_by(frame, codec)
    except MalformedPacket:
        return True
    return size is not None and is_too_large(*size)
