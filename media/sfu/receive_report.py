"""What a receiver knows of one stream: loss, jitter, and the last sender report (RFC 3550)."""

from media.wire import rtcp
from media.wire.seqnum import difference16, difference32


class Reception:
    """Statistics of one incoming stream. Times are seconds of one clock."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.packets = 0
        self.jitter = 0.0
        self.highest = 0
        self._base = 0
        self._expected_before = 0
        self._packets_before = 0
        self._transit: int | None = None
        self._lsr = 0
        self._lsr_at = 0.0
        self.sender_report: rtcp.SenderReport | None = None
        self.sender_report_at = 0.0

    def received(self, sequence_number: int, timestamp: int, *, now: float) -> None:
        """Note a packet (appendices A.1, A.3 and A.8)."""
        if self.packets == 0:
            self.highest = self._base = sequence_number
        else:
            self.highest += max(0, difference16(sequence_number, self.highest & 0xFFFF))
        self.packets += 1
        transit = int(now * self.clock_rate) - timestamp & 0xFFFFFFFF
        if self._transit is not None:
            change = abs(difference32(transit, self._transit))
            self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def reported(self, report: rtcp.SenderReport, *, now: float) -> None:
        """Note the sender's report."""
        self._lsr = rtcp.middle32(report.ntp)
        self._lsr_at = now
        self.sender_report = report
        self.sender_report_at = now

    @property
    def expected(self) -> int:
        """Packets that were sent, as far as the numbers show."""
        return self.highest - self._base + 1 if self.packets else 0

    @property
    def lost(self) -> int:
        """Packets that did not come; negative where some came twice."""
        return self.expected - self.packets

    def block(self, *, now: float) -> rtcp.ReportBlock:
        """Return a report block, and begin the next interval."""
        expected = self.expected - self._expected_before
        received = self.packets - self._packets_before
        self._expected_before, self._packets_before = self.expected, self.packets
        lost = max(0, expected - received)
        return rtcp.ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=min(255, lost * 256 // expected) if expected > 0 else 0,
            packets_lost=max(-0x800000, min(0x7FFFFF, self.lost)),
            highest_sequence=self.highest,
            jitter=int(self.jitter),
            lsr=self._lsr,
            dlsr=int((now - self._lsr_at) * 65536) & 0xFFFFFFFF if self._lsr else 0,
        )
