"""A meeting's agenda (chương trình): its items in order, when each is planned, where one is. Pure.

An item has a length and no hour of its own, so that a meeting that is moved takes its agenda along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MAX_ITEMS = 30
MAX_ITEM_CHARS = 200
MAX_SPEAKER_CHARS = 80
MAX_ITEM_MIN = 480
USUAL_ITEM_MIN = 15


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item. `speaker`: as it was typed, may be empty; `point_id`: the invited point so called.

    `began_at`: when the secretary came to it.
    """

    title: str
    minutes: int
    speaker: str = ""
    point_id: str | None = None
    began_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgendaPlace:
    """Where a meeting is in its agenda. `lag`: above zero it is behind its plan, below ahead."""

    index: int
    lag: timedelta


def planned(items: Sequence[AgendaItem], begins_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return when each item is to begin and to end, one after another."""
    hours = []
    for item in items:
        ends_at = begins_at + timedelta(minutes=item.minutes)
        hours.append((begins_at, ends_at))
        begins_at = ends_at
    return hours


def place(
    items: Sequence[AgendaItem], begins_at: datetime, *, live_at: datetime, now: datetime
) -> AgendaPlace | None:
    """Return where a meeting that is on is; None: it has no agenda.

    The first item begins with the meeting; each later one when somebody says so. An item is
    behind by as much as it began late, and more once it has taken longer than planned.
    """
    if not items:
        return None
    index = max((at for at, one in enumerate(items) if one.began_at), default=0)
    begins, ends = planned(items, begins_at)[index]
    began_at = items[index].began_at or live_at
    return AgendaPlace(index, max(began_at - begins, now - ends))


def with_points(items: Sequence[AgendaItem], names: Mapping[str, str]) -> tuple[AgendaItem, ...]:
    """Return items with the points that their speakers name; a name that two have is nobody's.

    Args:
        names: what the invited points are called, by their ids.
    """
    known: dict[str, str | None] = {}
    for point_id, name in names.items():
        key = " ".join(name.casefold().split())
        known[key] = None if key in known else point_id
    return tuple(
        replace(one, point_id=known.get(" ".join(one.speaker.casefold().split()))) for one in items
    )


def length(items: Sequence[AgendaItem]) -> timedelta:
    """Return how long all items take together."""
    return timedelta(minutes=sum(one.minutes for one in items))
