"""The time by which people are told: it does not leap, and says by how much it had to move.

A clock that is set a year ahead would make every incident old, every calm long and every letter
one that nobody took for a day. So time goes on here as it was (runtime/steady_clock.py). Where the
wall clock stands by its new time, what is written is moved with it before anybody goes by it
(controller/incidents/watch.py).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runtime.kernel_clock import read_kernel_time
from runtime.steady_clock import SteadyClock

MAX_LEAPS = 64


def _is_kept_right() -> bool:
    return read_kernel_time().is_synchronised


@dataclass(slots=True)
class TellingClock:
    """For use by several threads. `wall`: the machine's own idea of the time."""

    wall: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    is_synchronised: Callable[[], bool] = _is_kept_right
    _steady: SteadyClock = field(default_factory=SteadyClock)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ahead: timedelta = timedelta()
    _leaps: list[tuple[timedelta, int]] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the time."""
        with self._lock:
            return self._read() - self._ahead

    def leap(self) -> timedelta:
        """Return by how much it has to move, once `moved` is called; nothing: it is right."""
        with self._lock:
            self._read()
            return self._ahead

    def moved(self, by: timedelta, last_message_id: int) -> None:
        """Take over a leap; messages up to this one were queued before it."""
        with self._lock:
            self._ahead -= by
            self._leaps = [*self._leaps, (by, last_message_id)][-MAX_LEAPS:]

    def age(self, message_id: int, queued_at: datetime) -> timedelta:
        """Return for how long a message has waited, whatever the clock did meanwhile."""
        now = self.now()
        with self._lock:
            leapt = sum((by for by, last in self._leaps if message_id <= last), timedelta())
        return now - queued_at - leapt

    def _read(self) -> datetime:
        now = self._steady.read(
            wall=self.wall(), now_s=self.monotonic(), is_synchronised=self.is_synchronised()
        )
        if leap := self._steady.take_leap():
            self._ahead += leap.now - leap.until
        return now
