"""What a receiver knows of one stream: loss, jitter, and the last sender report (RFC 3550)."""

from dataclasses import dataclass

from media.wire import rtcp
from media.wire.seqnum import difference16

_HALF, _WHOLE = 2**31, 2**32
# The quickest packet of so long is what others are late by; after it another path may be the way.
QUICKEST_S, LATE_LIMIT_S = 10.0, 1.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """What arrived over one interval."""

    packets: int
    lost: int
    octets: int


class Reception:
    """Statistics of one incoming stream. Times are seconds of one steady clock."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.packets = 0
        self.octets = 0
        self.jitter = 0.0
        self.highest = 0
        self.sender_report: rtcp.SenderReport | None = None
        self.sender_report_at = 0.0
        self._base = 0
        self._expected_before = 0
        self._packets_before = 0
        self._transit: float | None = None
        self._quickest = self._quickest_before = 0.0  # transits, of this while and the one before
        self._quickest_since = float("-inf")
        self._lsr = 0
        self._taken = Arrived(0, 0, 0)

    def received(self, sequence_number: int, timestamp: int, *, now: float, size: int = 0) -> None:
        """Note a packet (appendices A.1, A.3 and A.8); a leap of over a second is no jitter."""
        if self.packets == 0:
            self.highest = self._base = sequence_number
        else:
            self.highest += max(0, difference16(sequence_number, self.highest & 0xFFFF))
        self.packets += 1
        self.octets += size
        transit = now * self.clock_rate - timestamp
        if self._transit is not None:
            change = abs(_signed(transit - self._transit))
            if change < self.clock_rate:
                self.jitter += (change - self.jitter) / 16
        self._transit = transit
        if now - self._quickest_since > QUICKEST_S:
            is_known = now - self._quickest_since <= 2 * QUICKEST_S
            self._quickest_before = self._quickest if is_known else transit
            self._quickest, self._quickest_since = transit, now
        elif _signed(transit - self._quickest) < 0:
            self._quickest = transit

    def late_s(self, timestamp: int, *, now: float) -> float:
        """Return by how much what comes now is later than the quickest of the last seconds.

        0 too where the stream's timestamps leap, or nothing has come.
        """
        transit = now * self.clock_rate - timestamp
        late = max(_signed(transit - one) for one in (self._quickest, self._quickest_before))
        return late / self.clock_rate if 0 < late < LATE_LIMIT_S * self.clock_rate else 0.0

    def reported(self, report: rtcp.SenderReport, *, now: float) -> None:
        """Note the sender's report."""
        self._lsr = rtcp.middle32(report.ntp)
        self.sender_report = report
        self.sender_report_at = now

    def timestamp_at(self, now: float) -> int | None:
        """Return the stream's time at a moment, by its sender's own report; None: there is none."""
        if self.sender_report is None:
            return None
        elapsed = int((now - self.sender_report_at) * self.clock_rate)
        return (self.sender_report.rtp_timestamp + elapsed) & 0xFFFFFFFF

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
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self.jitter),
            lsr=self._lsr,
            dlsr=int((now - self.sender_report_at) * 65536) & 0xFFFFFFFF if self._lsr else 0,
        )

    def take_interval(self) -> Arrived:
        """Return what arrived since the last call."""
        before, self._taken = self._taken, Arrived(self.packets, max(0, self.lost), self.octets)
        return Arrived(
            self._taken.packets - before.packets,
            max(0, self._taken.lost - before.lost),
            self._taken.octets - before.octets,
        )


def _signed(change: float) -> float:
    """Return a difference of 32-bit timestamps as the one nearest to zero."""
    return (change + _HALF) % _WHOLE - _HALF
