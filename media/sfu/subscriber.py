"""A subscriber's session: its slots, its requests, and our reports to it."""

import secrets
from collections.abc import Sequence

from contracts.played import Played, Withheld
from media.sfu.down_track import DownTrack, Feed
from media.sfu.downlink import Downlink
from media.sfu.fanout import Fanout
from media.sfu.feedback import told
from media.sfu.ladder import Rung
from media.sfu.munger import Munger
from media.sfu.quality import StreamFigures, figures_of
from media.sfu.redundancy import Redundancy
from media.sfu.repair import Repair
from media.sfu.session import MediaSession, SessionInfo, SessionListeners, ntp_at
from media.sfu.sizes import TILE
from media.sfu.slots import Filling, Plan, Viewer
from media.transport.peer import Peer
from media.wire import floor_told, rtcp, twcc
from media.wire.sdp_answer import Line, played_video
from media.wire.video_codec import CodecName
from runtime.limits import TokenBucket

REPORT_INTERVAL_S = 1.0
PLAYED_PER_S, PLAYED_BURST = 0.2, 3  # a page tells every ten seconds
WORD_TOLD_EVERY_S, WORD_KEPT_EVERY_S, WORD_FRESH_S = 0.25, 3.0, 2.0


class Subscriber(MediaSession):
    """One WHEP session."""

    def __init__(self, info: SessionInfo, fanout: Fanout, listeners: SessionListeners) -> None:
        super().__init__(info, listeners)
        self.viewer: Viewer = info.viewer
        self.outs: list[DownTrack] = []
        self.line = Downlink()
        self.played_video: Sequence[CodecName] | None = None  # None: it has no picture
        self.cname = secrets.token_hex(6)
        self._fanout = fanout
        self._telling = TokenBucket(per_s=PLAYED_PER_S, burst=PLAYED_BURST)
        self._by_ssrc: dict[int, DownTrack] = {}
        self._blocks: dict[int, rtcp.ReportBlock] = {}
        self._octets_of: dict[int, int] = {}
        self._reported_at = 0.0
        self._told_empty: tuple[int, ...] = ()
        self._told_empty_at = 0.0
        self._told_held: rtcp.LessSent | None = None
        self._is_spread = False
        self._ways_seen = -1
        self._shown: list[Feed | None] = []  # as it was told
        self._octets = 0
        self._sent_bps = 0.0
        self._said_bps: int | None = None
        self._word = b""
        self._word_since = self._word_told_at = 0.0

    def accept(self, peer: Peer, lines: dict[str, Line]) -> None:
        """Take the peer and the m-lines that were agreed on."""
        self._peer = peer
        peer.media.ear = self.line.estimate.new_ear()
        self.played_video = played_video(lines)
        for line in lines.values():
            rewriter = Munger(
                ssrc=line.ssrc,
                payload_type=line.payload_types,
                clock_rate=line.codec.clock_rate,
                numbered=line.transport_cc_id,
                log=self.line.estimate.log,
            )
            out = DownTrack(line.slot, line.media.kind, peer, rewriter)
            if line.media.kind == "video":
                out.pacer = self.line.pacer
            if line.repairs:
                out.repair = out.padding = Repair(
                    rewriter,
                    ssrc=line.repair_ssrc,
                    payload_types=line.repair_types,
                    numbered=line.transport_cc_id,
                    log=self.line.estimate.log,
                )
                self.line.can_pad = self.line.can_pad or line.transport_cc_id is not None
            if line.redundant is not None:
                out.redundancy = Redundancy(
                    rewriter,
                    payload_type=line.redundant.payload_type,
                    block_type=line.codec.payload_type,
                    numbered=line.transport_cc_id,
                )
            self.outs.append(out)
            self._by_ssrc[line.ssrc] = out

    def begin_at(self, bps: int) -> None:
        """Take its line to carry so much, by its own word or a contract: of two the lower."""
        self._said_bps = bps if self._said_bps is None else min(bps, self._said_bps)
        self.line.estimate.begin(self._said_bps)

    def filling(self, plan: Plan) -> Filling:
        """Return what its slots are to show."""
        return plan(self.viewer)

    def told_played(self, played: Played, *, now: float) -> bool:
        """Take over what its page tells of what is seen and heard; False: it tells too often."""
        if not self._telling.take(now_s=now):
            return False
        self.quality.played(played, now=now)
        return True

    def tell_floor(self, word: bytes, *, now: float) -> None:
        """Tell a room the floor, at once and again, as a packet may be lost; empty: no more."""
        if word != self._word:
            self._word, self._word_since = word, now
            self._tell_word(now=now)

    def _tell_word(self, *, now: float) -> None:
        if not self._word or not self.is_connected or not self.outs:
            return
        self._word_told_at = now
        self.peer.send_rtcp(floor_told.build(self.outs[0].rewriter.ssrc, self._word))

    def _is_word_due(self, now: float) -> bool:
        is_fresh = now - self._word_since < WORD_FRESH_S
        pause_s = WORD_TOLD_EVERY_S if is_fresh else WORD_KEPT_EVERY_S
        return bool(self._word) and now - self._word_told_at >= pause_s

    @property
    def has_tiles(self) -> bool:
        """Whether it has places for the small pictures of a grid."""
        return any(out.slot.startswith(TILE) for out in self.outs)

    def follow_line(self) -> None:
        """Send padding for as long as the line wants any, and sound twice while it loses."""
        self._note_spreading()
        for sound in self.outs:
            redundancy = sound.redundancy
            if redundancy is not None and redundancy.is_on is not self.line.is_lossy:
                redundancy.turn(is_on=self.line.is_lossy)
                self._fanout.ways.changed()
        if self.line.probe.aim_bps is None:
            return
        able = [out for out in self.outs if out.padding is not None]
        if able:
            out = next((out for out in able if out.shown is not None), able[0])
            self._fanout.probe(out, self.line)

    def _note_spreading(self) -> None:
        is_spread = self.line.pacer.is_needed
        if is_spread is not self._is_spread:
            self._is_spread = is_spread
            self._fanout.ways.changed()

    def peer_moved(self, peer: Peer) -> None:
        """Hold nothing against the peer's line that went by the last one."""
        self.line.estimate.moved()

    def let_go(self) -> None:
        """Show nothing in its slots."""
        for out in self.outs:
            out.clear()

    def rtp_received(self, peer: Peer, packet: memoryview, now: float) -> None:
        """Pass over media from one who only plays."""

    def rtcp_received(self, peer: Peer, data: bytes, now: float) -> None:
        """Answer what the subscriber asks, and note what it reports.

        Raises:
            MalformedPacket: it is no RTCP.
        """
        if rtcp.is_arrivals(data):  # most of what comes
            self._arrivals_told(data[rtcp.FEEDBACK_HEAD :], now=now)
            return
        for packet in rtcp.parse(data):
            match packet:
                case rtcp.Nack():
                    self._missing(packet, now=now)
                case rtcp.Pli(media_ssrc=ssrc):
                    self._keyframe_wanted(ssrc, now=now)
                case rtcp.Fir(media_ssrcs=ssrcs):
                    for ssrc in ssrcs:
                        self._keyframe_wanted(ssrc, now=now)
                case rtcp.Feedback(packet_type=rtcp.RTPFB, fmt=rtcp.FMT_TRANSPORT_CC, fci=fci):
                    self._arrivals_told(fci, now=now)
                case rtcp.Remb(bitrate_bps=bps):
                    self.line.estimate.remb(bps)
                case rtcp.ReceiverReport(reports=reports) | rtcp.SenderReport(reports=reports):
                    self._reported(reports, now=now)

    def _arrivals_told(self, fci: bytes, *, now: float) -> None:
        if self.line.heeds(twcc.packets_told(fci), now=now):
            self.line.arrivals_told(told(fci), now=now)
            self._note_spreading()
        else:
            self._fanout.counters.feedback_refused_total += 1

    def _missing(self, nack: rtcp.Nack, *, now: float) -> None:
        out = self._by_ssrc.get(nack.media_ssrc)
        if out is None:
            return
        allowed = self.line.looked_up(len(nack.missing), now=now)
        refused = len(nack.missing) - allowed + nack.unread
        self._fanout.counters.nack_numbers_refused_total += refused
        self._fanout.send_again(out, nack.missing[:allowed], self.line, now=now)

    def _keyframe_wanted(self, ssrc: int, *, now: float) -> None:
        out = self._by_ssrc.get(ssrc)
        if out is not None and out.shown is not None:
            self.quality.keyframes[out.slot] += 1
            self._fanout.counters.keyframes_wanted_total += 1
            if now - out.shown.keyframe_at > self.line.comes_within_s:
                out.shown.want_keyframe(now=now)

    def _reported(self, blocks: tuple[rtcp.ReportBlock, ...], *, now: float) -> None:
        now_ntp = ntp_at(now)
        for block in blocks:
            out = self._by_ssrc.get(block.ssrc)
            if out is None:
                continue
            if out.shown is not None:  # what ended with a loss would go on losing for ever
                self._blocks[block.ssrc] = block
            round_trip_s = rtcp.round_trip_s(block, now_ntp=now_ntp)
            if round_trip_s is not None:
                self.line.round_trip_s = round_trip_s
                self.quality.rtt_ms = round(round_trip_s * 1000, 2)
        losses = (block.fraction_lost / 256 for block in self._blocks.values())
        self.quality.loss_ratio = max(losses, default=None)
        if self.quality.loss_ratio is not None:
            self.line.estimate.loss_reported(self.quality.loss_ratio, self._sent_bps)

    def tick(self, *, now: float) -> None:
        """Send sender reports that are due, and say at once which slots show nothing.

        Of a slot that shows another source the report goes at once too: until then sound and
        picture of the new one would keep the relation of the old.
        """
        if not self.is_connected:
            return
        if self._is_word_due(now):
            self._tell_word(now=now)
        is_due = now - self._reported_at >= REPORT_INTERVAL_S
        is_empty_due = self._told_empty and now - self._told_empty_at >= REPORT_INTERVAL_S
        changes = self._fanout.ways.changes
        if changes == self._ways_seen and not is_due and not is_empty_due:
            return  # as nearly every time
        self._ways_seen = changes
        shown, before = [out.shown for out in self.outs], self._shown
        if shown == before and not is_due and not is_empty_due:
            return
        self._shown = shown
        self._tell_empty(now=now)
        self._tell_held_back(is_due=is_due)
        if is_due:
            self._count(now=now)
        changed = before or [None] * len(shown)
        outs = [
            out
            for out, known in zip(self.outs, changed, strict=True)
            if out.shown and (is_due or out.shown is not known)
        ]
        if outs:
            compound = b"".join(self._sender_report(out, now=now) for out in outs)
            self.peer.send_rtcp(compound + rtcp.build_cname(outs[0].rewriter.ssrc, self.cname))

    def _count(self, *, now: float) -> None:
        self.quality.forget_played(now=now)
        octets = sum(out.rewriter.octets for out in self.outs)
        if self._reported_at:
            self._sent_bps = 8 * (octets - self._octets) / (now - self._reported_at)
        passed_s = now - self._reported_at if self._reported_at else None
        self.quality.measured(self._streams(passed_s))
        self._note_empty(passed_s or 0.0)
        self._octets, self._reported_at = octets, now
        self.quality.rung = self.line.rung.word
        self.quality.line_bps = round(self.line.estimate.usable_bps)
        self.quality.packets = sum(out.rewriter.packets for out in self.outs)

    def _streams(self, passed_s: float | None) -> dict[str, StreamFigures]:
        """Return the figures of what is shown and heard, and begin the next interval."""
        before, self._octets_of = self._octets_of, {}
        streams: dict[str, StreamFigures] = {}
        for out in self.outs:
            rewriter, shown = out.rewriter, out.shown
            self._octets_of[rewriter.ssrc] = rewriter.octets
            if shown is None:
                self._blocks.pop(rewriter.ssrc, None)
                continue
            octets = rewriter.octets - before.get(rewriter.ssrc, 0)
            streams[out.slot] = figures_of(
                out.kind,
                self._blocks.get(rewriter.ssrc),
                clock_rate=rewriter.clock_rate,
                bitrate_bps=8 * octets / passed_s if passed_s else None,
                size=shown.size if out.kind == "video" else None,
            )
        return streams

    def _note_empty(self, passed_s: float) -> None:
        """Count the time of slots that have no picture, or the old one held, and should have."""
        for out in self.outs:
            if out.kind != "video":
                continue
            is_awaited = out.shown is None and out.awaited is not None
            if is_awaited or out.is_held or self.line.withholds(out.slot):
                passed_ms = round(1000 * passed_s)
                self.quality.empty_ms[out.slot] += passed_ms
                self._fanout.counters.slots_empty_ms_total += passed_ms

    def _tell_empty(self, *, now: float) -> None:
        """Say that a picture is no more to be waited for, at once and again every second."""
        empty = tuple(
            out.rewriter.ssrc for out in self.outs if out.kind == "video" and out.shown is None
        )
        is_due = empty != self._told_empty or now - self._told_empty_at >= REPORT_INTERVAL_S
        self._told_empty = empty
        if not empty or not is_due:
            return
        self._told_empty_at = now
        ssrc = self.outs[0].rewriter.ssrc
        report = rtcp.build_receiver_report(rtcp.ReceiverReport(ssrc, ()))
        self.peer.send_rtcp(report + rtcp.build_empty_slots(rtcp.EmptySlots(ssrc, empty)))

    @property
    def withheld(self) -> Withheld | None:
        """What its line or our load lets through of what there is; None: all of it."""
        line = self.line
        if not line.is_reduced:
            return None
        slots = tuple(out.slot for out in self.outs if line.withholds(out.slot))
        return Withheld(rung=line.rung.word, is_by_load=line.is_shed, slots=slots)

    def _tell_held_back(self, *, is_due: bool) -> None:
        """Say that the line or our load lets less through than there is, and when that is over."""
        held: rtcp.LessSent | None = None
        if self.line.is_reduced:
            ssrcs = (o.rewriter.ssrc for o in self.outs if self.line.withholds(o.slot))
            held = rtcp.LessSent(
                self.outs[0].rewriter.ssrc, self.line.rung, self.line.is_shed, tuple(ssrcs)
            )
        told, self._told_held = self._told_held, held
        if held == told and (held is None or not is_due):
            return
        own = self.outs[0].rewriter.ssrc
        report = rtcp.build_receiver_report(rtcp.ReceiverReport(own, ()))
        said = held or rtcp.LessSent(own, Rung.HIGH, is_by_load=False)
        self.peer.send_rtcp(report + rtcp.build_less_sent(said))

    def _sender_report(self, out: DownTrack, *, now: float) -> bytes:
        rewriter = out.rewriter
        reception = out.shown.intake.reception if out.shown else None
        report = rtcp.SenderReport(
            ssrc=rewriter.ssrc,
            ntp=ntp_at(now),
            rtp_timestamp=rewriter.timestamp_at(now, reception),
            packet_count=rewriter.packets,
            octet_count=rewriter.octets,
        )
        return rtcp.build_sender_report(report)
