"""Which point is rehearsed when: many at once, and never two that would spoil each other. Pure.

All points of a province are through within ten minutes. Time is cut into slots as long as one
rehearsal takes at most; in each run so many as a relay takes at once, of each shared line one,
those first that share their line with most others who still wait: then a line with many points
costs no more slots than it has points, and the others go beside it.

What more points have in common than there are slots is no line but a trunk or a province's
network: of these as few go at once as leave none without a turn.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from contracts.ids import PointId, RelayId
from monitoring.judgement.periods import Period

WITHIN = timedelta(minutes=10)
"""All points of a run are to be through."""
ANNOUNCED = timedelta(seconds=60)
"""So long before it a room's screen says that it comes."""
LEAD = timedelta(seconds=75)
"""From a plan to its first turn: the point hears of it, and then announces it."""
TOLD_AHEAD = timedelta(seconds=100)
BEGINS_WITHIN = timedelta(seconds=15)
"""So long a room may take until its media run."""
ENDS_WITHIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class TurnRules:
    """What the settings say. `at_once`: of one relay; `duration_s`: how long media run."""

    at_once: int = 24
    duration_s: int = 15

    @property
    def lasts(self) -> timedelta:
        """How long one rehearsal takes at most."""
        return BEGINS_WITHIN + timedelta(seconds=self.duration_s) + ENDS_WITHIN


@dataclass(frozen=True, slots=True)
class PointToRehearse:
    """A point that waits for its turn.

    `shared`: names of what its line shares with others. `meetings`: when it may be in one, from
    when on it joins.
    """

    point_id: PointId
    relay_id: RelayId
    shared: frozenset[str] = frozenset()
    meetings: tuple[Period, ...] = ()
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class TakenTurn:
    """A turn that is given already, of this run or of another."""

    point_id: PointId
    relay_id: RelayId
    shared: frozenset[str]
    period: Period


class WithoutTurn(Enum):
    """Why a point gets no turn."""

    IN_MEETING = "in_meeting"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """Whose turn is when, and who gets none."""

    turns: Mapping[PointId, Period] = field(default_factory=dict)
    left: Mapping[PointId, WithoutTurn] = field(default_factory=dict)


def plan(
    points: Iterable[PointToRehearse],
    taken: Iterable[TakenTurn],
    rules: TurnRules,
    *,
    now: datetime,
    by: datetime,
) -> TurnPlan:
    """Return the turns of points that wait, from a little after now on.

    Args:
        by: every turn is over by then; who gets none by then is left.
    """
    waiting = list({one.point_id: one for one in points}.values())
    given, turns = list(taken), dict[PointId, Period]()
    slot = Period(now + LEAD, now + LEAD + rules.lasts)
    most = _most_at_once(waiting, max(1, (by - slot.begins_at) // rules.lasts))
    while waiting and slot.ends_at <= by:
        chosen = _slot(waiting, given, rules, slot, most)
        for one in chosen:
            turns[one.point_id] = slot
            given.append(TakenTurn(one.point_id, one.relay_id, one.shared, slot))
        waiting = [one for one in waiting if one.point_id not in turns]
        slot = Period(slot.ends_at, slot.ends_at + rules.lasts)
    asked = Period(now, by)
    return TurnPlan(
        turns,
        {
            one.point_id: WithoutTurn.IN_MEETING
            if any(_meet(meeting, asked) for meeting in one.meetings)
            else WithoutTurn.NO_TIME
            for one in waiting
        },
    )


def _most_at_once(waiting: Iterable[PointToRehearse], slots: int) -> dict[str, int]:
    """Return how many of each shared line go at once: one, where there are slots enough."""
    many = Counter(name for one in waiting for name in one.shared)
    return {name: -(-count // slots) for name, count in many.items()}


def _slot(
    waiting: Sequence[PointToRehearse],
    given: Sequence[TakenTurn],
    rules: TurnRules,
    slot: Period,
    most: Mapping[str, int],
) -> list[PointToRehearse]:
    """Return who has its turn in one slot, beside those who have it already."""
    wait_for = Counter(name for one in waiting for name in one.shared)
    in_use: Counter[str] = Counter()
    at_relay: Counter[RelayId] = Counter()
    for taken in given:
        if _meet(taken.period, slot):
            in_use.update(taken.shared)
            at_relay[taken.relay_id] += 1
    # Two turns of one point are so far apart that it can be told of the second after the first.
    around = Period(slot.begins_at - TOLD_AHEAD, slot.ends_at + TOLD_AHEAD)
    had = {one.point_id for one in given if _meet(one.period, around)}
    chosen = []
    for one in sorted(waiting, key=lambda one: (-_most(one, wait_for), not one.is_first)):
        if (
            one.point_id in had
            or at_relay[one.relay_id] >= rules.at_once
            or any(in_use[name] >= most[name] for name in one.shared)
            or any(_meet(meeting, _announced(slot)) for meeting in one.meetings)
        ):
            continue
        chosen.append(one)
        in_use.update(one.shared)
        at_relay[one.relay_id] += 1
    return chosen


def _most(one: PointToRehearse, wait_for: Counter[str]) -> int:
    return max((wait_for[name] for name in one.shared), default=0)


def _announced(slot: Period) -> Period:
    return Period(slot.begins_at - ANNOUNCED, slot.ends_at)


def _meet(one: Period, other: Period) -> bool:
    return one.begins_at < other.ends_at and other.begins_at < one.ends_at
