"""An encoding: one stream of a track, from wherever it comes to the slots that show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from media.sfu.audience import Audience
from media.sfu.demand import Ask, Demand
from media.sfu.down_track import DownTrack
from media.sfu.fanout import Fanout
from media.sfu.ingress import IngressLimit, is_oversized
from media.sfu.keyframes import KeyframeRequests
from media.sfu.rate_meter import RateMeter
from media.sfu.receive_stream import ReceiveStream
from media.sfu.sizes import Size, wish_of
from media.wire import rtp
from media.wire.media_packet import MediaPacket, evened
from media.wire.sdp import Kind
from media.wire.video_codec import OWN_CODECS, CodecName
from runtime.guard import FAILURES, guarded

# How long a small size may take to come where the large one is let go for it.
SMALLER_LIMIT_S = 6.0
_log = structlog.get_logger()


def note_failure(exc: Exception) -> None:
    """Count a track's failure; one of this process' own goes on with its next packet."""
    FAILURES.note("track", exc)


@dataclass(frozen=True, slots=True)
class Upstream:
    """Who sends a track: what they are asked, by the stream's SSRC, and what ends them."""

    want_keyframe: Callable[[int], None]
    send_again: Callable[[int, Sequence[int]], None]
    fail: Callable[[Exception], None] = note_failure
    # Of a sender who can be asked to pause: how, and whether he is heard at all.
    ask: Callable[[int, Ask], None] | None = None
    is_heard: Callable[[float], bool] = lambda now: True


class MediaSink(Protocol):
    """What takes a source's packets within this process, such as a point's uplink."""

    def __call__(self, encoding: "Encoding", packets: Sequence[MediaPacket], *, now: float) -> None:
        """Take packets of one encoding in the order in which they came."""


class Encoding:
    """One size of a video, or one sound: its stream, its limit, and the slots that are with it.

    A slot shows an encoding or waits for its next keyframe. Two encodings of a track know
    nothing of each other.

    Args:
        is_paused: its sender sends it once he is asked, and not before.
    """

    def __init__(
        self,
        source: str,
        kind: Kind,
        fanout: Fanout,
        upstream: Upstream,
        *,
        on_revived: Callable[[], None],
        size: Size = Size.HIGH,
        limit: IngressLimit | None = None,
        sinks: Sequence[MediaSink] = (),
        codecs: Mapping[int, CodecName] = OWN_CODECS,
        is_paused: bool = False,
    ) -> None:
        self.source = source
        self.kind = kind
        self.size = size
        self.upstream = upstream
        self.intake = ReceiveStream(kind, codecs, fanout.counters)
        self.keyframes = 0
        self.keyframe_at = float("-inf")  # when the last one began to come
        self._meter = RateMeter()
        self._fanout = fanout
        self._on_revived = on_revived
        self._limit = limit
        self._sinks = sinks
        self._is_excess_told = False
        self._is_revived = False
        self._requests = KeyframeRequests()
        self._demand = Demand(is_paused=is_paused)
        self.smaller: Encoding | None = None  # of the same camera
        self._shown_large_at = float("-inf")
        self._outs: list[DownTrack] = []
        self._audience = Audience()
        self._waiting: list[DownTrack] = []
        self._pending: list[MediaPacket] = []

    @property
    def bps(self) -> float | None:
        """What it measures in bits per second; None: not known."""
        return self._meter.bps

    @property
    def largest_bytes(self) -> float:
        """What its largest frame of late took: a keyframe."""
        return self._meter.largest_bytes

    def receive(self, packet: rtp.RtpPacket, *, now: float) -> None:
        """Take a packet; `flush` sends it on.

        Raises:
            MalformedPacket: it is video, and none of its codec.
        """
        if self._limit is None:
            if is_oversized(packet):
                self._fanout.counters.oversized_total += 1
                return
        elif not self._passes(self._limit, packet, now=now):
            return
        was_alive = self.intake.is_alive(now=now)
        kept, is_new = self.intake.accept(packet, now=now)
        if kept is None:
            return
        self._meter.add(rtp.HEADER_SIZE + len(kept.payload), kept.timestamp)
        self._is_revived = self._is_revived or not was_alive
        if is_new:
            self._restart(now=now)
        self._pending.append(kept)

    def _passes(self, limit: IngressLimit, packet: rtp.RtpPacket, *, now: float) -> bool:
        was_held = limit.is_held
        if limit.passes(packet, now=now):
            return True
        self.intake.pass_over(packet, now=now)
        if limit.is_held and not was_held:
            self._restart(now=now)  # every slot waits for the keyframe that ends it
        if not self._is_excess_told:
            self._is_excess_told = True
            _log.warning(
                "publisher_beyond_limit",
                source=self.source,
                kind=self.kind,
                payload_bytes=len(packet.payload),
            )
        return False

    def _restart(self, *, now: float) -> None:
        self._pending.clear()
        outs = self._outs
        self._show_to([])
        self._waiting += [out for out in outs if out.interrupted(self)]
        self.want_keyframe(now=now, is_urgent=True)

    def flush(self, *, now: float) -> None:
        """Send what has gathered to every slot that shows this encoding."""
        packets = self._pending
        if not packets:
            return
        if self._is_revived:
            # Whoever should see it starts with these packets: the first may be the keyframe.
            self._is_revived = False
            self._on_revived()
        self._pending = []
        if self.kind == "video":
            evened(packets)
        if self.kind == "audio":
            self._start_waiting(packets, now=now)
        elif any(packet.is_keyframe for packet in packets):
            self._requests.arrived()
            self.keyframes += 1
            self.keyframe_at = now
            self._fanout.counters.keyframes_total += 1
            self._start_waiting(_from_keyframe(packets), now=now)
        for sink in self._sinks:
            with guarded("sink", source=self.source):
                sink(self, packets, now=now)
        if self._outs:
            self._fanout.send_round(self._audience, packets, now=now)

    def _show_to(self, outs: list[DownTrack]) -> None:
        self._outs, self._audience = outs, Audience(outs)
        self._fanout.ways.changed()

    def _start_waiting(self, packets: Sequence[MediaPacket], *, now: float) -> None:
        for out in self._waiting:
            out.began(self, packets[0], now=now)
        if self._waiting:
            self._show_to([*self._outs, *self._waiting])
        self._waiting = []

    def add_waiting(self, out: DownTrack, *, now: float, is_urgent: bool) -> None:
        """Start a slot at the next packet it can start with."""
        self._waiting.append(out)
        self._look(now=now)
        if not any(packet.is_keyframe for packet in self._pending):
            self.want_keyframe(now=now, is_urgent=is_urgent)

    def remove_waiting(self, out: DownTrack) -> None:
        """Forget a slot that waited."""
        self._waiting = [known for known in self._waiting if known is not out]

    def remove(self, out: DownTrack) -> None:
        """Forget a slot that showed this encoding."""
        self._show_to([known for known in self._outs if known is not out])

    def is_available(self, *, now: float) -> bool:
        """Return whether it can be shown: it comes, or comes when it is asked for."""
        if self.intake.is_alive(now=now):
            return True
        return self._demand.is_expected and self.upstream.is_heard(now)

    def _look(self, *, now: float) -> None:
        """Have it sent while some slot is with it, where its sender can be asked."""
        if self.upstream.ask is None or self.kind != "video":
            return
        ask = self._demand.look(
            is_wanted=self._is_wanted(now),
            received_at=self.intake.received_at,
            is_alive=self.intake.is_alive(now=now),
            now=now,
        )
        if ask is not None:
            self.intake.pictures.renew()
            self.upstream.ask(self.intake.ssrc, ask)

    def _is_wanted(self, now: float) -> bool:
        """Whether slots need it: none that would rather have the smaller, while that may come.

        A metered uplink carries one size at a time, so that the smaller comes once this one goes.
        """
        outs = (*self._outs, *self._waiting)
        if any(wish_of(out.slot) >= self.size for out in outs):
            self._shown_large_at = now
            return True
        has_smaller = self.smaller is not None and self.smaller.intake.received_at > 0
        return bool(outs) and not (has_smaller and now - self._shown_large_at <= SMALLER_LIMIT_S)

    def want_keyframe(self, *, now: float, is_urgent: bool = False) -> None:
        """Ask the source for a keyframe, as soon as it may be asked."""
        if self.kind == "video" and self._requests.want(now=now, is_urgent=is_urgent):
            self._ask_for_keyframe()

    def _ask_for_keyframe(self) -> None:
        self._fanout.counters.keyframes_asked_total += 1
        self.upstream.want_keyframe(self.intake.ssrc)

    def tick(self, *, now: float) -> None:
        """Ask again for what was asked and has not come, and hold nothing back.

        A frame whose last packet was lost would otherwise wait for the next one's.
        """
        self.flush(now=now)
        self._look(now=now)
        self._meter.sample(now=now)
        for out in self._waiting:
            self._fanout.counters.changes_overdue_total += out.overdue(now=now)
        if self._requests.due(now=now):
            self._ask_for_keyframe()
        missing = self.intake.missing.due(now_ms=now * 1000)
        if missing:
            self.upstream.send_again(self.intake.ssrc, missing)

    def close(self) -> None:
        """Leave every slot that shows it or waits for it."""
        for out in (*self._outs, *self._waiting):
            out.lost(self)
        self._show_to([])
        self._waiting, self._pending = [], []


def _from_keyframe(packets: Sequence[MediaPacket]) -> Sequence[MediaPacket]:
    for index, packet in enumerate(packets):
        if packet.is_keyframe:
            return packets[index:]
    return packets
