"""When each outbox is told what the centre holds: rarely, but soon where it matters.

A statement goes out at once when its point or the centre has just connected, one
second after backlog was committed, and else at most every thirty seconds, or every
ten minutes where the point's line is charged by volume.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.ranges import RangeSet
from contracts.reports import MAX_RANGES, Held
from controller.ingest.arrivals import OutboxName
from runtime.limits import BoundedMap

USUAL_GAP = timedelta(seconds=30)
SELDOM_GAP = timedelta(minutes=10)
BACKLOG_GAP = timedelta(seconds=1)
MAX_REMEMBERED = 20_000
"""When so many outboxes were told last; one that is forgotten is told sooner."""


@dataclass(slots=True)
class Acknowledgements:
    """Which outboxes are to be told, and from when on."""

    _due_at: dict[OutboxName, datetime] = field(default_factory=dict)
    _told_at: BoundedMap[OutboxName, datetime] = field(
        default_factory=lambda: BoundedMap(MAX_REMEMBERED)
    )

    def connected(self, name: OutboxName, now: datetime) -> None:
        """Tell an outbox at once: it, or the centre, has just connected."""
        self._due_at[name] = now

    def committed(
        self, name: OutboxName, now: datetime, *, is_urgent: bool, is_charged: bool = False
    ) -> None:
        """Tell an outbox of what was committed; urgent where its point waits for that."""
        gap = BACKLOG_GAP if is_urgent else SELDOM_GAP if is_charged else USUAL_GAP
        told_at = self._told_at.get(name)
        due_at = now if told_at is None else max(now, told_at + gap)
        self._due_at[name] = min(due_at, self._due_at.get(name, due_at))

    def clear(self) -> None:
        """Forget who was told when: the clock was set."""
        self._due_at.clear()
        self._told_at.clear()

    def take_due(self, now: datetime) -> list[OutboxName]:
        """Return the outboxes to tell now; they count as told."""
        due = [name for name, due_at in self._due_at.items() if due_at <= now]
        for name in due:
            del self._due_at[name]
            self._told_at[name] = now
        return due


def statement(name: OutboxName, held: RangeSet) -> Held:
    """Return what to tell an outbox; where there are too many ranges, the highest."""
    ranges, complete_from = held.highest(MAX_RANGES)
    return Held(outbox_id=name.outbox_id, ranges=ranges, complete_from=complete_from)
