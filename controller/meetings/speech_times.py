"""How long who has spoken in a meeting: summed from what its log says of the floor.

Counted is the time between a grant and the withdrawal that follows it. In a discussion nobody
holds the floor, so nothing is counted there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GIVEN, TAKEN = "floor_given", "floor_taken"


@dataclass(frozen=True, slots=True)
class FloorTurn:
    """One line of the log about the floor: `kind` is GIVEN or TAKEN."""

    kind: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """How often somebody was given the floor, and how long they had it; `since`: they have it."""

    count: int = 0
    before: timedelta = field(default_factory=timedelta)
    since: datetime | None = None

    def total(self, now: datetime) -> timedelta:
        """Return how long they have spoken by now. A clock that was set back adds nothing."""
        current = now - self.since if self.since is not None else timedelta()
        return self.before + max(current, timedelta())


def spoken(turns: Iterable[FloorTurn], *, ended_at: datetime | None = None) -> dict[str, Spoken]:
    """Return how long everybody has spoken who was given the floor.

    Args:
        turns: in the order in which they were written.
        ended_at: when the meeting ended, and with it whoever's speech was on.
    """
    known: dict[str, Spoken] = {}
    for turn in turns:
        was = known.get(turn.who, Spoken())
        if turn.kind == GIVEN:
            # Given twice without a withdrawal between: it is one speech.
            since = was.since or turn.at
            known[turn.who] = Spoken(was.count + (was.since is None), was.before, since)
        elif was.since is not None:
            known[turn.who] = Spoken(was.count, was.total(turn.at))
    if ended_at is None:
        return known
    return {who: Spoken(one.count, one.total(ended_at)) for who, one in known.items()}


def counts(times: Mapping[str, Spoken]) -> dict[str, int]:
    """Return how often each was given the floor."""
    return {who: one.count for who, one in times.items()}
