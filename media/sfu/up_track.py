"""A track: one stream of a source, from wherever it comes to the slots that show it."""

import time
from collections.abc import Callable, Sequence

import structlog

from media.errors import MalformedPacket
from media.sfu.down_track import DownTrack
from media.sfu.fanout import Fanout
from media.sfu.ingress import IngressLimit, is_oversized
from media.sfu.keyframes import KeyframeRequests
from media.sfu.receive_stream import ReceiveStream
from media.wire import rtp
from media.wire.media_packet import MediaPacket
from media.wire.sdp import Kind
from runtime.guard import FAILURES

_log = structlog.get_logger()

KeyframeWanted = Callable[[], None]
PacketsMissing = Callable[[Sequence[int]], None]
TrackFailed = Callable[[Exception], None]


def note_failure(exc: Exception) -> None:
    """Count a track's failure; one of this process' own goes on with its next packet."""
    FAILURES.note("track", exc)


class UpTrack:
    """One video or one sound of a source."""

    def __init__(
        self,
        source: str,
        kind: Kind,
        fanout: Fanout,
        *,
        on_keyframe_wanted: KeyframeWanted,
        on_missing: PacketsMissing,
        on_failed: TrackFailed,
        on_closed: Callable[["UpTrack"], None],
        on_revived: Callable[[], None],
        limit: IngressLimit | None = None,
    ) -> None:
        self.source = source
        self.kind = kind
        self.intake = ReceiveStream(kind)
        self.malformed_total = 0
        self.is_closed = False
        self.failed = on_failed
        self._fanout = fanout
        self._on_keyframe_wanted = on_keyframe_wanted
        self._on_missing = on_missing
        self._on_closed = on_closed
        self._on_revived = on_revived
        self._limit = limit
        self._is_excess_told = False
        self._is_revived = False
        self._gate = KeyframeRequests()
        self._outs: list[DownTrack] = []
        self._waiting: list[DownTrack] = []
        self._pending: list[MediaPacket] = []
        self._turn = 0

    def inject(self, packet: bytes, *, is_last: bool | None = None) -> None:
        """Forward one plain RTP packet of a source in this process.

        Args:
            is_last: send what has gathered now; by default with a frame's marker, and
                at each packet of sound. A packet that cannot be read is counted only.
        """
        now = time.monotonic()
        try:
            parsed = rtp.parse(packet)
            self.receive(parsed, now=now)
        except MalformedPacket:
            self.malformed_total += 1
            return
        if is_last if is_last is not None else (parsed.is_marked or self.kind == "audio"):
            self.flush(now=now)

    def receive(self, packet: rtp.RtpPacket, *, now: float) -> None:
        """Take a packet; `flush` sends it on.

        Raises:
            MalformedPacket: it is video and no VP8.
        """
        if self._limit is None:
            if is_oversized(packet):
                self._fanout.counters.oversized_total += 1
                return
        elif not self._passes(self._limit, packet, now=now):
            return
        was_alive = self.intake.is_alive(now=now)
        kept, is_new = self.intake.take(packet, now=now)
        if kept is None:
            return
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
        outs, self._outs = self._outs, []
        self._waiting += [out for out in outs if out.interrupted(self)]
        self.want_keyframe(now=now, is_urgent=True)

    def flush(self, *, now: float) -> None:
        """Send what has gathered to every slot that shows this track."""
        packets = self._pending
        if not packets:
            return
        if self._is_revived:
            # Whoever should see it starts with these packets: the first may be the keyframe.
            self._is_revived = False
            self._on_revived()
        self._pending = []
        if self.kind == "audio":
            self._start_waiting(packets, now=now)
        elif any(packet.is_keyframe for packet in packets):
            self._gate.arrived()
            self._start_waiting(_from_keyframe(packets), now=now)
        outs = self._outs
        if not outs:
            return
        self._turn = (self._turn + 1) % len(outs)
        send = self._fanout.send
        # Each burst begins with another subscriber, so that none is always the last.
        for out in (*outs[self._turn :], *outs[: self._turn]):
            try:
                send(out, packets, now=now)
            except Exception as exc:  # noqa: BLE001 - one subscriber's failure is its own
                out.peer.fail(exc)

    def _start_waiting(self, packets: Sequence[MediaPacket], *, now: float) -> None:
        for out in self._waiting:
            out.began(self, packets[0], now=now)
        self._outs += self._waiting
        self._waiting = []

    def add_waiting(self, out: DownTrack, *, now: float, is_urgent: bool) -> None:
        """Start a slot at the next packet it can start with."""
        self._waiting.append(out)
        if not any(packet.is_keyframe for packet in self._pending):
            self.want_keyframe(now=now, is_urgent=is_urgent)

    def remove_waiting(self, out: DownTrack) -> None:
        """Forget a slot that waited."""
        self._waiting = [known for known in self._waiting if known is not out]

    def remove(self, out: DownTrack) -> None:
        """Forget a slot that showed this track."""
        self._outs = [known for known in self._outs if known is not out]

    def want_keyframe(self, *, now: float, is_urgent: bool = False) -> None:
        """Ask the source for a keyframe, as soon as it may be asked."""
        if self.kind == "video" and self._gate.want(now=now, is_urgent=is_urgent):
            self._on_keyframe_wanted()

    def tick(self, *, now: float) -> None:
        """Ask again for what was asked and has not come, and hold nothing back.

        A frame whose last packet was lost would otherwise wait for the next one's.
        """
        self.flush(now=now)
        for out in self._waiting:
            self._fanout.counters.changes_overdue_total += out.overdue(now=now)
        if self._gate.due(now=now):
            self._on_keyframe_wanted()
        missing = self.intake.missing.due(now_ms=now * 1000)
        if missing:
            self._on_missing(missing)

    def is_alive(self, *, now: float) -> bool:
        """Return whether it can be shown."""
        return not self.is_closed and self.intake.is_alive(now=now)

    def close(self) -> None:
        """End the track: its slots are empty from now on."""
        if self.is_closed:
            return
        self.is_closed = True
        for out in (*self._outs, *self._waiting):
            out.lost(self)
        self._outs, self._waiting, self._pending = [], [], []
        self._on_closed(self)


def _from_keyframe(packets: Sequence[MediaPacket]) -> Sequence[MediaPacket]:
    for index, packet in enumerate(packets):
        if packet.is_keyframe:
            return packets[index:]
    return packets
