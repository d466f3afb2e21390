"""Every point's presence in memory, and the changes that are still to be stored.

A thin shell round monitoring/judgement/presence.py; it decides nothing itself.
"""

from collections.abc import Iterable
from datetime import datetime

from contracts.ids import PointId
from monitoring.judgement import presence
from monitoring.judgement.presence import Presence, PresenceChanged, PresenceLimits, PresenceState
from runtime.steady_clock import Leap


class PresenceBook:
    """Not thread-safe: belongs to the event loop."""

    def __init__(self, limits: PresenceLimits) -> None:
        self._limits = limits
        self._points: dict[PointId, Presence] = {}
        self._changes: list[PresenceChanged] = []
        self._is_blind = False

    @property
    def counts(self) -> dict[PresenceState, int]:
        """How many points are in each state."""
        counts = dict.fromkeys(PresenceState, 0)
        for point in self._points.values():
            counts[point.state] += 1
        return counts

    def restore(self, points: Iterable[Presence]) -> None:
        """Take over what was stored; call `blinded` or `resumed` before anything else."""
        self._points = {point.point_id: point for point in points}

    def heard(self, point_id: PointId, at: datetime, now: datetime) -> None:
        """Something that the point sent at `at` came in."""
        if self._is_blind:
            return
        point = self._points.get(point_id)
        if point is None:
            self._take(presence.first_heard(point_id, now, self._limits))
        else:
            self._take(presence.heard(point, at, now, self._limits))

    def departed(self, point_id: PointId, now: datetime) -> None:
        """The point's last will came in."""
        point = self._points.get(point_id)
        if point is not None:
            self._points[point_id] = presence.departed(point, now, self._limits)

    def media_seen(self, point_id: PointId, now: datetime) -> None:
        """A relay says that the point's media are connected."""
        point = self._points.get(point_id)
        if point is not None:
            self._points[point_id] = presence.media_seen(point, now)

    def tick(self, now: datetime) -> None:
        """Time has passed while the centre was listening."""
        for point in list(self._points.values()):
            self._take(presence.due(point, now, self._limits))

    def blinded(self, blind_from: datetime, now: datetime) -> None:
        """The centre is blind; nothing counts until it has resumed. May be called again."""
        if self._is_blind:
            return
        self._is_blind = True
        for point in list(self._points.values()):
            self._take(presence.blinded(point, blind_from=blind_from, now=now))

    def clock_set(self, leap: Leap) -> None:
        """The centre's clock was set; nothing counts until it has resumed."""
        self._is_blind = True
        for point in list(self._points.values()):
            self._take(presence.clock_set(point, until=leap.until, now=leap.now))

    def resumed(self, blind_from: datetime, now: datetime) -> None:
        """The centre listens again, after having been blind."""
        self._is_blind = False
        for point in list(self._points.values()):
            self._take(presence.resumed(point, blind_from=blind_from, now=now, limits=self._limits))

    def take_changes(self) -> list[PresenceChanged]:
        """Return the changes since the last call."""
        taken, self._changes = self._changes, []
        return taken

    def give_back(self, changes: list[PresenceChanged]) -> None:
        """Take back changes that could not be stored now."""
        self._changes = changes + self._changes

    def _take(self, step: presence.Step) -> None:
        point, changes = step
        self._points[point.point_id] = point
        self._changes.extend(changes)
