"""The floor in a compound of RTCP: a packet of this system's own, which others pass over.

APP, RFC 3550, section 6.7: the sender's SSRC, the name `DCFW`, and a message as JSON
(contracts.steering.FloorWord), filled up with spaces to words of four bytes.
"""

from media.errors import MalformedPacket
from media.wire import rtcp

NAME = b"DCFW"
_HEAD = 12


def build(ssrc: int, word: bytes) -> bytes:
    """Return a compound that tells a message."""
    body = ssrc.to_bytes(4) + NAME + word + b" " * (-len(word) % 4)
    head = bytes((0x80, rtcp.APP)) + (len(body) // 4).to_bytes(2)
    return rtcp.build_receiver_report(rtcp.ReceiverReport(ssrc, ())) + head + body


def read(compound: bytes) -> bytes | None:
    """Return the message that a compound tells; None: it tells none.

    Raises:
        MalformedPacket: it is cut short.
    """
    at = 0
    while at + _HEAD <= len(compound):
        end = at + 4 + 4 * int.from_bytes(compound[at + 2 : at + 4])
        if end > len(compound):
            raise MalformedPacket("RTCP", "cut short")
        if compound[at + 1] == rtcp.APP and compound[at + 8 : at + _HEAD] == NAME:
            return compound[at + _HEAD : end]
        at = end
    return None
