"""A publisher's session: its packets to tracks, and our feedback to it."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from media.sfu.demand import Ask
from media.sfu.encoding import Encoding, Upstream
from media.sfu.ingress import IngressLimit
from media.sfu.quality import figures_of
from media.sfu.session import MediaSession, SessionInfo, SessionListeners
from media.sfu.source import Source
from media.sfu.stream_routes import RouteIds, SentLine, StreamRoutes
from media.sfu.up_track import UpTrack
from media.transport.peer import Peer
from media.wire import audio_level, rtcp, rtp
from media.wire.reception import Reception
from media.wire.sdp import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC
from media.wire.sdp_answer import PAUSES, Line, Rates
from media.wire.twcc import ArrivalLog
from media.wire.video_codec import CodecName
from runtime.limits import TokenBucket

REPORT_INTERVAL_S = 1.0
# Whoever has been asked to pause still reports, and checks his path, every second.
UNHEARD_S = 3.0
# Who sends much a second is told so soon what came: until then his queue may grow by much.
TOLD_SOON_S, MUCH_PACKETS = 0.02, 100
# Twice what its tracks may send (ingress.py), with what it repeats; as many at once.
PACKETS_PER_S = 3000.0
STREAMS_PER_LINE = 8  # a camera that is changed, or encodings that nobody asked for


class Publisher(MediaSession):
    """One WHIP session. Packets of unknown streams and types are counted and dropped."""

    def __init__(
        self,
        info: SessionInfo,
        source: Source,
        rates: Rates,
        listeners: SessionListeners,
        *,
        on_received: Callable[[Encoding], None],
    ) -> None:
        super().__init__(info, listeners)
        self._on_received = on_received
        self._source = source
        self._rates = rates
        self._ssrc = secrets.randbits(32)
        self._cname = secrets.token_hex(6)
        self.offered_video: Sequence[CodecName] = ()
        self._tracks: list[UpTrack] = []
        self._sent: list[tuple[Line, Encoding]] = []
        self._routes = StreamRoutes[Encoding]({}, RouteIds())
        self._transport_cc_id: int | None = None
        self._level_id: int | None = None
        self._arrivals = ArrivalLog()
        self._reported_at = self._told_at = 0.0
        self._numbered = 0  # since the last report
        self._sends_much = False
        self._limit_bps: int | None = None
        self.sound_loss_ratio = 0.0  # further up, if somebody knows

    def accept(self, peer: Peer, lines: dict[str, Line]) -> None:
        """Take the peer and the m-lines that were agreed on; each has one encoding."""
        self._peer = peer
        peer.media.max_streams = STREAMS_PER_LINE * len(lines)
        peer.media.packets = TokenBucket(per_s=PACKETS_PER_S, burst=PACKETS_PER_S)
        for kind in ("audio", "video"):
            of_kind = [line for line in lines.values() if line.media.kind == kind]
            if of_kind:
                track = self._new_track(of_kind)
                self._tracks.append(track)
                self._sent += zip(of_kind, track.encodings, strict=True)
        ids: dict[str, int] = {}
        for line, _ in self._sent:
            ids |= {uri: number for number, uri in line.media.extensions.items()}
            if "transport-cc" in line.codec.feedback:
                self._transport_cc_id = (
                    line.media.extension_id(TRANSPORT_CC) or self._transport_cc_id
                )
        self._level_id = ids.get(AUDIO_LEVEL)
        self._routes = StreamRoutes(
            {
                line.media.mid: SentLine(line.codec.payload_type, {"": encoding})
                for line, encoding in self._sent
            },
            RouteIds(ids.get(MID), ids.get(RID), ids.get(REPAIRED_RID)),
        )
        for line, encoding in self._sent:
            for known in line.media.ssrcs[:1]:
                self._routes.learn(known.ssrc, encoding, line.codec.payload_type)

    @property
    def video_codec(self) -> CodecName | None:
        """The codec of its picture; None: it has none, or another publisher has taken over."""
        if not any(track.kind == "video" and not track.is_closed for track in self._tracks):
            return None
        return next(line.codec_name for line, _ in self._sent if line.media.kind == "video")

    def _new_track(self, lines: Sequence[Line]) -> UpTrack:
        line, counters = lines[0], self._source.counters

        def send_again(ssrc: int, numbers: Sequence[int]) -> None:
            if "nack" in line.codec.feedback:
                self.peer.send_rtcp(rtcp.build_nack(rtcp.Nack(self._ssrc, ssrc, tuple(numbers))))

        upstream = Upstream(
            want_keyframe=lambda ssrc: self.peer.send_rtcp(
                rtcp.build_pli(rtcp.Pli(self._ssrc, ssrc))
            ),
            send_again=send_again,
            fail=lambda exc: self.peer.fail(exc),
            ask=self._ask if PAUSES in line.codec.feedback else None,
            is_heard=lambda now: now - self.peer.received_at <= UNHEARD_S,
        )
        kind = line.media.kind
        limits = [
            IngressLimit(kind, self._rates, counters, one.codec_name, is_small=one.is_small)
            for one in lines
        ]
        codecs = {one.codec.payload_type: one.codec_name for one in lines}
        return self._source.add_track(kind, upstream, limits=limits, codecs=codecs)

    def _ask(self, ssrc: int, ask: Ask) -> None:
        pause = rtcp.Pause(self._ssrc, ssrc, ask.kind, ask.pause_id)
        self.peer.send_rtcp(rtcp.build_pause(pause))

    @property
    def _encodings(self) -> list[Encoding]:
        return [encoding for _, encoding in self._sent]

    def let_go(self) -> None:
        """End its tracks."""
        for track in self._tracks:
            track.close()

    def rtp_received(self, peer: Peer, packet: memoryview, now: float) -> None:
        """Give a packet to its encoding."""
        parsed = rtp.parse(packet)
        encoding = self._routes.find(parsed)
        if self._transport_cc_id is not None:
            number = parsed.extensions.get(self._transport_cc_id)
            if number is not None and len(number) >= 2:
                self._arrivals.received(int.from_bytes(number[:2]), now=now)
                self._numbered += 1
                if self._sends_much and now - self._told_at >= TOLD_SOON_S:
                    self._tell(now=now)
        if encoding is None:
            self._source.counters.unrouted_total += 1
            return
        if encoding.kind == "audio":
            said = parsed.extensions.get(self._level_id) if self._level_id else None
            encoding.intake.level = audio_level.read(said, len(parsed.payload))
            self._source.sounded(encoding.intake.level, now=now)
        encoding.receive(parsed, now=now)
        self._on_received(encoding)

    def rtcp_received(self, peer: Peer, data: bytes, now: float) -> None:
        """Read the publisher's reports.

        Raises:
            MalformedPacket: it is no RTCP.
        """
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                encoding = self._routes.owner(packet.ssrc)
                if encoding is not None:
                    encoding.intake.reception.reported(packet, now=now)

    def tick(self, *, now: float) -> None:
        """Send feedback that is due; called about every 50 ms."""
        if not self.is_connected:
            return
        if self._transport_cc_id is not None:
            self._tell(now=now)
        if now - self._reported_at >= REPORT_INTERVAL_S:
            self._reported_at = now
            self._sends_much, self._numbered = self._numbered >= MUCH_PACKETS, 0
            self._report(now=now)

    def _tell(self, *, now: float) -> None:
        """Tell when the packets came that have come since this was told."""
        self._told_at = now
        ssrc = next((one.intake.ssrc for one in self._encodings), 0)
        message = self._arrivals.feedback(ssrc=self._ssrc, media_ssrc=ssrc)
        if message is not None:
            self.peer.send_rtcp(message)

    def limit(self, bps: int | None) -> None:
        """Ask the publisher to send no more than this, all of it together; None: as agreed.

        By REMB, which caps a sender's own estimate at once, whichever way it goes.
        """
        self._limit_bps = bps
        if bps is not None and self.is_connected and (remb := self._remb()):
            report = rtcp.ReceiverReport(self._ssrc, ())
            self.peer.send_rtcp(rtcp.build_receiver_report(report) + remb)

    def _report(self, *, now: float) -> None:
        sending = [one for one in self._encodings if one.intake.reception.packets]
        receptions = [one.intake.reception for one in sending]
        blocks = tuple(self._block(reception, now=now) for reception in receptions)
        compound = rtcp.build_receiver_report(rtcp.ReceiverReport(self._ssrc, blocks))
        compound += rtcp.build_cname(self._ssrc, self._cname)
        if self._transport_cc_id is None or self._limit_bps is not None:
            compound += self._remb()
        self.peer.send_rtcp(compound)
        self.quality.packets = sum(reception.packets for reception in receptions)
        if blocks:
            self.quality.loss_ratio = max(block.fraction_lost for block in blocks) / 256
        self._measure(sending, blocks, now=now)

    def _measure(
        self, sending: Sequence[Encoding], blocks: Sequence[rtcp.ReportBlock], *, now: float
    ) -> None:
        alive = [
            (one, block)
            for one, block in zip(sending, blocks, strict=True)
            if one.intake.is_alive(now=now)
        ]
        self.quality.measured(
            {
                _label(one): figures_of(
                    one.kind,
                    block,
                    clock_rate=one.intake.reception.clock_rate,
                    bitrate_bps=one.bps,
                    size=one.size if one.kind == "video" else None,
                )
                for one, block in alive
            }
        )
        for one in sending:
            if one.kind == "video":
                self.quality.keyframes[_label(one)] = one.keyframes
        pictures = [one.intake for one, _ in alive if one.kind == "video"]
        frozen = (one.frozen_ratio(now=now) for one in pictures)
        stalled = (one.pictures.stalled_ratio(now=now) for one in pictures)
        self.quality.frozen_ratio = max(frozen, default=None)
        self.quality.stalled_ratio = max(stalled, default=None)

    def _block(self, reception: Reception, *, now: float) -> rtcp.ReportBlock:
        """Return what to report of a stream: of sound, what is lost further up too.

        An encoder of Opus puts in as much to repair as is reported to be lost.
        """
        block = reception.block(now=now)
        if reception.clock_rate != rtp.SOUND_CLOCK_HZ:
            return block
        lost = min(255, round(256 * self.sound_loss_ratio))
        return replace(block, fraction_lost=max(block.fraction_lost, lost))

    def _remb(self) -> bytes:
        ssrcs = tuple(
            encoding.intake.ssrc
            for line, encoding in self._sent
            if "goog-remb" in line.codec.feedback
        )
        if not ssrcs:
            return b""
        bps = self._limit_bps or self._rates.video_max_bps
        return rtcp.build_remb(rtcp.Remb(self._ssrc, bps, ssrcs))


def _label(encoding: Encoding) -> str:
    if encoding.kind == "audio":
        return encoding.kind
    return f"video-{encoding.size.name.lower()}"
