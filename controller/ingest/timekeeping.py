"""The time ingest judges by, and whether it is good enough to throw anything away.

Presence, placing and acknowledging live in steady time (runtime/steady_clock.py). What
the field's own clocks say stands beside it: the middle one of the points', so that one
that is wrong, or lies, moves nothing.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from contracts.ids import PointId
from runtime.clock_trust import ClockTrust, Doubt
from runtime.kernel_clock import read_kernel_time
from runtime.limits import BoundedMap
from runtime.steady_clock import Leap, SteadyClock

LOOK_EVERY_S = 5.0
WITNESSES = 3
"""So many points, so that none of them decides alone."""
FAR = timedelta(hours=1)
"""What the field's clocks contradict; less than this is a clock that runs wrong, not one set."""


class Timekeeping:
    """Reads the clocks; asked for the time by all of ingest."""

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        is_synchronised: Callable[[], bool] = lambda: read_kernel_time().is_synchronised,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._ask_kernel = is_synchronised
        self._steady = SteadyClock()
        self._trust = ClockTrust()
        self._points: BoundedMap[PointId, tuple[str, int, datetime]] = BoundedMap()
        self._stored: datetime | None = None
        self._newest: datetime | None = None
        self._witnessed: datetime | None = None
        self._looked_at_s = float("-inf")
        self._is_synchronised = False
        self.is_behind = False
        """Whether it is earlier than the field is: nothing may be written over what is there."""

    def restore(self, newest: datetime | None) -> None:
        """Take over the newest time of an earlier life, as long as no point is heard."""
        self._stored = newest
        self._looked_at_s = float("-inf")

    def now(self) -> datetime:
        """Return the time, without leaps."""
        wall, now_s = self._wall(), self._monotonic()
        if now_s - self._looked_at_s >= LOOK_EVERY_S:
            self._looked_at_s = now_s
            self._is_synchronised = self._ask_kernel()
            self._trust.look(now=wall, now_s=now_s)
            self._newest = self._middle() or self._stored
            has_witnesses = len(self._points) >= WITNESSES
            self._witnessed = self._newest if has_witnesses else None
        off = wall - self._witnessed if self._witnessed else timedelta()
        now = self._steady.read(
            wall=wall,
            now_s=now_s,
            is_synchronised=self._is_synchronised,
            is_contradicted=abs(off) > FAR,
        )
        known = self._witnessed or self._stored
        self.is_behind = known is not None and known - now > FAR
        return now

    def heard(
        self, point_id: PointId, measured_at: datetime, outbox_id: str = "", seq: int = 0
    ) -> None:
        """Take note of when a point, whose clock is known to it, has measured what it said last.

        That is the report with the highest number: late ones come too, and a clock may be set back.
        """
        before = self._points.get(point_id)
        if before is not None:
            is_same = before[0] == outbox_id and before[1] != seq
            if not (seq > before[1] if is_same else measured_at > before[2]):
                return
        self._points[point_id] = outbox_id, seq, measured_at

    def trusted(self) -> tuple[datetime, Doubt | None]:
        """Return the wall clock, and why nothing irrevocable may be done by it."""
        self.now()
        wall = self._wall()
        return wall, self._trust.doubt(
            now=wall,
            now_s=self._monotonic(),
            is_synchronised=self._is_synchronised,
            newest=self._newest,
        )

    def take_leap(self) -> Leap | None:
        """Return how the time has moved since the last call; None: it has not."""
        leap = self._steady.take_leap()
        if leap is not None:
            self._looked_at_s = float("-inf")
        return leap

    def _middle(self) -> datetime | None:
        if not self._points:
            return None
        times = sorted(at for _, _, at in self._points.values())
        return times[(len(times) - 1) // 2]
