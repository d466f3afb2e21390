"""What a receiver's transport-wide feedback tells of a line: what came, was lost, is on the way.

A packet that a report leaves out is lost when one that was sent a tenth of a second later has
come: lines mix packets, and a receiver tells of what comes late.
"""

from collections import deque

from media.sfu.delay_trend import BASE_KEPT_S, GROUP_S, DelayTrend
from media.sfu.feedback import NEVER_CALM, reference, walk
from media.sfu.least import Least
from media.sfu.send_log import Flight, SendLog
from media.wire.twcc import Arrivals

MEASURED_S, MEASURED_DRAINING_S = 0.4, 0.15
REORDERED_S = 0.1
GATHERED_S = 0.2  # so long calm reports are gathered: one says what the next says
_CLOCK_STEP_MS = 10_000.0
_REFERENCE_MS = 64.0


class ArrivalRecord:
    """One direction of one line."""

    def __init__(self) -> None:
        self.log = SendLog()
        self.trend = DelayTrend()
        self.bps: float | None = None
        self.round_trip_s = 0.1
        self.least_round_trip_s = Least(BASE_KEPT_S)
        self.newest_sent_at = float("-inf")
        self.has_lost = False  # by the last report
        self.is_calm = False  # by the last report: there is nothing to judge
        self._flight = Flight(self.log)
        self._missing: dict[int, None] = {}
        self._newest = 0
        self._reference: int | None = None
        self._newest_ms = float("-inf")
        self._came: deque[tuple[float, int]] = deque()
        self._late_groups = 0  # one after another, up to the newest
        self._gathered = (0, 0)  # packets and bytes of calm reports that were not taken further
        self._taken_at = float("-inf")

    @property
    def on_the_way_bits(self) -> int:
        """How much was sent after the newest that is known to have come."""
        return 8 * self._flight.bytes_after(self._newest)

    def restart(self) -> None:
        """Forget what was measured before an outage, but not what the line is at its best."""
        self.trend.restart()
        self._came.clear()
        self._gathered, self._taken_at = (0, 0), float("-inf")

    def move(self) -> None:
        """Forget what went by another line."""
        self.log.forget_all()
        self._newest = self.log.next_number - 1
        self.restart()

    def take(
        self, report: Arrivals | bytes, *, lost_after: float, is_ample: bool, now: float
    ) -> tuple[int, int, int] | None:
        """Take a report; return how many packets came, and are lost, and the bytes that came.

        None: it says what those before it said, and is counted with the next.

        Args:
            lost_after: what was sent before and is lost is not counted.
            is_ample: the line carries far more than is sent: a report that shows no queue is told
                by the packet that waited least.

        Raises:
            MalformedPacket: it cannot be read.
        """
        base_ms = self._base_ms(reference(report))
        found = walk(
            report,
            self.log,
            base_ms=base_ms,
            newest_sent_s=self.newest_sent_at,
            group_first_s=self.trend.group_first_s,
            group_s=GROUP_S,
            late_groups=self._late_groups,
            calm=self.trend.calm if is_ample else NEVER_CALM,
        )
        self._late_groups = found.late_groups
        self.is_calm = is_ample and found.is_calm
        is_new = found.newest_sent_s > self.newest_sent_at
        self._newest = max(found.newest, self._newest)
        self._newest_ms = max(found.newest_ms, self._newest_ms)
        self.newest_sent_at = found.newest_sent_s
        came, octets = found.came + self._gathered[0], found.octets + self._gathered[1]
        if self.is_calm and not self._missing and now - self._taken_at < GATHERED_S:
            self._gathered = came, octets
            return None
        self._gathered, self._taken_at = (0, 0), now
        for sent_s, arrived_ms in found.arrivals:
            self.trend.arrived(sent_s, arrived_ms)
        if found.missing:
            self._missing.update(dict.fromkeys(found.missing))
        if is_new:
            round_trip_s = max(0.001, now - self.newest_sent_at)
            self.round_trip_s += (round_trip_s - self.round_trip_s) / 4
            self.least_round_trip_s.note(round_trip_s, now)
        return came, self._lost(lost_after), octets

    def _lost(self, after: float) -> int:
        self.has_lost = False
        if not self._missing:
            return 0
        lost, log = 0, self.log
        for number in list(self._missing):
            at = log.index(number)
            if at is not None and log.sent_at[at] > self.newest_sent_at - REORDERED_S:
                continue
            del self._missing[number]
            if at is not None:
                log.forget(at)
                self.has_lost = True
                lost += log.sent_at[at] > after
        return lost

    def _base_ms(self, told: int) -> float:
        """Return a report's reference time; a clock that jumped begins the trend anew."""
        if self._reference is None:
            self._reference = told
        step = ((told - self._reference + 0x800000) & 0xFFFFFF) - 0x800000
        self._reference += step
        if abs(step) * _REFERENCE_MS > _CLOCK_STEP_MS:
            self.trend = DelayTrend()
            self._came.clear()
            self._newest_ms = float("-inf")
        return self._reference * _REFERENCE_MS

    def measure(self, octets: int, *, is_draining: bool) -> None:
        """Measure what arrives, by the receiver's clock: these bytes came last."""
        known, kept_s = self._came, MEASURED_DRAINING_S if is_draining else MEASURED_S
        known.append((self._newest_ms, octets))
        while len(known) > 2 and self._newest_ms - known[0][0] > 1000 * kept_s:
            known.popleft()
        passed_ms = known[-1][0] - known[0][0]
        if passed_ms > 0:
            measured = -known[0][1]  # came before the time that is measured
            for _, size in known:
                measured += size
            self.bps = 8000 * measured / passed_ms
