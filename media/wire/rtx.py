"""What is sent again in a stream of its own (RFC 4588), from its receiver's side.

A stream that repairs another has its own SSRC, numbers and payload types, so that no number of
either ever carries two things. Before the payload stands the number that the packet had.
"""

from collections.abc import Mapping

from media.wire import rtp

NUMBER_SIZE = 2


def number_of(packet: rtp.RtpPacket) -> int:
    """Return the number that the packet had; of padding it means nothing."""
    return int.from_bytes(packet.payload[:NUMBER_SIZE])


def restored(packet: rtp.RtpPacket, *, ssrc: int, payload_types: Mapping[int, int]) -> bytes | None:
    """Return the packet that was sent again, as it was; None: it is padding, or of no codec.

    Args:
        ssrc: of the stream that is repaired.
        payload_types: of that stream, by the repairing ones.
    """
    payload_type = payload_types.get(packet.payload_type)
    if payload_type is None or len(packet.payload) < NUMBER_SIZE:
        return None
    return rtp.build(
        payload_type=payload_type,
        sequence_number=number_of(packet),
        timestamp=packet.timestamp,
        ssrc=ssrc,
        payload=packet.payload[NUMBER_SIZE:],
        is_marked=packet.is_marked,
    )
