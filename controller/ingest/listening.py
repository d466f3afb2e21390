"""Whether the centre really hears its points, proved again and again.

A session that looks open proves nothing: the line to the broker may hang, or this
process may have stood still. Every message that comes in and every confirmation by
the broker is a sign; a gap between two signs is blindness, whatever its cause.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

STALLED_AFTER = timedelta(seconds=12)
"""More than two heartbeats to the broker without an answer."""


@dataclass(slots=True)
class Listening:
    """When the centre last surely heard. `sign_at` None: never, in no earlier life either."""

    sign_at: datetime | None = None
    is_connected: bool = False

    def connected(self, now: datetime) -> datetime | None:
        """Begin to listen; return since when the centre was blind, None: it never listened."""
        blind_from, self.sign_at = self.sign_at, now
        self.is_connected = True
        return blind_from

    def disconnected(self) -> None:
        """The session is gone: blind from the last sign on."""
        self.is_connected = False

    def sign(self, now: datetime) -> datetime | None:
        """Note a sign; return since when the centre was blind, None: it was not."""
        before, self.sign_at = self.sign_at, now
        if before is not None and now - before > STALLED_AFTER:
            return before
        return None

    def can_judge(self, now: datetime) -> bool:
        """Return whether silence means something now."""
        return (
            self.is_connected and self.sign_at is not None and now - self.sign_at <= STALLED_AFTER
        )
