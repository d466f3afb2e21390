"""How far the centre's clock is believed: by the kernel, by its own steadiness, by the points.

A machine that boots seven hours ahead lives a whole day's meetings before a time server is
heard. What cannot be taken back (a meeting ended by the clock, a document cleared, rows
removed by age) waits while there is a doubt. A meeting may begin with less: its relay goes
by its own clock, so that nothing is lost by a minute's wait or by an early word.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from contracts.ids import PointId
from runtime.clock_trust import ClockTrust, Doubt
from runtime.kernel_clock import read_kernel_time
from runtime.limits import BoundedMap

WITNESS_FOR_S = 120.0
MIN_WITNESSES = 3
AGREES_S, CONTRADICTS_S = 120.0, 300.0
BEGIN_AFTER_S = 60.0
LOOK_EVERY_S = 5.0
# So long do people see on the overview that the clock is doubted, and can set it.
KEPT_RIGHT_FOR_S = 24 * 3600.0


def _is_kept_right() -> bool:
    return read_kernel_time().is_synchronised


class WatchedClock:
    """The centre's wall clock, and what speaks against it. For use by several threads."""

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        is_synchronised: Callable[[], bool] = _is_kept_right,
        newest: datetime | None = None,
    ) -> None:
        """Begin to watch.

        Args:
            newest: until when the centre is known to have run before; None: it never has.
        """
        self._wall = wall
        self._monotonic = monotonic
        self._ask_kernel = is_synchronised
        self._trust = ClockTrust()
        self._lock = threading.Lock()
        self._points: BoundedMap[PointId, tuple[float, float]] = BoundedMap()
        self._steady_from_s = self._began_s = monotonic()
        self._newest = newest
        self._looked_at_s = float("-inf")
        self._is_synchronised = False
        self._kept_from_s: float | None = None

    def now(self) -> datetime:
        """Return the wall clock."""
        return self._wall()

    def witnessed(self, point_id: PointId, measured_at: datetime) -> None:
        """Take note of what time it was at a point whose report has just come.

        Not of a point that has its time from the centre: it would always agree. The latest
        word of the last minutes counts: reports may also come late.
        """
        with self._lock:
            now_s = self._monotonic()
            ahead_s = (self._wall() - measured_at).total_seconds()
            known = self._points.get(point_id)
            if known is None or now_s - known[1] > WITNESS_FOR_S or ahead_s <= known[0]:
                self._points[point_id] = (ahead_s, now_s)

    def doubt(self) -> Doubt | None:
        """Return why nothing irrevocable may be done by this clock now; None: it may."""
        with self._lock:
            return self._doubt(self._look())

    def may_tell(self) -> bool:
        """Return whether others may set their clocks by this one.

        Data that are old do not speak against a clock that is kept right: the centre was off.
        """
        with self._lock:
            now_s = self._look()
            doubt = self._doubt(now_s)
            if doubt in (None, Doubt.UNSYNCHRONISED):
                return True
            is_by_data = doubt is not Doubt.LEAPT and not self._is_contradicted(now_s)
            return is_by_data and self._is_synchronised

    def may_begin(self) -> bool:
        """Return whether a meeting may begin by this clock."""
        with self._lock:
            now_s = self._look()
            if self._doubt(now_s) is None:
                return True
            if len(self._said(now_s)) >= MIN_WITNESSES and self._is_contradicted(now_s):
                return False
            if self._is_synchronised:
                return True
            is_steady = now_s - self._steady_from_s >= BEGIN_AFTER_S
            return is_steady and self._by_itself(now_s) not in (Doubt.AHEAD, Doubt.BEHIND)

    def _look(self) -> float:
        now_s = self._monotonic()
        if now_s - self._looked_at_s >= LOOK_EVERY_S:
            self._looked_at_s = now_s
            self._is_synchronised = self._ask_kernel()
            if not self._is_synchronised:
                self._kept_from_s = None
            elif self._kept_from_s is None:
                self._kept_from_s = now_s
        if self._trust.look(now=self._wall(), now_s=now_s):
            self._steady_from_s = now_s
            self._kept_from_s = now_s if self._is_synchronised else None
            self._points = BoundedMap()
        return now_s

    def _said(self, now_s: float) -> list[float]:
        return [ahead_s for ahead_s, at_s in self._points.values() if now_s - at_s <= WITNESS_FOR_S]

    def _is_contradicted(self, now_s: float) -> bool:
        said = self._said(now_s)
        return bool(said) and abs(median(said)) > CONTRADICTS_S

    def _doubt(self, now_s: float) -> Doubt | None:
        if said := self._said(now_s):
            ahead_s = median(said)
            # A few are no proof by themselves: they may share one wrong time server.
            is_enough = len(said) >= MIN_WITNESSES or self._is_synchronised
            if abs(ahead_s) <= AGREES_S and is_enough:
                return None
            if abs(ahead_s) > CONTRADICTS_S:
                return Doubt.AHEAD if ahead_s > 0 else Doubt.BEHIND
        return self._by_itself(now_s)

    def _by_itself(self, now_s: float) -> Doubt | None:
        doubt = self._trust.doubt(
            now=self._wall(),
            now_s=now_s,
            is_synchronised=self._is_synchronised,
            newest=self._newest_known(now_s),
        )
        is_kept = self._kept_from_s is not None and now_s - self._kept_from_s >= KEPT_RIGHT_FOR_S
        return None if doubt is Doubt.AHEAD and is_kept else doubt

    def _newest_known(self, now_s: float) -> datetime | None:
        """Return until when anything is known, by now.

        The instant that ingest stores goes on by this very clock, so it is read at the start
        alone. What even few points have measured since is newer: the centre was off.
        """
        if self._newest is None:
            return None
        stored = self._newest + timedelta(seconds=now_s - self._began_s)
        said = self._said(now_s)
        return max(stored, self._wall() - timedelta(seconds=median(said))) if said else stored
