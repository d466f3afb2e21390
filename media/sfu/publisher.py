"""A publisher's session: its packets to tracks, and our feedback to it."""

import secrets
from collections.abc import Callable, Sequence

from media.sfu.ingress import IngressLimit
from media.sfu.router import Source
from media.sfu.session import Quality, SessionInfo
from media.sfu.up_track import UpTrack
from media.transport.peer import Peer
from media.wire import rtcp, rtp
from media.wire.sdp import MID, TRANSPORT_CC
from media.wire.sdp_answer import Line, Rates
from media.wire.twcc import ArrivalLog

REPORT_INTERVAL_S = 1.0
STREAMS_PER_LINE = 8  # a camera that is changed, or encodings that nobody asked for


class Publisher:
    """One WHIP session. Packets of unknown streams and types are counted and dropped."""

    def __init__(self, info: SessionInfo, source: Source, rates: Rates) -> None:
        self.info = info
        self.quality = Quality()
        self.is_connected = False
        self.was_connected = False
        self.on_dirty: Callable[[UpTrack], None] = lambda track: None
        self.on_connected: Callable[[Publisher], None] = lambda session: None
        self.on_closed: Callable[[Publisher, str], None] = lambda session, reason: None
        self._source = source
        self._rates = rates
        self._ssrc = secrets.randbits(32)
        self._cname = secrets.token_hex(6)
        self._peer: Peer | None = None
        self._lines: dict[str, Line] = {}
        self._tracks: dict[str, UpTrack] = {}
        self._by_ssrc: dict[int, tuple[UpTrack, int]] = {}
        self._mid_id: int | None = None
        self._transport_cc_id: int | None = None
        self._arrivals = ArrivalLog()
        self._reported_at = 0.0

    def accept(self, peer: Peer, lines: dict[str, Line]) -> None:
        """Take the peer and the m-lines that were agreed on."""
        self._peer = peer
        peer.media.max_streams = STREAMS_PER_LINE * len(lines)
        self._lines = lines
        for mid, line in lines.items():
            media = line.media
            self._mid_id = media.extension_id(MID) or self._mid_id
            if "transport-cc" in line.codec.feedback:
                self._transport_cc_id = media.extension_id(TRANSPORT_CC) or self._transport_cc_id
            self._tracks[mid] = self._new_track(mid, line)
            for known in media.ssrcs[:1]:
                self._by_ssrc[known.ssrc] = (self._tracks[mid], line.codec.payload_type)

    def _new_track(self, mid: str, line: Line) -> UpTrack:
        def keyframe_wanted() -> None:
            ssrc = self._tracks[mid].intake.ssrc
            self._send(rtcp.build_pli(rtcp.Pli(self._ssrc, ssrc)))

        def missing(numbers: Sequence[int]) -> None:
            if "nack" in line.codec.feedback:
                ssrc = self._tracks[mid].intake.ssrc
                self._send(rtcp.build_nack(rtcp.Nack(self._ssrc, ssrc, tuple(numbers))))

        return self._source.inject_track(
            line.media.kind,
            on_keyframe_wanted=keyframe_wanted,
            on_missing=missing,
            on_failed=lambda exc: self.peer.fail(exc),
            limit=IngressLimit(line.media.kind, self._rates, self._source.counters),
        )

    @property
    def peer(self) -> Peer:
        """Its transport.

        Raises:
            LookupError: before `accept`.
        """
        if self._peer is None:
            raise LookupError("the session has no transport yet")
        return self._peer

    def _send(self, compound: bytes) -> None:
        if self._peer is not None:
            self._peer.send_rtcp(compound)

    # What the transport calls (PeerHandler).

    def peer_connected(self, peer: Peer) -> None:
        """DTLS is up."""
        self.is_connected = self.was_connected = True
        self.on_connected(self)

    def peer_closed(self, peer: Peer, reason: str) -> None:
        """The peer is gone: its tracks end now."""
        self.is_connected = False
        try:
            for track in self._tracks.values():
                track.close()
        finally:  # the engine forgets the session whatever comes
            self.on_closed(self, reason)

    def rtp_received(self, peer: Peer, packet: memoryview, now: float) -> None:
        """Give a packet to its track."""
        parsed = rtp.parse(packet)
        found = self._by_ssrc.get(parsed.ssrc) or self._route(parsed)
        if self._transport_cc_id is not None:
            number = parsed.extensions.get(self._transport_cc_id)
            if number is not None and len(number) >= 2:
                self._arrivals.received(int.from_bytes(number[:2]), now=now)
        if found is None or found[1] != parsed.payload_type:
            self._source.counters.unrouted_total += 1
            return
        found[0].receive(parsed, now=now)
        self.on_dirty(found[0])

    def _route(self, packet: rtp.RtpPacket) -> tuple[UpTrack, int] | None:
        """Find the track of a new SSRC: by mid, else by its payload type (RFC 8843, 9.2)."""
        mid = packet.extensions.get(self._mid_id or 0, b"").decode("ascii", "replace")
        line = self._lines.get(mid)
        if line is None:
            fitting = [
                known
                for known, candidate in self._lines.items()
                if candidate.codec.payload_type == packet.payload_type
            ]
            if len(fitting) != 1:
                return None
            mid, line = fitting[0], self._lines[fitting[0]]
        if packet.payload_type != line.codec.payload_type:
            return None
        track = self._tracks[mid]
        self._by_ssrc = {s: entry for s, entry in self._by_ssrc.items() if entry[0] is not track}
        self._by_ssrc[packet.ssrc] = (track, line.codec.payload_type)
        return self._by_ssrc[packet.ssrc]

    def rtcp_received(self, peer: Peer, data: bytes, now: float) -> None:
        """Read the publisher's reports.

        Raises:
            MalformedPacket: it is no RTCP.
        """
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                found = self._by_ssrc.get(packet.ssrc)
                if found is not None:
                    found[0].intake.reception.reported(packet, now=now)

    def tick(self, *, now: float) -> None:
        """Send feedback that is due; called about every 50 ms."""
        if not self.is_connected:
            return
        if self._transport_cc_id is not None:
            ssrc = next((t.intake.ssrc for t in self._tracks.values()), 0)
            message = self._arrivals.feedback(ssrc=self._ssrc, media_ssrc=ssrc)
            if message is not None:
                self._send(message)
        if now - self._reported_at >= REPORT_INTERVAL_S:
            self._reported_at = now
            self._report(now=now)

    def _report(self, *, now: float) -> None:
        receptions = [
            track.intake.reception
            for track in self._tracks.values()
            if track.intake.reception.packets
        ]
        blocks = tuple(reception.block(now=now) for reception in receptions)
        compound = rtcp.build_receiver_report(rtcp.ReceiverReport(self._ssrc, blocks))
        compound += rtcp.build_cname(self._ssrc, self._cname)
        if self._transport_cc_id is None:
            compound += self._remb()
        self._send(compound)
        self.quality.packets = sum(reception.packets for reception in receptions)
        if blocks:
            self.quality.loss_ratio = max(block.fraction_lost for block in blocks) / 256

    def _remb(self) -> bytes:
        ssrcs = tuple(
            self._tracks[mid].intake.ssrc
            for mid, line in self._lines.items()
            if "goog-remb" in line.codec.feedback
        )
        if not ssrcs:
            return b""
        return rtcp.build_remb(rtcp.Remb(self._ssrc, self._rates.video_max_bps, ssrcs))
