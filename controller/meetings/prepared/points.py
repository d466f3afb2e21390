"""The points that saved groups bring into a meeting: joined, in order, the gone left out."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from contracts.ids import PointId


@dataclass(frozen=True, slots=True)
class SavedGroup:
    """A saved group of points, in protocol order; `chair_point_id` empty: none is named."""

    group_id: str
    name: str
    point_ids: tuple[PointId, ...]
    chair_point_id: str = ""
    revision: int = 1


@dataclass(frozen=True, slots=True)
class GroupSize:
    """A saved group, and how many of its points may be invited now."""

    group_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ReadyPoints:
    """What groups bring: the points that may be invited now, those that may not, the chair's.

    `chair_point_id`: the first that a group names and that may be invited, else the first
    point; empty where there is none.
    """

    point_ids: tuple[PointId, ...]
    left_out: tuple[PointId, ...]
    chair_point_id: str

    @property
    def chair_first(self) -> tuple[PointId, ...]:
        """All points, the chair's first, as meetings keep them."""
        chair = (PointId(self.chair_point_id),) if self.chair_point_id else ()
        return tuple(dict.fromkeys((*chair, *self.point_ids)))


def ready(groups: Iterable[SavedGroup], valid: Container[str]) -> ReadyPoints:
    """Return what groups bring together, each point once, where it comes first.

    Args:
        valid: the points that may be invited now.
    """
    listed = list(groups)
    every = dict.fromkeys(point_id for one in listed for point_id in one.point_ids)
    good = tuple(one for one in every if one in valid)
    named = (one.chair_point_id for one in listed if one.chair_point_id in every)
    chair = next((one for one in named if one in valid), good[0] if good else "")
    return ReadyPoints(good, tuple(one for one in every if one not in valid), chair)


def in_order(point_ids: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """Return points once each: those of a known order by it, the others after them as they come."""
    places = {point_id: place for place, point_id in enumerate(dict.fromkeys(order))}
    listed = dict.fromkeys(point_ids)
    return tuple(sorted(listed, key=lambda one: places.get(one, len(places))))


def by_numbers(numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Return points by the numbers that were typed beside them; equal ones as they stood."""
    return tuple(sorted(numbers, key=lambda one: numbers[one]))
