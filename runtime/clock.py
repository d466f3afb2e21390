"""Wall time with an error bound and a source; the correction is kept against the boot clock."""

import time
from datetime import UTC, datetime, timedelta

from contracts.reports import ClockState


class Clock:
    """The time every process of ours asks for. Not corrected until `correct` is called."""

    def __init__(self) -> None:
        self._epoch_at_boot_s: float | None = None
        self._state = ClockState(source="ntp")

    @staticmethod
    def boottime_s() -> float:
        """Return seconds since boot, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def monotonic_ms(self) -> int:
        """Return milliseconds since boot."""
        return int(self.boottime_s() * 1000)

    def now(self) -> datetime:
        """Return the time in UTC, corrected where a correction is known."""
        if self._epoch_at_boot_s is None:
            return datetime.now(UTC)
        return datetime.fromtimestamp(self._epoch_at_boot_s + self.boottime_s(), UTC)

    def state(self) -> ClockState:
        """Return where the time comes from and how wrong it may be."""
        return self._state

    def correct(self, true_now: datetime, *, error: timedelta) -> None:
        """Take over the centre's time, right to within `error`."""
        self._epoch_at_boot_s = true_now.timestamp() - self.boottime_s()
        self._state = ClockState(
            source="centre", error_ms=error / timedelta(milliseconds=1)
        )
