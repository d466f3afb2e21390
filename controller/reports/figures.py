"""The figures of a report: every meeting counts once, and every turn, in whatever they are parted.

The share of meetings held online is of those that were held at all, in person or online. A meeting
is of a branch of the tree where its host is in it or a point of it was invited; of its turns those
of the branch's points count.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from contracts.local_days import day_of
from controller.meetings.held import HeldMeeting
from controller.meetings.kinds import MeetingKind
from controller.places.owner import Owner
from controller.reports.turns import PointTurn, TurnHeard, TurnSums, sums_of

K = TypeVar("K", bound=Hashable)
MOST_REASONS = 10


@dataclass(frozen=True, slots=True)
class MeetingSums:
    """How many meetings, how long they took together, and how long for all of their points."""

    online: int = 0
    in_person: int = 0
    held: timedelta = timedelta()
    point_time: timedelta = timedelta()
    rolled: int = 0
    turns: TurnSums = field(default_factory=TurnSums)

    def __add__(self, other: "MeetingSums") -> "MeetingSums":
        """Return both together."""
        return MeetingSums(
            self.online + other.online,
            self.in_person + other.in_person,
            self.held + other.held,
            self.point_time + other.point_time,
            self.rolled + other.rolled,
            self.turns + other.turns,
        )

    @property
    def count(self) -> int:
        """How many meetings there are."""
        return self.online + self.in_person

    @property
    def online_share(self) -> Fraction | None:
        """The share held online; None: none was held."""
        return Fraction(self.online, self.count) if self.count else None


@dataclass(frozen=True, slots=True)
class PointLine:
    """What one point did. `causes`: of its interrupted turns, the most frequent first."""

    point_id: str
    sums: TurnSums
    causes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in figures. Each list adds up to the whole; `units` and `points` to its turns.

    `causes`, `absences`: of what was interrupted, and of absent points, the most frequent first.
    """

    whole: MeetingSums = field(default_factory=MeetingSums)
    months: tuple[tuple[date, MeetingSums], ...] = ()
    kinds: tuple[tuple[MeetingKind, MeetingSums], ...] = ()
    levels: tuple[tuple[int | None, MeetingSums], ...] = ()
    owners: tuple[tuple[Owner, MeetingSums], ...] = ()
    units: tuple[tuple[str, TurnSums], ...] = ()
    points: tuple[PointLine, ...] = ()
    causes: tuple[tuple[str, int], ...] = ()
    absences: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CountedMeetings:
    """What figures are made of: meetings, and the turns of each that are in the branch.

    `part_of_point`: the points of the branch, each with its part.
    """

    meetings: Sequence[HeldMeeting]
    turns: Mapping[str, Sequence[PointTurn]]
    part_of_point: Mapping[str, str] = field(default_factory=dict)


def figures_of(counted: CountedMeetings, months: Sequence[date]) -> Figures:
    """Return the figures.

    Args:
        months: the first days of the parts of the period, in order.
    """
    own = {one.meeting_id: _own(one, counted.turns) for one in counted.meetings}
    turns = [turn for one in counted.meetings for turn in counted.turns.get(one.meeting_id, ())]
    by_point = _by(turns, lambda one: one.point_id)
    lines = {point_id: _line(point_id, found) for point_id, found in by_point.items()}
    cut = [one for one in turns if one.heard is TurnHeard.INTERRUPTED]

    def parted(by: Callable[[HeldMeeting], K]) -> dict[K, MeetingSums]:
        return {
            key: sum((own[one.meeting_id] for one in found), MeetingSums())
            for key, found in _by(counted.meetings, by).items()
        }

    by_month = parted(lambda one: _month(one, months))
    by_kind, by_level = parted(lambda one: one.kind), parted(lambda one: one.level)
    by_owner = parted(lambda one: one.owner)
    by_unit = _by(lines.values(), lambda one: counted.part_of_point.get(one.point_id, ""))
    return Figures(
        whole=sum(own.values(), MeetingSums()),
        months=tuple((one, by_month.get(one, MeetingSums())) for one in months),
        kinds=tuple((one, by_kind[one]) for one in MeetingKind if one in by_kind),
        levels=tuple(sorted(by_level.items(), key=lambda one: (one[0] is None, one[0] or 0))),
        owners=tuple((one, by_owner[one]) for one in Owner if one in by_owner),
        units=tuple(
            (unit, sum((one.sums for one in found), TurnSums())) for unit, found in by_unit.items()
        ),
        points=tuple(sorted(lines.values(), key=_worst_first)),
        causes=tuple(Counter(one.cause for one in cut).most_common()),
        absences=tuple(
            Counter(one.absence for one in turns if one.absence).most_common(MOST_REASONS)
        ),
    )


def _own(meeting: HeldMeeting, turns: Mapping[str, Sequence[PointTurn]]) -> MeetingSums:
    found = turns.get(meeting.meeting_id, ())
    return MeetingSums(
        online=int(meeting.is_online),
        in_person=int(not meeting.is_online),
        held=meeting.held,
        point_time=meeting.held * len(found),
        rolled=int(any(one.roll is not None for one in found)),
        turns=sums_of(found),
    )


def _line(point_id: str, turns: Sequence[PointTurn]) -> PointLine:
    causes = Counter(one.cause for one in turns if one.heard is TurnHeard.INTERRUPTED)
    return PointLine(point_id, sums_of(turns), tuple(causes.most_common()))


def _worst_first(line: PointLine) -> tuple[int, Fraction, int, int, str]:
    sums = line.sums
    share = sums.uninterrupted_share
    return (
        -sums.interrupted,
        Fraction(1) if share is None else share,
        -sums.late,
        -sums.absent,
        line.point_id,
    )


def _month(meeting: HeldMeeting, months: Sequence[date]) -> date:
    day = day_of(meeting.begins_at)
    return max((one for one in months if one <= day), default=months[0] if months else day)


T = TypeVar("T")


def _by(found: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    parted: dict[K, list[T]] = {}
    for one in found:
        parted.setdefault(key(one), []).append(one)
    return parted


def is_reached(share: Fraction | None, target: Fraction) -> bool | None:
    """Return whether a share is above its target, or whole; None: there is none."""
    return None if share is None else share > target or share == 1
