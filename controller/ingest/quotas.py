"""What one point may have the centre take in and keep. Pure.

A point decides how much it sends and what its outboxes, boots and interfaces are called;
each name costs rows. An honest point, also one that has a month to send, or whose machine
begins anew each minute, stays well below all of this.
"""

from contracts.ids import PointId
from runtime.limits import BoundedMap, KeyedBuckets

# A point sends its past at 20 a second at most (agent/health/sending.py).
REPORTS_PER_S, REPORTS_AT_ONCE = 50.0, 20_000
REPORTS_PER_S_IN_THE_LONG_RUN, REPORTS_OF_A_MONTH = 3.0, 300_000
OUTBOXES_AT_ONCE, OUTBOXES_PER_S = 64, 1 / 600
BOOTS_AT_ONCE, BOOTS_PER_S = 500, 1 / 60
INTERFACES_AT_ONCE, INTERFACES_PER_S = 256, 1 / 60
REMEMBERED_NAMES = 256
# Each is a transaction of its own.
REFUSALS_AT_ONCE, REFUSALS_PER_S = 20, 1.0


class NameQuota:
    """Names that points make up: those seen lately pass, new ones out of the point's bucket."""

    def __init__(self, *, at_once: float, per_s: float) -> None:
        self._names: BoundedMap[PointId, BoundedMap[str, None]] = BoundedMap()
        self._new: KeyedBuckets[PointId] = KeyedBuckets(per_s=per_s, burst=at_once)

    def admits(self, point_id: PointId, name: str, *, now_s: float) -> bool:
        """Return whether a point may use a name."""
        names = self._names.get(point_id)
        if names is None:
            names = self._names[point_id] = BoundedMap(REMEMBERED_NAMES)
        if name not in names and not self._new.take(point_id, now_s=now_s):
            return False
        names[name] = None
        return True


class PointQuotas:
    """Messages by number, outboxes and boots by name."""

    def __init__(self) -> None:
        self._at_once: KeyedBuckets[PointId] = KeyedBuckets(
            per_s=REPORTS_PER_S, burst=REPORTS_AT_ONCE
        )
        self._in_the_long_run: KeyedBuckets[PointId] = KeyedBuckets(
            per_s=REPORTS_PER_S_IN_THE_LONG_RUN, burst=REPORTS_OF_A_MONTH
        )
        self._refusals: KeyedBuckets[PointId] = KeyedBuckets(
            per_s=REFUSALS_PER_S, burst=REFUSALS_AT_ONCE
        )
        self._outboxes = NameQuota(at_once=OUTBOXES_AT_ONCE, per_s=OUTBOXES_PER_S)
        self._boots = NameQuota(at_once=BOOTS_AT_ONCE, per_s=BOOTS_PER_S)

    def takes(self, point_id: PointId, *, now_s: float, amount: int = 1) -> bool:
        """Return whether so many more reports, or messages, of the point are read."""
        return self._at_once.take(
            point_id, now_s=now_s, amount=amount
        ) and self._in_the_long_run.take(point_id, now_s=now_s, amount=amount)

    def holds_refused(self, point_id: PointId, outbox_id: str, *, now_s: float) -> bool:
        """Return whether the number of one more refused report is held now: in its outbox."""
        return self._refusals.take(point_id, now_s=now_s) and self.admits_outbox(
            point_id, outbox_id, now_s=now_s
        )

    def admits(self, point_id: PointId, outbox_id: str, boot_id: str, *, now_s: float) -> bool:
        """Return whether a report may be of this outbox and boot."""
        return self.admits_outbox(point_id, outbox_id, now_s=now_s) and self._boots.admits(
            point_id, boot_id, now_s=now_s
        )

    def admits_outbox(self, point_id: PointId, outbox_id: str, *, now_s: float) -> bool:
        """Return whether a point may have an outbox of this name."""
        return self._outboxes.admits(point_id, outbox_id, now_s=now_s)
