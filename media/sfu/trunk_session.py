"""A session between two relays of one meeting: the sources of each, once, to the other.

It is a subscriber whose slots come and go, one for each stream of a source that is to be sent,
and a publisher for many. A stream has an SSRC of its own for as long as the session lasts, which
both sides know before its first packet (contracts/trunk.py): at a change of what is shown
nothing can be taken for something else.

What is wanted goes, as far as the line carries it (trunk_line.py).
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence

from contracts.trunk import MAX_SOURCES
from media.sfu.demand import Ask
from media.sfu.down_track import DownTrack
from media.sfu.encoding import Encoding, Upstream
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.sfu.repair import Padding
from media.sfu.session import MediaSession, SessionInfo, SessionListeners
from media.sfu.sizes import TILE, Size
from media.sfu.slots import Filling, Plan
from media.sfu.source import Source
from media.sfu.subscriber import REPORT_INTERVAL_S, Subscriber
from media.sfu.trunk_line import LARGE, SOUND, TrunkLine
from media.sfu.up_track import UpTrack
from media.transport.calling_peer import CallingPeer
from media.transport.peer import Peer
from media.wire import rtcp, rtp
from media.wire.rtp import CLOCK_HZ
from media.wire.rtp_header import HeaderLayout
from media.wire.sdp import Kind
from media.wire.twcc import ArrivalLog
from media.wire.video_codec import BASE, OWN_CODECS

MAX_STREAMS = 3 * MAX_SOURCES + 1  # and one of padding
# Three large pictures, a grid on every page and their sounds; beyond it nothing is decrypted.
RTP_PER_S, RTCP_PER_S = 20_000.0, 2_000.0
# The header extension with the transport-wide number; of so many packets is told at once.
NUMBER_ID, TOLD_AT_ONCE = 5, 200
UNHEARD_S = 3.0
# A source that is back sooner has the streams it had; the other side keeps them for longer.
GIVEN_BACK_S, FORGOTTEN_S = 60.0, 90.0
REPORTS_A_PACKET = 16
_PAYLOAD_TYPES = {codec: payload_type for payload_type, codec in OWN_CODECS.items()}
_PREFIX = {("video", Size.HIGH): LARGE, ("video", Size.LOW): TILE, ("audio", Size.HIGH): SOUND}


class TrunkSession(Subscriber):
    """One end of it.

    Args:
        on_received: told of an encoding that has packets to be sent on.
        through: sends to the peer, where it is behind another port than all others.
        beside: the addresses of this machine: a relay that is there is behind no line.
    """

    def __init__(
        self,
        info: SessionInfo,
        fanout: Fanout,
        listeners: SessionListeners,
        *,
        on_received: Callable[[Encoding], None],
        through: Fanout | None = None,
        beside: Collection[str] = (),
    ) -> None:
        super().__init__(info, through or fanout, listeners)
        self.line: TrunkLine = TrunkLine()
        self._beside = frozenset(beside)
        self._arrivals = ArrivalLog()
        self._untold = 0
        self.slots: dict[str, str] = {}  # what is to be sent: the source of each slot
        self.wanted: set[int] = set()  # pictures of the other side that somebody here watches
        self.on_wanted: Callable[[], None] = lambda: None
        self.received = 0
        self.is_settled = asyncio.Event()  # connected, or closed before
        self._ssrc = secrets.randbits(31) | 1
        blank = HeaderLayout(
            ssrc=secrets.randbits(31) | 1, payload_type=_PAYLOAD_TYPES[BASE], numbered=NUMBER_ID
        )
        self._padding = Padding(blank, self.line.estimate.log)
        self._on_received = on_received
        self._through = through
        self._of_slot: dict[str, DownTrack] = {}
        self._used_at: dict[str, float] = {}
        self._sent_before = 0
        self._named: frozenset[int] = frozenset()
        self.is_given_back_to = False  # the other side begins anew what it has long not named
        self._unnamed_at: dict[int, float] = {}
        self._arriving: dict[int, Encoding] = {}
        self._said_at = 0.0

    def begin(self, peer: Peer) -> None:
        """Take the peer."""
        self._peer = peer
        peer.media.allow(streams=MAX_STREAMS, rtp_per_s=RTP_PER_S, rtcp_per_s=RTCP_PER_S)

    def peer_connected(self, peer: Peer) -> None:
        """DTLS is up."""
        self._find_line(peer)
        super().peer_connected(peer)
        self.is_settled.set()

    def peer_moved(self, peer: Peer) -> None:
        """Hold nothing against the line that went by the last one."""
        self._find_line(peer)
        super().peer_moved(peer)

    def _find_line(self, peer: Peer) -> None:
        host = peer.address[0].removeprefix("::ffff:") if peer.address else ""
        self.line.is_far = host not in self._beside

    def let_go(self) -> None:
        """Send nothing more."""
        super().let_go()
        self.is_settled.set()

    def filling(self, plan: Plan) -> Filling:
        """Return what is to be sent; the meeting's plan says nothing of that."""
        return self.slots

    # What is sent.

    @property
    def sent(self) -> int:
        """Packets of media that were sent, each counted once."""
        return self._sent_before + sum(out.rewriter.packets for out in self.outs)

    def slot_of(self, source: str, kind: Kind, size: Size, *, now: float) -> tuple[str, int]:
        """Return the slot for a stream, which is made on first use, and its SSRC."""
        slot = _PREFIX[kind, size] + source
        self._used_at[slot] = now
        out = self._of_slot.get(slot)
        if out is None:
            rewriter = Munger(
                ssrc=secrets.randbits(31) | 1,
                payload_type=_PAYLOAD_TYPES,
                clock_rate=CLOCK_HZ[kind],
                numbered=NUMBER_ID,
                log=self.line.estimate.log,
            )
            out = self._of_slot[slot] = DownTrack(slot, kind, self.peer, rewriter)
            out.fanout = self._through
            out.pacer = self.line.pacer if kind == "video" else None
            out.padding = self._padding
            self.outs.append(out)
            self._by_ssrc[rewriter.ssrc] = out
        return slot, out.rewriter.ssrc

    def give_back(self, *, now: float) -> None:
        """Give up streams that nobody has asked the slots of for long."""
        for slot in [slot for slot, at in self._used_at.items() if now - at > GIVEN_BACK_S]:
            del self._used_at[slot]
            out = self._of_slot.pop(slot)
            out.clear()
            self.outs.remove(out)
            del self._by_ssrc[out.rewriter.ssrc]
            self._blocks.pop(out.rewriter.ssrc, None)
            self._sent_before += out.rewriter.packets

    # What comes.

    def named(self, ssrcs: frozenset[int], *, now: float) -> None:
        """Note which streams the other side has now."""
        for ssrc in self._named - ssrcs:
            self._unnamed_at[ssrc] = now
        for ssrc in ssrcs:
            self._unnamed_at.pop(ssrc, None)
        self._named = ssrcs

    def _forget_unnamed(self, *, now: float) -> None:
        for ssrc in [ssrc for ssrc, at in self._unnamed_at.items() if now - at > FORGOTTEN_S]:
            del self._unnamed_at[ssrc]
            if self.is_given_back_to:
                self.peer.media.forget(ssrc)

    def bring(self, source: Source, kind: Kind, ssrcs: Sequence[int]) -> UpTrack:
        """Return a track for what the other side has of a source."""
        upstream = Upstream(
            want_keyframe=lambda ssrc: self.peer.send_rtcp(
                rtcp.build_pli(rtcp.Pli(self._ssrc, ssrc))
            ),
            send_again=lambda ssrc, numbers: self.peer.send_rtcp(
                rtcp.build_nack(rtcp.Nack(self._ssrc, ssrc, tuple(numbers)))
            ),
            ask=self._asked,
            is_heard=lambda now: self.is_connected and now - self.peer.received_at <= UNHEARD_S,
        )
        track = source.add_track(kind, upstream, limits=(None,) * len(ssrcs), is_paused=True)
        for ssrc, encoding in zip(ssrcs, track.encodings, strict=True):
            encoding.intake.ssrc = ssrc
            self._arriving[ssrc] = encoding
        return track

    def forget(self, ssrcs: Sequence[int]) -> None:
        """Take nothing more of these streams."""
        for ssrc in ssrcs:
            self._arriving.pop(ssrc, None)
            self.wanted.discard(ssrc)

    def _asked(self, ssrc: int, ask: Ask) -> None:
        is_wanted = ask.kind is rtcp.PauseKind.RESUME
        if is_wanted is not (ssrc in self.wanted) and ssrc in self._arriving:
            (self.wanted.add if is_wanted else self.wanted.discard)(ssrc)
            self.on_wanted()

    def rtp_received(self, peer: Peer, packet: memoryview, now: float) -> None:
        """Give a packet to its encoding."""
        parsed = rtp.parse(packet)
        encoding = self._arriving.get(parsed.ssrc)
        self.received += 1
        number = parsed.extensions.get(NUMBER_ID)
        if number is not None and self.line.is_far:
            self._arrivals.received(int.from_bytes(number[:2]), now=now)
            self._untold += 1
            if self._untold >= TOLD_AT_ONCE:
                self._tell_arrivals()
        if encoding is None:
            # Padding is under an SSRC that no words name: that it came is all it says.
            self._fanout.counters.unrouted_total += bool(parsed.payload)
            return
        encoding.receive(parsed, now=now)
        self._on_received(encoding)

    def _tell_arrivals(self) -> None:
        self._untold = 0
        message = self._arrivals.feedback(ssrc=self._ssrc, media_ssrc=self._ssrc)
        if message is not None:
            self.peer.send_rtcp(message)

    def rtcp_received(self, peer: Peer, data: bytes, now: float) -> None:
        """Answer what is asked for, and note what is reported.

        Raises:
            MalformedPacket: it is no RTCP.
        """
        super().rtcp_received(peer, data, now)
        if rtcp.is_arrivals(data):
            return
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                encoding = self._arriving.get(packet.ssrc)
                if encoding is not None:
                    encoding.intake.reception.reported(packet, now=now)

    def _keyframe_wanted(self, ssrc: int, *, now: float) -> None:
        """Ask at once: the other side has counted what it asks for, for all that are behind it."""
        out = self._by_ssrc.get(ssrc)
        if out is not None and out.shown is not None:
            out.shown.want_keyframe(now=now, is_urgent=True)

    def tick(self, *, now: float) -> None:
        """Check the way, and send reports that are due; of a slot that begins anew at once."""
        if isinstance(self.peer, CallingPeer):
            self.peer.ask(now)
        if not self.is_connected:
            return
        self._tell_arrivals()
        is_due = now - self._said_at >= REPORT_INTERVAL_S
        if is_due:
            self._said_at = now
            self._count(now=now)
            self._report_arrivals(now=now)
            self.give_back(now=now)
            self._forget_unnamed(now=now)
        shown, before = [out.shown for out in self.outs], self._shown
        if shown == before and not is_due:
            return  # as nearly every time
        self._shown = shown
        outs = [
            out
            for at, out in enumerate(self.outs)
            if out.shown and (is_due or at >= len(before) or out.shown is not before[at])
        ]
        for at in range(0, len(outs), REPORTS_A_PACKET):
            some = outs[at : at + REPORTS_A_PACKET]
            head = rtcp.build_receiver_report(rtcp.ReceiverReport(self._ssrc, ()))
            reports = b"".join(self._sender_report(out, now=now) for out in some)
            self.peer.send_rtcp(head + reports + rtcp.build_cname(self._ssrc, self.cname))

    def _report_arrivals(self, *, now: float) -> None:
        coming = [e.intake for e in self._arriving.values() if e.intake.is_alive(now=now)]
        for at in range(0, max(1, len(coming)), REPORTS_A_PACKET):
            some = coming[at : at + REPORTS_A_PACKET]
            blocks = tuple(intake.reception.block(now=now) for intake in some)
            compound = rtcp.build_receiver_report(rtcp.ReceiverReport(self._ssrc, blocks))
            self.peer.send_rtcp(compound + rtcp.build_cname(self._ssrc, self.cname))


def without_trunks(sessions: Iterable[MediaSession]) -> list[MediaSession]:
    """Return the sessions of points and people: another relay's is no line of theirs."""
    return [one for one in sessions if not isinstance(one, TrunkSession)]
