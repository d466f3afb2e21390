"""What is kept of a change of the tree: how each unit and point stood before it and after. Pure.

Kept whole, so that it can be shown later in the words of its day, and taken back exactly.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import ClassVar, Literal

import msgspec

from contracts.message import Instant, Message, Part
from controller.places.timeline import Life, PointStands, Timeline, UnitStands
from controller.places.tree_change import TreeChange

MAX_BYTES = 32 * 1024 * 1024


class UnitPeriodKept(Part, frozen=True):
    """A period of a unit."""

    since: Instant
    parent_id: str | None
    name: str
    owner: str
    kind: str = ""
    position: int = 0


class PointPeriodKept(Part, frozen=True):
    """A period of a point."""

    since: Instant
    unit_id: str
    name: str
    owner: str


class UnitLifeKept(Part, frozen=True):
    """A unit's life."""

    periods: tuple[UnitPeriodKept, ...]
    ends_at: Instant | None = None


class PointLifeKept(Part, frozen=True):
    """A point's life."""

    periods: tuple[PointPeriodKept, ...]
    ends_at: Instant | None = None


class UnitAltered(Part, frozen=True):
    """A unit that a change alters; one without `before` begins with it."""

    unit_id: str
    after: UnitLifeKept
    before: UnitLifeKept | None = None
    into: str = ""


class PointAltered(Part, frozen=True):
    """A point that a change alters; one without `before` begins with it."""

    point_id: str
    after: PointLifeKept
    before: PointLifeKept | None = None


class ChangeDocument(Message, frozen=True):
    """All that a change alters. `names`: of units that are mentioned, as they were called."""

    max_bytes: ClassVar[int] = MAX_BYTES
    schema_version: Literal[1] = 1
    units: tuple[UnitAltered, ...] = ()
    points: tuple[PointAltered, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)


def written(change: TreeChange, before: Timeline, after: Timeline) -> ChangeDocument:
    """Return what is kept of a change."""
    units = sorted({*change.units, *change.ended_units})
    points = sorted({*change.points, *change.ended_points})
    kept_units = tuple(
        UnitAltered(
            unit_id=one,
            before=_unit(before.units[one]) if one in before.units else None,
            after=_unit(after.units[one]),
            into=change.into.get(one, ""),
        )
        for one in units
    )
    kept_points = tuple(
        PointAltered(
            point_id=one,
            before=_point(before.points[one]) if one in before.points else None,
            after=_point(after.points[one]),
        )
        for one in points
    )
    return ChangeDocument(
        units=kept_units, points=kept_points, names=_names(kept_units, kept_points, after)
    )


def _names(
    units: Iterable[UnitAltered], points: Iterable[PointAltered], after: Timeline
) -> dict[str, str]:
    ids: set[str] = set()
    for unit in units:
        lives = [one for one in (unit.before, unit.after) if one is not None]
        ids |= {of.parent_id for life in lives for of in life.periods if of.parent_id}
        ids |= {unit.into} - {""}
    for point in points:
        both = [one for one in (point.before, point.after) if one is not None]
        ids |= {period.unit_id for life in both for period in life.periods}
    return {one: after.units[one].newest.name for one in sorted(ids) if one in after.units}


def before_of(document: ChangeDocument, timeline: Timeline) -> Timeline:
    """Return a timeline without a change: each that it altered as it was before.

    A point's name that was corrected since stays so, unless it is the change's own.
    """
    units: dict[str, Life[UnitStands]] = dict(timeline.units)
    points: dict[str, Life[PointStands]] = dict(timeline.points)
    for unit in document.units:
        if unit.before is None:
            units.pop(unit.unit_id, None)
        else:
            units[unit.unit_id] = unit_life(unit.before)
    for point in document.points:
        if point.before is None:
            points.pop(point.point_id, None)
        else:
            points[point.point_id] = _with_names_of(points[point.point_id], point)
    return Timeline(units, points)


def _with_names_of(life: Life[PointStands], point: PointAltered) -> Life[PointStands]:
    """Return a point's life before a change, called as it is now where the change left its name."""
    if point.before is None:
        return life
    named = {one.since: one.name for one in point.after.periods}
    now = {since: how.name for since, how in life.periods}
    periods = [
        (one.since, now[one.since] if named.get(one.since) == one.name else one.name, one)
        for one in point.before.periods
    ]
    since, name, last = periods[-1]
    if last.name == point.after.periods[-1].name:
        name = life.newest.name
    periods[-1] = since, name, last
    return Life(
        tuple((at, PointStands(one.unit_id, called, one.owner)) for at, called, one in periods),
        point.before.ends_at,
    )


def altered_since(
    document: ChangeDocument, timeline: Timeline, renamed: Collection[str] = ()
) -> list[str]:
    """Return the names of those that no longer stand as a change left them.

    A point's name may have been corrected since.

    Args:
        renamed: points whose name is otherwise by another change of the same instant.
    """
    units: Mapping[str, Life[UnitStands]] = timeline.units
    found = [
        one.after.periods[-1].name
        for one in document.units
        if units.get(one.unit_id) != unit_life(one.after)
    ]
    return found + [
        one.after.periods[-1].name
        for one in document.points
        if not _is_same(
            timeline.points.get(one.point_id),
            point_life(one.after),
            with_names=one.point_id in renamed,
        )
    ]


def _is_same(life: Life[PointStands] | None, kept: Life[PointStands], *, with_names: bool) -> bool:
    if with_names or life is None:
        return life == kept
    return _unnamed(life) == _unnamed(kept)


def _unnamed(life: Life[PointStands]) -> Life[PointStands]:
    return Life(tuple((at, replace(how, name="")) for at, how in life.periods), life.ends_at)


def unit_life(kept: UnitLifeKept) -> Life[UnitStands]:
    """Return a unit's life."""
    periods = tuple(
        (one.since, UnitStands(one.parent_id, one.name, one.kind, one.owner, one.position))
        for one in kept.periods
    )
    return Life(periods, kept.ends_at)


def point_life(kept: PointLifeKept) -> Life[PointStands]:
    """Return a point's life."""
    periods = tuple(
        (one.since, PointStands(one.unit_id, one.name, one.owner)) for one in kept.periods
    )
    return Life(periods, kept.ends_at)


def _unit(life: Life[UnitStands]) -> UnitLifeKept:
    return UnitLifeKept(
        periods=tuple(
            UnitPeriodKept(
                since=since,
                parent_id=how.parent_id,
                name=how.name,
                kind=how.kind,
                owner=how.owner,
                position=how.position,
            )
            for since, how in life.periods
        ),
        ends_at=life.ends_at,
    )


def _point(life: Life[PointStands]) -> PointLifeKept:
    return PointLifeKept(
        periods=tuple(
            PointPeriodKept(since=since, unit_id=how.unit_id, name=how.name, owner=how.owner)
            for since, how in life.periods
        ),
        ends_at=life.ends_at,
    )
