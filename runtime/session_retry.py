"""When a session with the broker that ended may be begun again. Pure.

A session that another connection under the same name took over is no fault of the line:
two machines use one certificate, and who begins again at once throws the other out, for
ever. So it waits long, longer with each time, and is quick again only once a session has
stood for longer than the longest of these waits.

The broker says so (MQTT 5, reason 0x8E), but Mosquitto 2.0.11 closes the connection before
the word is out. So sessions that it ends again and again, though the next one can be had
at once, count as thrown out too; with a lower cap, since a bad line may look the same.
"""

from dataclasses import dataclass
from enum import Enum

from runtime.backoff import Backoff


class Ending(Enum):
    """How a session, or the attempt at one, came to its end."""

    FAILED = "there was none, or the line went silent, or the broker shut down in order"
    CLOSED = "the other side closed the connection"
    TAKEN_OVER = "another machine or process has connected with the same certificate"
    SHUT_OUT = "the other side does not accept our certificate"
    THROWN_OUT = "closed again and again: another seems to connect with the same certificate"


USUAL = Backoff(first_s=0.5, cap_s=5.0)
TAKEN_OVER = Backoff(first_s=60.0, cap_s=600.0)
"""With its jitter 30 s at least."""
THROWN_OUT = Backoff(first_s=60.0, cap_s=120.0)
SHUT_OUT = Backoff(first_s=5.0, cap_s=120.0)
"""A certificate that is not accepted is not accepted a second later either."""
CLOSED_LIMIT = 3
"""So many sessions closed in a row, each of them young, are no accident."""


@dataclass(slots=True)
class SessionRetry:
    """What the waits of one session follow from; times are monotonic seconds."""

    failures: int = 0
    closed: int = 0
    fights: int = 0
    _began_at_s: float | None = None

    def began(self, now_s: float) -> None:
        """A session stands."""
        self.failures = 0
        self._began_at_s = now_s

    def ended(self, ending: Ending, now_s: float, *, chance: float) -> tuple[Ending, float]:
        """Return what the end looks like from here, and how long to wait.

        Args:
            chance: a random number from 0 to 1.
        """
        began_at_s, self._began_at_s = self._began_at_s, None
        if began_at_s is not None and now_s - began_at_s > TAKEN_OVER.cap_s:
            self.closed = self.fights = 0
        if began_at_s is not None and ending is Ending.CLOSED:
            self.closed += 1
        elif ending is not Ending.TAKEN_OVER:
            self.closed = 0
        if ending is Ending.TAKEN_OVER:
            self.fights += 1
            return ending, TAKEN_OVER.wait_s(self.fights, chance)
        if self.closed >= CLOSED_LIMIT:
            self.fights += 1
            return Ending.THROWN_OUT, THROWN_OUT.wait_s(self.fights, chance)
        self.failures += 1
        if ending is Ending.SHUT_OUT:
            return ending, SHUT_OUT.wait_s(self.failures, chance)
        return ending, USUAL.wait_s(self.failures, chance)
