"""Who is told next of what nobody has taken, and who is left to sleep. Pure.

    told -> after each rung's minutes its receivers, once -> acknowledged or over: nobody more

What rises to another priority counts from then on by that one's minutes, unless those of the
priority before come first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.local_days import ZONE, midnight
from monitoring.judgement.priority import Priority

ON_DUTY, CHANNELS = "duty", "channels"
PERSON, CHANNEL = "person:", "channel:"
RUNGS = 6
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LadderRung:
    """Who is told after how long; a priority that is not named: never.

    `step`: what it is known by when it was told, whatever rungs come and go around it.
    """

    step: str
    target: str
    waits: Mapping[Priority, timedelta]


@dataclass(frozen=True, slots=True)
class Climb:
    """How an incident stands; `climbed`: the steps that were told.

    `before`: what it was from `told_at` to `since`, where that is not the same.
    """

    told_at: datetime
    priority: Priority
    since: datetime
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None
    climbed: frozenset[str] = frozenset()
    before: Priority | None = None


def ladder_of(rungs: Iterable[tuple[str, Sequence[int | None]]]) -> tuple[LadderRung, ...]:
    """Return rungs of whom they mean, and after how many minutes by priority; None: never.

    A step is known by whom it means; who is meant twice, the second time by its number as well.
    """
    seen: Counter[str] = Counter()
    found = []
    for target, minutes in rungs:
        seen[target] += 1
        step = target if seen[target] == 1 else f"{target}#{seen[target]}"
        waits = zip(Priority, minutes, strict=True)
        named = {one: timedelta(minutes=wait) for one, wait in waits if wait is not None}
        found.append(LadderRung(step, target, named))
    return tuple(found)


WITHOUT_ROSTER = ladder_of([(CHANNELS, (0, 0, 0))])
WITH_ROSTER = ladder_of([(ON_DUTY, (0, 0, 0)), (CHANNELS, (10, 30, 240))])


def counts_since(
    before: Priority, since: datetime, priority: Priority, *, told_at: datetime, now: datetime
) -> datetime:
    """Return since when an incident counts as pressing as it is.

    What was more pressing was that pressing all the while: what falls counts as if it never rose.
    """
    if priority is before:
        return since
    return told_at if before.reaches(priority) else now


def due(ladder: Sequence[LadderRung], stands: Climb, now: datetime) -> list[LadderRung]:
    """Return the rungs that are to be told now."""
    if stands.acknowledged_at is not None or stands.over_at is not None:
        return []
    return [
        rung for rung in ladder if rung.step not in stands.climbed and _is_due(rung, stands, now)
    ]


def _is_due(rung: LadderRung, stands: Climb, now: datetime) -> bool:
    begun = {stands.priority: stands.since}
    if stands.before is not None and stands.since > stands.told_at:
        begun.setdefault(stands.before, stands.told_at)
    return any(one in rung.waits and now >= at + rung.waits[one] for one, at in begun.items())


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which only what is pressing enough goes through; none where both are the same."""

    from_min: int = 0
    until_min: int = 0
    lets: Priority = Priority.HIGH

    def holds_until(self, priority: Priority, now: datetime) -> datetime | None:
        """Return until when a message waits; None: it goes now."""
        if self.from_min == self.until_min or priority.reaches(self.lets):
            return None
        local = now.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        is_over_midnight = self.until_min < self.from_min
        if is_over_midnight:
            is_quiet = minute >= self.from_min or minute < self.until_min
        else:
            is_quiet = self.from_min <= minute < self.until_min
        if not is_quiet:
            return None
        ends_at = midnight(local.date()) + timedelta(minutes=self.until_min)
        return ends_at + _DAY if is_over_midnight and minute >= self.from_min else ends_at
