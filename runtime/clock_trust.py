"""Whether a wall clock may be trusted with a step that cannot be taken back.

Pure: the caller reads the clocks. Ending or forgetting a meeting, deleting by age,
refusing for good: before any of these ask `doubt`, and put it off while there is one.

    trust = ClockTrust()
    doubt = trust.doubt(
        now=datetime.now(UTC),               the wall clock
        now_s=time.monotonic(),              which nobody sets
        is_synchronised=read_kernel_time().is_synchronised,     None: it cannot be asked
        newest=the newest instant known otherwise, such as of the data; None: there is none
    )
    if doubt is None: delete_old(now)        else: log it, try again later

Leaps are seen between two calls, so call `look` (or `doubt`) every few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Doubt(Enum):
    """Why the clock is not trusted now."""

    LEAPT = "it was set a moment ago, or the machine slept"
    UNSYNCHRONISED = "nothing keeps it right, and it has not run long enough to be believed"
    BEHIND = "it is before data that are there already"
    AHEAD = "it is far after the newest data"


def may_redo(doubt: Doubt | None) -> bool:
    """Return whether what is made anew as often as something changes may be made by the clock now.

    It counts from instants of the same clock: that nothing keeps it right does it no harm.
    """
    return doubt in (None, Doubt.UNSYNCHRONISED)


@dataclass(frozen=True, slots=True)
class TrustLimits:
    """When a clock is believed again, and how far it may be from the newest data.

    `unsynchronised`: a clock that nothing keeps right is believed once it has run that
    long without being set (an installation without a time server has no other); None: never.
    """

    leap: timedelta = timedelta(seconds=5)
    settled: timedelta = timedelta(minutes=10)
    unsynchronised: timedelta | None = timedelta(hours=1)
    behind: timedelta = timedelta(minutes=5)
    ahead: timedelta = timedelta(days=7)


class ClockTrust:
    """Watches one wall clock beside a monotonic one."""

    def __init__(self, limits: TrustLimits | None = None) -> None:
        self._limits = limits or TrustLimits()
        self._seen: tuple[datetime, float] | None = None
        self._steady_since_s: float | None = None
        self._leapt_at_s: float | None = None

    def look(self, *, now: datetime, now_s: float) -> timedelta:
        """Note both clocks; return by how much the wall clock has leapt since the last look."""
        seen, self._seen = self._seen, (now, now_s)
        if seen is None:
            self._steady_since_s = now_s
            return timedelta()
        leap = (now - seen[0]) - timedelta(seconds=now_s - seen[1])
        if abs(leap) <= self._limits.leap:
            return timedelta()
        self._steady_since_s = self._leapt_at_s = now_s
        return leap

    def doubt(
        self,
        *,
        now: datetime,
        now_s: float,
        is_synchronised: bool | None = None,
        newest: datetime | None = None,
    ) -> Doubt | None:
        """Return why nothing irrevocable may be done by this clock now; None: it may."""
        self.look(now=now, now_s=now_s)
        limits = self._limits
        if self._leapt_at_s is not None and now_s - self._leapt_at_s < _s(limits.settled):
            return Doubt.LEAPT
        if newest is not None and now < newest - limits.behind:
            return Doubt.BEHIND
        if newest is not None and now > newest + limits.ahead:
            return Doubt.AHEAD
        if is_synchronised is False and not self._is_steady(now_s):
            return Doubt.UNSYNCHRONISED
        return None

    def _is_steady(self, now_s: float) -> bool:
        needed = self._limits.unsynchronised
        since_s = self._steady_since_s
        return needed is not None and since_s is not None and now_s - since_s >= _s(needed)


def _s(span: timedelta) -> float:
    return span.total_seconds()
