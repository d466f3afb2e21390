"""Who stands outside a meeting that is locked: they ask again every few seconds until let in.

Pure: `now` is passed in, in wall time, and so is who asks.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.relay import MAX_OUTSIDE, Outside
from media.sfu.slots import Viewer

# Whoever waits asks every five seconds, an older point every minute at the slowest.
GONE_AFTER = timedelta(seconds=75)


@dataclass(slots=True)
class _Knock:
    since: datetime
    last: datetime


@dataclass(slots=True)
class Door:
    """Who asked lately, and since when; of more than are told the later ones are left out."""

    _knocks: dict[Viewer, _Knock] = field(default_factory=dict)

    def knocked(self, viewer: Viewer, now: datetime) -> bool:
        """Note that somebody asks; return whether they did not stand there before."""
        self._forget(now)
        known = self._knocks.get(viewer)
        if known is not None:
            known.last = now
            return False
        if len(self._knocks) < MAX_OUTSIDE:
            self._knocks[viewer] = _Knock(now, now)
        return True

    def gone(self, viewer: Viewer) -> None:
        """Somebody has come in."""
        self._knocks.pop(viewer, None)

    def outside(self, now: datetime) -> tuple[Outside, ...]:
        """Return who stands outside now, the first of them first."""
        self._forget(now)
        return tuple(
            Outside(subject=who.subject, since=one.since, participant_kind=who.kind)
            for who, one in self._knocks.items()
        )

    def open(self) -> None:
        """Nobody waits any more: the meeting is not locked."""
        self._knocks.clear()

    def _forget(self, now: datetime) -> None:
        gone = [who for who, one in self._knocks.items() if abs(now - one.last) > GONE_AFTER]
        for who in gone:
            del self._knocks[who]
