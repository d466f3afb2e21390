"""What a receiver's transport-wide feedback tells of a line: what came, was lost, is on the way.

A packet that a report leaves out is lost when one that was sent a tenth of a second later has
come: lines mix packets, and a receiver tells of what comes late.
"""

from collections import deque

from media.native.ear import Ear, new_ear
from media.native.gathered import new_gathered
from media.sfu.delay_trend import BASE_KEPT_S, GROUP_S, QUEUE_GROUPS, DelayTrend
from media.sfu.feedback import NEVER_CALM, counted, reference, walk
from media.sfu.least import Least
from media.sfu.send_log import Flight, SendLog
from media.wire.twcc import Arrivals

MEASURED_S, MEASURED_DRAINING_S = 0.4, 0.15
REORDERED_S = 0.1
GATHERED_S = 0.2  # so long calm reports are gathered: one says what the next says
STEADY_S, GATHERED_STEADY_S = 2.0, 0.5  # so long where for so long all were calm
_REFERENCE_MS = 64.0
_MOST_STEPS = 156  # ten seconds


class ArrivalRecord:
    """One direction of one line."""

    def __init__(self) -> None:
        self.log = SendLog()
        self.trend = DelayTrend()
        self.bps: float | None = None
        self.round_trip_s = 0.1
        self.least_round_trip_s = Least(BASE_KEPT_S)
        self.has_lost = False  # by the last report
        self.is_calm = False  # by the last report: there is nothing to judge
        self._flight = Flight(self.log)
        self._missing: dict[int, None] = {}
        # Since a report was last taken further; the C counts there too.
        self._so_far = so_far = new_gathered()
        so_far.group_s, so_far.queue_groups, so_far.most_steps = GROUP_S, QUEUE_GROUPS, _MOST_STEPS
        so_far.most_s = GATHERED_S
        self._calm_since = float("inf")
        self._is_told = False
        self._came: deque[tuple[float, int]] = deque()

    @property
    def on_the_way_bits(self) -> int:
        """How much was sent after the newest that is known to have come."""
        return 8 * self._flight.bytes_after(self._so_far.newest)

    @property
    def newest_sent_at(self) -> float:
        """When the newest was sent that is known to have come."""
        return self._so_far.newest_sent_s

    @property
    def heard_at(self) -> float:
        """When a report last came; negative infinity: none did."""
        return self._so_far.heard_at

    def restart(self) -> None:
        """Forget what was measured before an outage, but not what the line is at its best."""
        self.trend.restart()
        self._came.clear()
        self._calm_since = float("inf")
        so_far = self._so_far
        so_far.came = so_far.octets = 0
        so_far.taken_at, so_far.is_on = float("-inf"), False

    def move(self) -> None:
        """Forget what went by another line."""
        self.log.forget_all()
        self._so_far.newest = self.log.next_number - 1
        self.restart()

    def gathers(self, report: Arrivals | bytes, *, now: float) -> bool:
        """Count a report where it is calm and one was taken a moment ago: as `take` does.

        It is the C that does; where there is none, `take` does alone.
        """
        return isinstance(report, bytes) and counted(report, self.log, self._so_far, now=now)

    def new_ear(self) -> Ear | None:
        """Return what hears calm reports as `gathers` counts them; None: there is no C."""
        return new_ear(self.log.shared, self._so_far)

    def go_on(self, *, is_ample: bool) -> None:
        """Let calm reports be gathered from now on, or take each, as long as all stays as it is."""
        so_far = self._so_far
        so_far.is_on = is_ample and not self._missing
        is_steady = so_far.taken_at - self._calm_since > STEADY_S
        so_far.most_s = GATHERED_STEADY_S if is_steady else GATHERED_S
        if so_far.is_on:
            so_far.soonest_ms, so_far.queue_ms, so_far.latest_ms = self.trend.calm
            so_far.group_first_s = self.trend.group_first_s

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
        so_far = self._so_far
        so_far.heard_at, so_far.is_on = now, False
        base_ms = self._base_ms(reference(report))
        found = walk(
            report,
            self.log,
            base_ms=base_ms,
            newest_sent_s=so_far.newest_sent_s,
            newest=so_far.newest,
            group_first_s=self.trend.group_first_s,
            group_s=GROUP_S,
            late_groups=so_far.late_groups,
            calm=self.trend.calm if is_ample else NEVER_CALM,
        )
        self.is_calm = is_ample and found.is_calm
        is_new = found.newest_sent_s > so_far.newest_sent_s
        so_far.late_groups = found.late_groups
        so_far.newest = found.newest
        so_far.newest_ms = max(found.newest_ms, so_far.newest_ms)
        so_far.newest_sent_s = found.newest_sent_s
        came, octets = found.came + so_far.came, found.octets + so_far.octets
        is_calm = self.is_calm and not self._missing
        self._calm_since = min(self._calm_since, now) if is_calm else float("inf")
        if is_calm and now - so_far.taken_at < so_far.most_s:
            so_far.came, so_far.octets = came, octets
            return None
        so_far.came, so_far.octets, so_far.taken_at = 0, 0, now
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
        so_far = self._so_far
        if not self._is_told:
            self._is_told, so_far.reference = True, told
        step = ((told - so_far.reference + 0x800000) & 0xFFFFFF) - 0x800000
        so_far.reference += step
        if abs(step) > _MOST_STEPS:
            self.trend = DelayTrend()
            self._came.clear()
            so_far.newest_ms = float("-inf")
        return so_far.reference * _REFERENCE_MS

    def measure(self, octets: int, *, is_draining: bool) -> None:
        """Measure what arrives, by the receiver's clock: these bytes came last."""
        known, kept_s = self._came, MEASURED_DRAINING_S if is_draining else MEASURED_S
        known.append((self._so_far.newest_ms, octets))
        while len(known) > 2 and self._so_far.newest_ms - known[0][0] > 1000 * kept_s:
            known.popleft()
        passed_ms = known[-1][0] - known[0][0]
        if passed_ms > 0:
            measured = -known[0][1]  # came before the time that is measured
            for _, size in known:
                measured += size
            self.bps = 8000 * measured / passed_ms
