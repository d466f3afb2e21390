"""When each outbox is told what the centre holds: rarely, but soon where it matters.

A statement goes out at once when its point or the centre has just connected, one
second after backlog was committed, and else at most every thirty seconds, or every
ten minutes where the point's line is charged by volume.

Whoever is told at once, or of backlog, sends its next pack for it. Only so many are told before
theirs have come that what is measured meanwhile never stands behind more than a second's work.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.packed import MAX_PACK
from contracts.ranges import RangeSet
from contracts.reports import MAX_RANGES, Held
from controller.ingest.arrivals import OutboxName
from runtime.limits import BoundedMap

USUAL_GAP = timedelta(seconds=30)
SELDOM_GAP = timedelta(minutes=10)
BACKLOG_GAP = timedelta(seconds=1)
MAX_AWAITED = 32
"""Outboxes whose next packs are waited for: a thousand reports."""
AWAITED_FOR = timedelta(seconds=1)
"""After that it has nothing to send, or a thin line."""
MAX_REMEMBERED = 20_000
"""When so many outboxes were told last; one that is forgotten is told sooner."""


@dataclass(slots=True)
class Acknowledgements:
    """Which outboxes are to be told, and from when on."""

    _due_at: dict[OutboxName, datetime] = field(default_factory=dict)
    _pressing: set[OutboxName] = field(default_factory=set)
    _awaited_until: dict[OutboxName, datetime] = field(default_factory=dict)
    _told_at: BoundedMap[OutboxName, datetime] = field(
        default_factory=lambda: BoundedMap(MAX_REMEMBERED)
    )

    def connected(self, name: OutboxName, now: datetime) -> None:
        """Tell an outbox at once: it, or the centre, has just connected."""
        self._due_at[name] = now
        self._pressing.add(name)

    def committed(
        self, name: OutboxName, now: datetime, *, is_urgent: bool, is_charged: bool = False
    ) -> None:
        """Tell an outbox of what was committed; urgent where its point waits for that."""
        self._awaited_until.pop(name, None)
        if is_urgent:
            self._pressing.add(name)
        gap = BACKLOG_GAP if is_urgent else SELDOM_GAP if is_charged else USUAL_GAP
        told_at = self._told_at.get(name)
        due_at = now if told_at is None else max(now, told_at + gap)
        self._due_at[name] = min(due_at, self._due_at.get(name, due_at))

    def clear(self) -> None:
        """Forget who was told when: the clock was set."""
        self._due_at.clear()
        self._pressing.clear()
        self._awaited_until.clear()
        self._told_at.clear()

    def take_due(self, now: datetime) -> list[OutboxName]:
        """Return the outboxes to tell now; they count as told."""
        awaited = {name: until for name, until in self._awaited_until.items() if until > now}
        due = [name for name, at in self._due_at.items() if at <= now]
        told: list[OutboxName] = []
        for name in sorted(due, key=self._due_at.__getitem__):
            if name in self._pressing:
                if len(awaited) >= MAX_AWAITED:
                    continue
                awaited[name] = now + AWAITED_FOR
                self._pressing.discard(name)
            del self._due_at[name]
            self._told_at[name] = now
            told.append(name)
        self._awaited_until = awaited
        return told


def statement(name: OutboxName, held: RangeSet) -> Held:
    """Return what to tell an outbox; where there are too many ranges, the highest."""
    ranges, complete_from = held.highest(MAX_RANGES)
    return Held(
        outbox_id=name.outbox_id, ranges=ranges, complete_from=complete_from, pack_limit=MAX_PACK
    )
