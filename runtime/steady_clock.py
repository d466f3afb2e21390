"""The wall clock without its leaps, for deadlines that live in wall time. Pure.

A clock that is set, or set wrong and back, moves every deadline with it: what was heard a
moment ago was heard seven hours ago, or will have been tomorrow. This one goes on as it
was, by a clock that nobody sets, and follows a leap only once the wall clock has stood by
it for a while, or at once where an NTP client has just taken the clock in hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAP = timedelta(seconds=5)
"""Less than this is followed as it comes: clocks are slewed, and processes stand still."""
SETTLED_S = 600.0


@dataclass(frozen=True, slots=True)
class Leap:
    """The steady time itself has moved: it was `until` and is `now` from here on."""

    until: datetime
    now: datetime


class SteadyClock:
    """Give it both clocks, as often as the time is asked for."""

    def __init__(self) -> None:
        self._zero_at: datetime | None = None
        self._other_zero: tuple[datetime, float] | None = None
        self._was_synchronised = False
        self._leap: Leap | None = None

    def read(
        self, *, wall: datetime, now_s: float, is_synchronised: bool, is_contradicted: bool = False
    ) -> datetime:
        """Return the time.

        Args:
            now_s: monotonic seconds.
            is_contradicted: whether others say that it is not as late as the wall clock has
                it, or later; it is not followed then, however long it stands by it.
        """
        zero_at = wall - timedelta(seconds=now_s)
        if self._zero_at is None or abs(zero_at - self._zero_at) <= LEAP:
            self._zero_at, self._other_zero = zero_at, None
            self._was_synchronised = is_synchronised
            return wall
        if self._other_zero is None or abs(zero_at - self._other_zero[0]) > LEAP:
            self._other_zero = (zero_at, now_s)
        is_corrected = is_synchronised and not self._was_synchronised
        steady = self._zero_at + timedelta(seconds=now_s)
        is_settled = now_s - self._other_zero[1] >= SETTLED_S and not is_contradicted
        if is_corrected or is_settled:
            self._leap = Leap(until=steady, now=wall)
            self._zero_at, self._other_zero = zero_at, None
            self._was_synchronised = is_synchronised
            return wall
        return steady

    def take_leap(self) -> Leap | None:
        """Return how the steady time has moved since the last call; None: it has not."""
        leap, self._leap = self._leap, None
        return leap
