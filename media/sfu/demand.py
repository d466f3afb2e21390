"""Whether an encoding is asked for: nobody's uplink carries what nobody sees (RFC 7728).

    flowing     it may be sent; packets come, or the sender has none
    paused      no slot shows it: its sender was asked to stop
    resuming    a slot shows it again: its sender was asked to go on, and nothing has come yet

        LINGER_S without a slot     flowing, while packets come → paused
        a slot                      paused → resuming
        a packet                    resuming → flowing
        RESUME_LIMIT_S              resuming → flowing: nothing came, so it counts as gone

Both requests are repeated for as long as the packets say that they were not heard.
"""

from dataclasses import dataclass

from media.wire.rtcp import PauseKind

LINGER_S = 2.0
REPEAT_S = 0.1
RESUME_LIMIT_S = 1.5
REMIND_S = 1.0
# What was on its way when its sender was asked to stop.
IN_FLIGHT_S = 0.5


@dataclass(frozen=True, slots=True)
class Ask:
    """What the sender is asked, with the number of this pause."""

    kind: PauseKind
    pause_id: int


class Demand:
    """The demand for one encoding of a sender who can be asked."""

    def __init__(self, *, is_paused: bool = False) -> None:
        self.is_paused = is_paused
        self._is_resuming = False
        self._pause_id = 0
        self._wanted_at: float | None = None
        self._since = 0.0
        self._asked_at = 0.0

    @property
    def is_expected(self) -> bool:
        """Whether that no packet comes is no sign that none can be had."""
        return self.is_paused or self._is_resuming

    def look(
        self, *, is_wanted: bool, received_at: float, is_alive: bool, now: float
    ) -> Ask | None:
        """Return what to ask now.

        Args:
            is_wanted: a slot shows it, or waits for it.
            received_at: when its last packet came.
        """
        if is_wanted or self._wanted_at is None:
            self._wanted_at = now
        if self.is_paused:
            return self._look_paused(received_at, now) if not is_wanted else self._resume(now)
        if self._is_resuming and (received_at > self._since or now - self._since > RESUME_LIMIT_S):
            self._is_resuming = False
        if not self._is_resuming and is_alive and now - self._wanted_at >= LINGER_S:
            return self._pause(now)
        return self._remind(is_wanted, received_at, now)

    def _pause(self, now: float) -> Ask:
        self.is_paused = True
        self._pause_id = (self._pause_id + 1) & 0xFFFF
        self._since = self._asked_at = now
        return Ask(PauseKind.PAUSE, self._pause_id)

    def _resume(self, now: float) -> Ask:
        self.is_paused, self._is_resuming = False, True
        self._since = self._asked_at = now
        return Ask(PauseKind.RESUME, self._pause_id)

    def _look_paused(self, received_at: float, now: float) -> Ask | None:
        """Ask again where packets go on coming."""
        if received_at <= self._since + IN_FLIGHT_S or now - self._asked_at < IN_FLIGHT_S:
            return None
        if received_at <= self._asked_at:
            return None
        self._asked_at = now
        return Ask(PauseKind.PAUSE, self._pause_id)

    def _remind(self, is_wanted: bool, received_at: float, now: float) -> Ask | None:
        """Ask again where none come, since the request may be what was lost."""
        if not self._pause_id or now - received_at < REPEAT_S:
            return None
        is_urgent = is_wanted and now - self._since <= RESUME_LIMIT_S
        if now - self._asked_at < (REPEAT_S if is_urgent else REMIND_S):
            return None
        self._asked_at = now
        return Ask(PauseKind.RESUME, self._pause_id)
