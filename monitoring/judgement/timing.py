"""When a report was measured, and when its point was alive, for clocks right or wrong.

The monotonic clock of one boot needs no setting: what arrives with the least delay
tells when the boot's clock stood at zero, by the centre's clock. From that comes the
time of every other report of the boot, also where the wall clock is off by a day. A
crystal may run up to DRIFT_RATIO fast or slow, so the estimate loosens with time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.clock_error import is_clock_known
from contracts.reports import Report

AHEAD_TOLERANCE = timedelta(seconds=60)
DRIFT_RATIO = 200e-6
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BootEstimate:
    """When a boot's monotonic clock stood at zero, at the latest; made at `judged_at`."""

    zero_at: datetime
    judged_at: datetime

    def at(self, monotonic_ms: int, now: datetime) -> datetime:
        """Return when the boot's clock said so, and never later than now."""
        return min(_plus(self.zero_at, monotonic_ms), now)


def refined(estimate: BootEstimate | None, monotonic_ms: int, now: datetime) -> BootEstimate:
    """Return the estimate after one more report of the boot arrived."""
    zero_at = minus(now, monotonic_ms)
    if estimate is not None:
        loosened = estimate.zero_at + (now - estimate.judged_at) * DRIFT_RATIO
        zero_at = min(zero_at, loosened)
    return BootEstimate(zero_at, now)


def placed_at(
    report: Report, boot: BootEstimate, now: datetime, *, is_now_behind: bool = False
) -> datetime:
    """Return where in time a report stands: its own time, unless that cannot be so.

    Args:
        is_now_behind: the centre's own clock is known to be late, and refutes nothing.
    """
    measured_at = report.measured_at
    is_possible = EARLIEST <= measured_at and (
        is_now_behind or measured_at <= now + AHEAD_TOLERANCE
    )
    if is_possible and is_clock_known(report.clock):
        return measured_at
    return max(boot.at(report.monotonic_ms, now), EARLIEST)


def alive_at(report: Report, boot: BootEstimate, now: datetime) -> datetime:
    """Return when the point surely was alive: the better of its two clocks' evidence."""
    by_boot = boot.at(report.monotonic_ms, now)
    if is_clock_known(report.clock) and by_boot < report.measured_at <= now:
        return report.measured_at
    return by_boot


def minus(at: datetime, milliseconds: int) -> datetime:
    """Return the instant so many milliseconds before; EARLIEST where it would lie before that."""
    try:
        return max(at - timedelta(milliseconds=milliseconds), EARLIEST)
    except OverflowError:
        return EARLIEST


def _plus(at: datetime, milliseconds: int) -> datetime:
    try:
        return at + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
