"""What a sender repeats in a stream of its own (RTX, RFC 4588), for whoever receives."""

from collections.abc import Callable, Mapping
from typing import Any

from media.client.jitter_buffer import JitterBuffer
from media.wire import rtp, rtx
from media.wire.sdp_offer import REPAIRS


def resent(
    packet: rtp.RtpPacket, repairs: Mapping[int, int], order_of: Callable[[int], JitterBuffer[Any]]
) -> bytes | None:
    """Return the packet that is repeated in this one; None: there is none, or it is not awaited.

    What is there already was sent to show what the line carries, and padding says nothing.

    Args:
        repairs: the streams whose packets are repeated, by the stream that repeats them.
        order_of: the order of such a stream.
    """
    ssrc = repairs.get(packet.ssrc)
    if ssrc is None or not order_of(ssrc).is_awaited(rtx.number_of(packet)):
        return None
    return rtx.restored(packet, ssrc=ssrc, payload_types=REPAIRS)
