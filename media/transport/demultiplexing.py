"""Whose a datagram is, by its first byte (RFC 7983, section 7)."""

from media.transport.address import Address
from media.transport.udp import DatagramHandler


def demultiplexed(
    *, stun: DatagramHandler, dtls: DatagramHandler, media: DatagramHandler, other: DatagramHandler
) -> DatagramHandler:
    """Return a handler that gives each datagram to the one of its protocol.

    Args:
        media: takes SRTP and SRTCP (RFC 5761 tells them apart: `rtp.is_rtcp`).
        other: takes what is of none, or is shorter than two bytes.
    """
    takers = [other] * 256
    takers[:4] = [stun] * 4
    takers[20:64] = [dtls] * 44
    takers[128:192] = [media] * 64

    def received(buffer: memoryview, size: int, address: Address) -> None:
        (takers[buffer[0]] if size > 1 else other)(buffer, size, address)

    return received
