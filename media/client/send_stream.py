"""One stream that we make and send: numbering, and counts for reports."""

from collections.abc import Mapping

from media.client.sent_packets import SentPackets
from media.wire import rtcp, rtp
from media.wire.seqnum import add16, difference16

LEAST_JUMP = 4096


class SendStream:
    """One SSRC. The first number is below 2**15: no receiver's rollover is in doubt."""

    def __init__(self, ssrc: int, payload_type: int, clock_hz: int, first: int) -> None:
        self.ssrc = ssrc
        self.sent = SentPackets()
        self.packets = 0
        self._payload_type = payload_type
        self._clock_hz = clock_hz
        self._sequence = first
        self._octets = 0

    def packet(
        self,
        payload: bytes,
        timestamp: int,
        *,
        is_marked: bool,
        extensions: Mapping[int, bytes] = rtp.NO_EXTENSIONS,
    ) -> tuple[int, bytes]:
        """Return the next packet with its sequence number; timestamp is cut to 32 bits."""
        number = self._sequence
        data = rtp.build(
            payload_type=self._payload_type,
            sequence_number=number,
            timestamp=timestamp & 0xFFFFFFFF,
            ssrc=self.ssrc,
            payload=payload,
            is_marked=is_marked,
            extensions=extensions,
        )
        self._sequence = add16(number, 1)
        self.packets += 1
        self._octets += len(payload)
        return number, data

    def renew(self, first: int) -> None:
        """Number anew from `first`, below 2**15, under new keys.

        Whoever goes on to receive it, as the room's own screen does, must see a jump and
        not packets that come twice: a number near the last one is moved by 2**14.
        """
        self.sent.forget()
        is_near = abs(difference16(first, self._sequence)) < LEAST_JUMP
        self._sequence = first ^ 0x4000 if is_near else first

    def report(self, wall_ms: float, *, now: float) -> rtcp.SenderReport:
        """Return the sender report; the stream's RTP time counts the wall clock."""
        del now
        timestamp = round(wall_ms * self._clock_hz / 1000) & 0xFFFFFFFF
        ntp = rtcp.ntp_time(wall_ms / 1000)
        return rtcp.SenderReport(self.ssrc, ntp, timestamp, self.packets, self._octets)
