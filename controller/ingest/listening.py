"""Whether the centre really hears its points, proved again and again.

A session that looks open proves nothing: the line to the broker may hang, this process
may have stood still, or hours of reports may still wait before those of now. So ingest
sends beats to itself through the very queue that the reports come through, and only a
fresh one of its own that comes in is a sign. A confirmation by the broker is none, and
neither is any report: both come while the reports of now still wait. A gap between two
signs is blindness, whatever its cause, and it ends only with the next sign.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.centre import IngestBeat

STALLED_AFTER = timedelta(seconds=12)
"""More than two beats that did not come in."""
FRESH_FOR = timedelta(seconds=10)
"""A beat that was longer on its way stood in a queue that is not caught up with yet."""


@dataclass(slots=True)
class Listening:
    """When the centre last surely heard. `sign_at` None: never, in no earlier life either.

    `lag_ms`: how long the last beat of our own was on its way.
    """

    sign_at: datetime | None = None
    lag_ms: float | None = None
    is_connected: bool = False
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    _blind_from: datetime | None = None

    def beat(self, now: datetime) -> IngestBeat:
        """Return a beat to send now."""
        return IngestBeat(run=self.run, sent_at=now)

    def is_sign(self, beat: IngestBeat, now: datetime) -> bool:
        """Return whether a beat that came in was sent by this process a moment ago."""
        if beat.run == self.run:
            self.lag_ms = abs(now - beat.sent_at) / timedelta(milliseconds=1)
        return beat.run == self.run and abs(now - beat.sent_at) <= FRESH_FOR

    def connected(self, now: datetime) -> datetime:
        """There is a session; return since when the centre is blind, which a sign will end."""
        self.is_connected = True
        self._blind_from = self._blind_from or self.sign_at or now
        return self._blind_from

    def disconnected(self) -> None:
        """The session is gone: blind from the last sign on."""
        self.is_connected = False

    def sign(self, now: datetime) -> datetime | None:
        """Note a sign; return since when the centre was blind, None: it was not."""
        blind_from = self.blind_from(now)
        self.sign_at, self._blind_from = now, None
        return blind_from

    def clock_set(self, now: datetime) -> None:
        """Our own clock has been set: nothing is known until the next sign."""
        self.sign_at = self._blind_from = now

    def blind_from(self, now: datetime) -> datetime | None:
        """Return since when the centre is blind, None: it hears."""
        if self._blind_from is None and self.sign_at is not None:
            if now - self.sign_at > STALLED_AFTER:
                self._blind_from = self.sign_at
        return self._blind_from

    def can_judge(self, now: datetime) -> bool:
        """Return whether silence means something now."""
        return self.is_connected and self.sign_at is not None and self.blind_from(now) is None
