"""The fast path: packets of a track to the slots that show it.

For each slot: the packets are written into one reused buffer, encrypted there, and
sent as trains of equal size, one system call per slot and burst where the kernel can.
"""

from collections.abc import Sequence

from media.errors import PacketNotProtected
from media.sfu.counters import SfuCounters
from media.sfu.down_track import DownTrack
from media.sfu.downlink import Downlink
from media.transport.dtls import TAG_SIZE, PacketBuffer
from media.transport.udp import MAX_TRAIN_BYTES, MAX_TRAIN_SEGMENTS, UdpEndpoint
from media.wire.media_packet import MediaPacket
from media.wire.rtp import MAX_RTP_SIZE

_BUFFER_SIZE = 128 * 1024
_FULL = _BUFFER_SIZE - 2 * (MAX_RTP_SIZE + TAG_SIZE)


class Fanout:
    """The buffer and the socket that all slots of one worker are sent through."""

    def __init__(self, endpoint: UdpEndpoint) -> None:
        self.counters = SfuCounters()
        self._endpoint = endpoint
        self._buffer = PacketBuffer(_BUFFER_SIZE)

    def send(self, out: DownTrack, packets: Sequence[MediaPacket], *, now: float) -> None:
        """Send packets of the slot's track to its subscriber."""
        peer = out.peer
        srtp, address = peer.srtp, peer.address
        if not peer.may_send or srtp is None or address is None:
            return
        view, write, protect = self._buffer.view, out.rewriter.write, srtp.protect_at
        at = start = segment = count = 0
        for packet in packets:
            size = write(packet, view, at, now=now)
            if size == 0:
                continue
            try:
                size = protect(self._buffer, at, size)
            except PacketNotProtected:
                self.counters.unprotected_total += 1
                continue
            if count and (
                size > segment or count == MAX_TRAIN_SEGMENTS or at + size - start > MAX_TRAIN_BYTES
            ):
                self._endpoint.send_train(view[start:at], segment, address)
                start, count = at, 0
            at += size
            count += 1
            if count == 1:
                segment = size
            elif size < segment:  # only the last of a train may be shorter
                self._endpoint.send_train(view[start:at], segment, address)
                start, count = at, 0
            if at > _FULL:
                if count:
                    self._endpoint.send_train(view[start:at], segment, address)
                at = start = count = 0
        if count:
            self._endpoint.send_train(view[start:at], segment, address)

    def send_again(
        self, out: DownTrack, missing: Sequence[int], line: Downlink, *, now: float
    ) -> None:
        """Answer a NACK from the cache of the stream that had each number, as the line allows."""
        srtp, address = out.peer.srtp, out.peer.address
        if not out.peer.may_send or srtp is None or address is None:
            return
        for number in missing:
            origin = out.rewriter.origin(number)
            packet = origin[0].source.find(origin[1]) if origin else None
            if origin is None or packet is None:
                continue
            if not line.sends_again(out.rewriter.ssrc, number, len(packet.payload), now=now):
                self.counters.retransmissions_refused_total += 1
                continue
            size = out.rewriter.write_again(packet, origin[0], self._buffer.view, 0, now=now)
            if size == 0:
                continue
            try:
                size = srtp.protect_at(self._buffer, 0, size)
            except PacketNotProtected:
                self.counters.unprotected_total += 1
                continue
            self._endpoint.send(self._buffer.view[:size], address)
            self.counters.retransmitted_total += 1
