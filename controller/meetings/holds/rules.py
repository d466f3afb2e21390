"""Rooms that are held for a meeting until their owner agrees: whom to ask, for how long, and who
goes before whom. Pure.

    asked ──yes──▶ agreed ──taken back──▶ refused        taken: by an emergency, which asks nobody
      ├──no──▶ refused ──after all──▶ agreed                    and tells the owner afterwards
      ├──nobody answered in time──▶ expired
      └──a meeting that goes before it──▶ displaced

A room that is asked for or agreed is held: no other meeting is set in it at that time. What was
refused, has expired or was displaced holds nothing, and is asked for anew by a person's word. A
room of which there is no hold needs nobody's yes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from contracts.ids import PointId
from controller.places.owner import Owner

AskWhom = Literal["appointed", "others", "all", "none"]
Ranked = Literal[
    "emergency", "directive", "briefing", "study", "training", "voters", "other",
    "people_committee", "party", "council", "own",
]  # fmt: skip
OWN: Ranked = "own"
TIME_TO_ANSWER = timedelta(minutes=15)
"""So long a room is held, at least, that is asked for as its meeting begins."""


class HoldState(Enum):
    """What became of a room that somebody has to agree to; kept as its value."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    EXPIRED = "expired"
    DISPLACED = "displaced"
    TAKEN = "taken"

    @property
    def is_holding(self) -> bool:
        """Whether no other meeting is set in the room."""
        return self in (HoldState.ASKED, HoldState.AGREED)

    @property
    def is_agreed(self) -> bool:
        """Whether the room may be used."""
        return self in (HoldState.AGREED, HoldState.TAKEN)

    @property
    def is_lapsed(self) -> bool:
        """Whether the room is free again, and has to be asked for anew."""
        return not self.is_holding and not self.is_agreed


HOLDING = tuple(one.value for one in HoldState if one.is_holding)
LAPSED = tuple(one.value for one in HoldState if one.is_lapsed)
NOT_AGREED = tuple(one.value for one in HoldState if not one.is_agreed)


@dataclass(frozen=True, slots=True)
class ActsFor:
    """For which owners a person sets meetings, and for which they agree to others' meetings."""

    owners: frozenset[Owner]
    approves: frozenset[Owner] = frozenset()


@dataclass(frozen=True, slots=True)
class RoomHours:
    """A half-open time [begins_at, ends_at)."""

    begins_at: datetime
    ends_at: datetime

    def holds(self, other: "RoomHours") -> bool:
        """Return whether another lies within it."""
        return self.begins_at <= other.begins_at and other.ends_at <= self.ends_at


@dataclass(frozen=True, slots=True)
class BookedBefore:
    """What a meeting had before it was changed."""

    points: frozenset[PointId]
    span: RoomHours


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """How long an unanswered room is held, and how long before the meeting at the latest."""

    held_for: timedelta
    before: timedelta


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """Rooms to ask for, those that are held no more, and those that are newly one's own."""

    asked: tuple[PointId, ...]
    dropped: tuple[PointId, ...]
    own: tuple[PointId, ...]

    @property
    def claimed(self) -> tuple[PointId, ...]:
        """Every room that the meeting did not have at this time before."""
        return (*self.asked, *self.own)


def needs_yes(owner: Owner, actor: ActsFor, asks: AskWhom, appointed: Collection[Owner]) -> bool:
    """Return whether somebody has to agree before a person's meeting has a room of an owner."""
    if asks == "none" or owner in actor.approves:
        return False
    if owner in actor.owners:
        return asks == "all"
    return asks != "appointed" or owner in appointed


def expires_at(asked_at: datetime, begins_at: datetime, times: HoldTimes) -> datetime:
    """Return until when a room is held that nobody has answered for.

    Asked for later than `before` the meeting, it is held until the meeting begins; asked for as
    that begins, for a while in which somebody can answer.
    """
    last = begins_at - times.before
    soonest = max(begins_at, asked_at + TIME_TO_ANSWER)
    return min(asked_at + times.held_for, last if last > asked_at else soonest)


def planned_holds(
    points: Mapping[PointId, Owner],
    held: Mapping[PointId, RoomHours],
    span: RoomHours,
    needing: Collection[Owner],
    before: BookedBefore | None,
) -> HoldPlan:
    """Return what becomes of a meeting's rooms as it is set, changed or moved.

    What was answered for a time that the new one lies within stays answered.

    Args:
        points: the meeting's rooms, with their owners.
        held: when rooms were asked for, of those that were.
        needing: the owners who have to agree to what this person does.
        before: None where the meeting had no rooms before.
    """
    asked, dropped, own = [], [one for one in held if one not in points], []
    for point, owner in points.items():
        if point in held:
            if held[point].holds(span):
                continue
        elif before and point in before.points and before.span.holds(span):
            continue
        if owner in needing:
            asked.append(point)
            continue
        own.append(point)
        if point in held:
            dropped.append(point)
    return HoldPlan(tuple(asked), tuple(dropped), tuple(own))


def rank(priority: Iterable[Ranked], kind: str, owner: str, *, is_own: bool) -> int:
    """Return a meeting's place by the rules of priority; the lowest goes before the others."""
    place = 0
    for name in priority:
        if name in (kind, owner) or (is_own and name == OWN):
            return place
        place += 1
    return place


def is_displaced(state: HoldState, *, rank_held: int, rank_wanted: int) -> bool:
    """Return whether a room's hold ends for a meeting that goes before it.

    What an owner has agreed to ends by that owner's word alone.
    """
    return state is HoldState.ASKED and rank_wanted < rank_held
