"""One stream that we send: numbering, counts for reports, and what may be asked for again."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from media.wire import rtcp, rtp
from media.wire.seqnum import add16, difference16

CACHE_PACKETS = 512
LEAST_JUMP = 4096


@dataclass(slots=True)
class SendStream:
    """One SSRC. The first `sequence` is below 2**15: no receiver's rollover is in doubt."""

    ssrc: int
    payload_type: int
    sequence: int
    packets: int = 0
    octets: int = 0
    last_timestamp: int = 0
    _sent: OrderedDict[int, bytes] = field(default_factory=OrderedDict)

    def packet(self, payload: bytes, timestamp: int, *, is_marked: bool) -> tuple[int, bytes]:
        """Return the next packet with its sequence number; timestamp is cut to 32 bits."""
        number = self.sequence
        self.last_timestamp = timestamp & 0xFFFFFFFF
        data = rtp.build(
            payload_type=self.payload_type,
            sequence_number=number,
            timestamp=self.last_timestamp,
            ssrc=self.ssrc,
            payload=payload,
            is_marked=is_marked,
        )
        self.sequence = add16(number, 1)
        self.packets += 1
        self.octets += len(payload)
        return number, data

    def remember(self, number: int, encrypted: bytes) -> None:
        """Keep what was sent: a retransmission repeats the same bytes (RFC 3711, section 9.1)."""
        self._sent[number] = encrypted
        if len(self._sent) > CACHE_PACKETS:
            self._sent.popitem(last=False)

    def again(self, numbers: Iterable[int]) -> list[bytes]:
        """Return those of the asked packets that are still kept."""
        return [self._sent[number] for number in numbers if number in self._sent]

    def forget(self) -> None:
        """Drop what was sent under keys that are no longer in use."""
        self._sent.clear()

    def renew(self, first: int) -> None:
        """Number anew from `first`, below 2**15, under new keys.

        Whoever goes on to receive it, as the room's own screen does, must see a jump and
        not packets that come twice: a number near the last one is moved by 2**14.
        """
        self.forget()
        is_near = abs(difference16(first, self.sequence)) < LEAST_JUMP
        self.sequence = first ^ 0x4000 if is_near else first

    def report(self, wall_s: float, timestamp: int) -> rtcp.SenderReport:
        """Return the sender report; `timestamp` is the RTP time of `wall_s`."""
        return rtcp.SenderReport(
            self.ssrc,
            rtcp.ntp_time(wall_s),
            timestamp & 0xFFFFFFFF,
            self.packets,
            self.octets,
        )
