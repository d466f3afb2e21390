"""Sound with the one before in every packet (RFC 2198), for a viewer whose line loses.

The packets are the slot's own, under another payload type: numbers and times go on, in a segment
of their own. Such a packet is not sent again, since what stood beside it may be another by then;
the next one has it.
"""

from collections.abc import Sequence
from dataclasses import replace

from media.sfu.munger import Munger, Segment
from media.sfu.packet_cache import PacketCache
from media.wire.media_packet import MediaPacket
from media.wire.rtp_header import HeaderLayout

_FOLLOWS = 0x80  # another block comes after this one
_MOST_OFFSET, _MOST_SIZE = 0x3FFF, 0x3FF


class Redundancy:
    """One slot's. `is_on` says whether its packets have to go through `redundant`."""

    def __init__(
        self, rewriter: Munger, *, payload_type: int, block_type: int, numbered: int | None
    ) -> None:
        self.is_on = False
        self._rewriter = rewriter
        self._block_type = block_type
        self._header = HeaderLayout(
            ssrc=rewriter.ssrc, payload_type=payload_type, numbered=numbered
        )

    def turn(self, *, is_on: bool) -> None:
        """Begin or end."""
        if self.is_on and not is_on:
            self._rewriter.go_on_by(self._rewriter.header)
        self.is_on = is_on

    def is_of(self, segment: Segment) -> bool:
        """Return whether a segment's packets had others in them."""
        return segment.header is self._header

    def redundant(self, packets: Sequence[MediaPacket]) -> list[MediaPacket]:
        """Return the packets with the one before in each, to be sent next."""
        self._rewriter.go_on_by(self._header)
        segment = self._rewriter.segment
        if segment is None:
            return []
        return [self._with_before(packet, segment.source) for packet in packets]

    def _with_before(self, packet: MediaPacket, source: PacketCache) -> MediaPacket:
        own = bytes((self._block_type,)) + packet.payload
        before = source.find((packet.sequence_number - 1) & 0xFFFF)
        if before is None or not before.payload:
            return replace(packet, payload=own)
        offset = (packet.timestamp - before.timestamp) & 0xFFFFFFFF
        size = len(before.payload)
        if not 0 < offset <= _MOST_OFFSET or size > _MOST_SIZE:
            return replace(packet, payload=own)
        head = bytes((_FOLLOWS | self._block_type,)) + (offset << 10 | size).to_bytes(3)
        return replace(packet, payload=head + own[:1] + before.payload + packet.payload)
