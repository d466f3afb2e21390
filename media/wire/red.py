"""Sound with what went before it in one packet (RFC 2198), from its receiver's side.

Such a packet has the number and time of its last block. The blocks before are those of the
packets right before it, the oldest first, each with how much earlier it is.
"""

from dataclasses import dataclass, replace

from media.errors import MalformedPacket
from media.wire import rtp

MOST_BLOCKS = 8
_FOLLOWS, _TYPE, _SIZE = 0x80, 0x7F, 0x3FF
_HEAD, _LAST_HEAD = 4, 1


@dataclass(frozen=True, slots=True)
class _Head:
    payload_type: int
    before: int
    size: int


def opened(packet: rtp.RtpPacket) -> list[rtp.RtpPacket]:
    """Return the packets that are in this one, in their order; it itself is the last.

    Raises:
        MalformedPacket: a block is cut short, or there are more than anybody sends.
    """
    payload = bytes(packet.payload)
    heads, at = _heads(payload)
    found = []
    for index, head in enumerate(heads):
        data = payload[at : at + head.size]
        if len(data) < head.size:
            raise MalformedPacket("RED", "block cut short")
        at += head.size
        earlier = len(heads) - index
        found.append(
            replace(
                packet,
                payload_type=head.payload_type,
                sequence_number=(packet.sequence_number - earlier) & 0xFFFF,
                timestamp=(packet.timestamp - head.before) & 0xFFFFFFFF,
                is_marked=False,
                payload=data,
            )
        )
    own_type = payload[_HEAD * len(heads)] & _TYPE
    return [*found, replace(packet, payload_type=own_type, payload=payload[at:])]


def _heads(payload: bytes) -> tuple[list[_Head], int]:
    """Return what stands of the earlier blocks, and where the first begins."""
    heads: list[_Head] = []
    at = 0
    while at < len(payload) and payload[at] & _FOLLOWS:
        if at + _HEAD > len(payload) or len(heads) == MOST_BLOCKS:
            raise MalformedPacket("RED", f"{len(heads)} blocks and no last one")
        word = int.from_bytes(payload[at : at + _HEAD])
        heads.append(_Head(payload[at] & _TYPE, word >> 10 & 0x3FFF, word & _SIZE))
        at += _HEAD
    if at >= len(payload):
        raise MalformedPacket("RED", "no last block")
    return heads, at + _LAST_HEAD
