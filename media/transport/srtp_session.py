"""The protected media of one peer, both ways: what is too much of it is not decrypted.

Until there are keys nothing comes in or goes out.
"""

from typing import Protocol

from media.errors import PacketNotProtected
from media.native.ear import Ear
from media.transport.address import Address
from media.transport.dtls import PacketBuffer, SrtpContext
from media.transport.port_counters import PortCounters
from media.wire.rtp import is_rtcp
from media.wire.seqnum import is_newer16
from runtime.limits import TokenBucket

# libsrtp remembers every SSRC that it has decrypted, and searches them one after another.
MAX_RTCP_STREAMS = 32
# A browser under loss reports some 60 times a second; beyond it nothing is decrypted.
RTCP_PER_S, RTCP_BURST = 200.0, 100.0
UNASKED = 16  # calm reports that the C decrypts by itself, out of the same bucket


class MediaTaker(Protocol):
    """Whoever takes what was decrypted. `is_newer`: than all else of its stream."""

    def rtp_opened(
        self, packet: memoryview, address: Address, now: float, *, is_newer: bool
    ) -> None:
        """Take a packet that is valid only until the call returns."""

    def rtcp_opened(self, compound: bytes, address: Address, now: float, *, is_newer: bool) -> None:
        """Take a compound of RTCP."""


class SrtpSession:
    """Decrypts for `taker`, and encrypts. `context` are the keys, once the handshake is over.

    Args:
        max_streams: of RTP; no more SSRCs are decrypted.
    """

    def __init__(
        self,
        taker: MediaTaker,
        counters: PortCounters,
        *,
        max_streams: int = 0,
    ) -> None:
        self.context: SrtpContext | None = None
        self.max_streams = max_streams
        self._taker = taker
        self._counters = counters
        self._newest: dict[int, int] = {}
        self._newest_rtcp = -1
        self._rtcp_streams: set[int] = set()
        self._rtcp_bucket = TokenBucket(per_s=RTCP_PER_S, burst=RTCP_BURST)
        self.ear: Ear | None = None  # of one whose calm reports the C hears
        self.packets: TokenBucket | None = None  # of RTP, that are decrypted; None: all

    def allow(self, *, streams: int, rtp_per_s: float, rtcp_per_s: float) -> None:
        """Take as much as comes from one who sends for many."""
        self.max_streams = streams
        self.packets = TokenBucket(per_s=rtp_per_s, burst=rtp_per_s)
        self._rtcp_bucket = TokenBucket(per_s=rtcp_per_s, burst=rtcp_per_s)

    def forget(self, ssrc: int) -> None:
        """Have room for another stream in the place of one that is never sent again."""
        if self._newest.pop(ssrc, None) is not None and self.context is not None:
            self.context.forget(ssrc)

    def end(self) -> None:
        """Take and give nothing more, and hold nobody."""
        self.context = None
        del self._taker  # without keys nothing is taken

    def receive(self, buffer: PacketBuffer, size: int, address: Address, now: float) -> None:
        """Take an SRTP or SRTCP datagram of at least 12 bytes, decrypted in place.

        Raises:
            MalformedPacket: it cannot be decrypted.
        """
        if self.context is None:
            return
        view = buffer.view
        if is_rtcp(view[:2]):
            self._receive_rtcp(self.context, buffer, size, address, now)
            return
        ssrc = int.from_bytes(view[8:12])
        newest = self._newest.get(ssrc)
        if newest is None and len(self._newest) >= self.max_streams:
            self._counters.streams_refused_total += 1
            return
        if self.packets is not None and not self.packets.take(now_s=now):
            self._counters.rtp_refused_total += 1
            return
        size = self.context.unprotect(buffer, size)
        sequence_number = int.from_bytes(view[2:4])
        is_newer = newest is None or is_newer16(sequence_number, newest)
        if is_newer:
            self._newest[ssrc] = sequence_number
        self._taker.rtp_opened(view[:size], address, now, is_newer=is_newer)

    def _receive_rtcp(
        self, context: SrtpContext, buffer: PacketBuffer, size: int, address: Address, now: float
    ) -> None:
        if self.ear is not None and self._is_opened(self.ear, now):
            is_newer = self.ear.fields.is_newer
            self._taker.rtcp_opened(bytes(buffer.view[:size]), address, now, is_newer=is_newer)
            return
        sender = int.from_bytes(buffer.view[4:8])
        if sender not in self._rtcp_streams and len(self._rtcp_streams) >= MAX_RTCP_STREAMS:
            self._counters.streams_refused_total += 1
            return
        if not self._rtcp_bucket.take(now_s=now):
            self._counters.rtcp_refused_total += 1
            return
        index = context.rtcp_index(buffer, size)
        size = context.unprotect_rtcp(buffer, size)
        self._rtcp_streams.add(sender)
        is_newer = index > self._newest_rtcp
        self._newest_rtcp = max(index, self._newest_rtcp)
        if self.ear is not None:
            self._let_hear(self.ear, sender, now)
        self._taker.rtcp_opened(bytes(buffer.view[:size]), address, now, is_newer=is_newer)

    def _is_opened(self, ear: Ear, now: float) -> bool:
        """Account for what the C decrypted; return whether that is the datagram in hand too."""
        known = ear.fields
        if known.heard:
            self._rtcp_bucket.spend(now_s=now, amount=known.heard)
            self._counters.undecryptable_total += known.failed
            self._newest_rtcp = max(known.newest, self._newest_rtcp)
            known.most -= known.heard
            known.heard = known.failed = 0
        is_opened, known.is_opened = known.is_opened, False
        return is_opened

    def _let_hear(self, ear: Ear, sender: int, now: float) -> None:
        """Let the C decrypt as many calm reports of a sender as could be taken here."""
        known = ear.fields
        known.sender, known.newest = sender, self._newest_rtcp
        known.most = min(UNASKED, int(self._rtcp_bucket.left(now_s=now)))

    def protect(self, packet: bytes) -> bytes | None:
        """Return an RTP packet encrypted; None: there are no keys, or libsrtp would not."""
        try:
            return self.context.protect(packet) if self.context else None
        except PacketNotProtected:
            self._counters.unprotected_total += 1
            return None

    def protect_rtcp(self, compound: bytes) -> bytes | None:
        """Return a compound encrypted; None: there are no keys, or libsrtp would not."""
        try:
            return self.context.protect_rtcp(compound) if self.context else None
        except PacketNotProtected:
            self._counters.unprotected_total += 1
            return None
