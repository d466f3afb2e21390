"""One stream that we receive: what its receiver reports say (RFC 3550, section 6.4 and A.8)."""

from dataclasses import dataclass

from media.wire import rtcp
from media.wire.seqnum import extended16


@dataclass(frozen=True, slots=True)
class Arrived:
    """What arrived over one interval."""

    packets: int
    lost: int
    octets: int


@dataclass(slots=True)
class Reception:
    """Counts of one SSRC. Times are seconds of a steady clock."""

    ssrc: int
    clock_rate: int
    highest: int | None = None
    first: int = 0
    received: int = 0
    octets: int = 0
    jitter: float = 0.0
    _transit: float | None = None
    _expected_before: int = 0
    _received_before: int = 0
    _sender_ntp: int = 0
    _sender_heard_s: float = 0.0
    _taken: Arrived = Arrived(0, 0, 0)

    def packet(self, sequence: int, timestamp: int, size: int, now_s: float) -> None:
        """Take note of an arrived packet."""
        self.received += 1
        self.octets += size
        if self.highest is None:
            self.highest = self.first = sequence
        else:
            self.highest = max(self.highest, extended16(sequence, self.highest))
        transit = now_s * self.clock_rate - timestamp
        if self._transit is not None and abs(transit - self._transit) < self.clock_rate:
            self.jitter += (abs(transit - self._transit) - self.jitter) / 16
        self._transit = transit

    def sender_report(self, ntp: int, now_s: float) -> None:
        """Take note of the sender's report."""
        self._sender_ntp = rtcp.middle32(ntp)
        self._sender_heard_s = now_s

    @property
    def expected(self) -> int:
        """How many packets the sender has sent since the first one heard."""
        return 0 if self.highest is None else self.highest - self.first + 1

    def block(self, now_s: float) -> rtcp.ReportBlock:
        """Return the report block; the fraction lost is that since the last call."""
        expected, received = self.expected, self.received
        expected_now = expected - self._expected_before
        lost_now = expected_now - (received - self._received_before)
        self._expected_before, self._received_before = expected, received
        fraction = min(255, max(0, lost_now * 256 // expected_now)) if expected_now > 0 else 0
        delay = int((now_s - self._sender_heard_s) * 65536) if self._sender_ntp else 0
        return rtcp.ReportBlock(
            self.ssrc,
            fraction,
            max(-0x800000, min(0x7FFFFF, expected - received)),
            (self.highest or 0) & 0xFFFFFFFF,
            int(self.jitter),
            self._sender_ntp,
            delay,
        )

    def take_interval(self) -> Arrived:
        """Return what arrived since the last call."""
        lost = max(0, self.expected - self.received)
        before, self._taken = self._taken, Arrived(self.received, lost, self.octets)
        return Arrived(
            self.received - before.packets,
            max(0, lost - before.lost),
            self.octets - before.octets,
        )
