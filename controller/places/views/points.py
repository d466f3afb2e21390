"""The tree of units with their points, as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.health import states
from controller.health.point_now import PointNow
from controller.places.tables import Point
from controller.places.tree import Branch
from controller.places.views.place_forms import OWNER_NAMES, PointEntered, UnitEntered
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class PointsRow:
    """A unit, or a point of the unit above it."""

    is_unit: bool
    id: str
    name: str
    depth: int
    second: str
    badge: Badge | None = None
    number: str = ""
    can_compare: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PointsView:
    """All the page shows."""

    subline: str
    rows: tuple[PointsRow, ...]
    unit_choices: tuple[Option, ...]
    owners: tuple[Option, ...]
    unit_form: UnitEntered
    point_form: PointEntered


@dataclass(frozen=True, slots=True)
class PointChangeView:
    """The form that changes a point."""

    point_id: str
    name: str
    crumbs: tuple[Crumb, ...]
    unit_choices: tuple[Option, ...]
    form: PointEntered


def change_view(
    words: Language, point: Point, tree: Sequence[Branch], form: PointEntered
) -> PointChangeView:
    """Return the view of the page on which a point is changed."""
    back = Crumb(point.name, f"/points/{point.point_id}")
    trail = (Crumb(words.gettext("Points"), "/points"), back, Crumb(words.gettext("Change")))
    return PointChangeView(point.point_id, point.name, trail, _unit_choices(tree), form)


def view(
    words: Language,
    now: datetime,
    tree: Sequence[Branch],
    points: Sequence[PointNow],
    *,
    unit: UnitEntered | None = None,
    point: PointEntered | None = None,
) -> PointsView:
    """Return the page's view."""
    by_id = {one.point.point_id: one for one in points}
    enrolled = sum(one.point.enrolled_at is not None for one in points)
    rows: list[PointsRow] = []
    for branch in tree:
        rows.append(_unit_row(words, branch))
        rows += [
            _point_row(words, now, by_id[one.point_id], branch.depth)
            for one in branch.points
            if one.point_id in by_id
        ]
    return PointsView(
        subline=words.gettext(
            "%(units)s, %(points)s, %(enrolled)s enrolled",
            units=words.ngettext("%(n)s unit", "%(n)s units", len(tree)),
            points=words.ngettext("%(n)s point", "%(n)s points", len(points)),
            enrolled=words.number(enrolled),
        ),
        rows=tuple(rows),
        unit_choices=_unit_choices(tree),
        owners=tuple(
            Option(owner.value, words.gettext(name)) for owner, name in OWNER_NAMES.items()
        ),
        unit_form=unit or UnitEntered(),
        point_form=point or PointEntered(),
    )


def _unit_choices(tree: Sequence[Branch]) -> tuple[Option, ...]:
    return tuple(Option(one.unit.unit_id, "\u2003" * one.depth + one.unit.name) for one in tree)


def _unit_row(words: Language, branch: Branch) -> PointsRow:
    count = len(branch.points)
    second = words.ngettext("%(n)s point", "%(n)s points", count) if count else ""
    return PointsRow(
        True, branch.unit.unit_id, branch.unit.name, branch.depth, second, can_compare=count > 1
    )


def _point_row(words: Language, now: datetime, one: PointNow, depth: int) -> PointsRow:
    heard = one.last_heard_at
    return PointsRow(
        is_unit=False,
        id=one.point.point_id,
        name=one.point.name,
        depth=min(depth + 1, 3),
        second=words.moment(heard, now) if heard else words.gettext("never"),
        badge=states.of_point(one.state, words),
        number=words.number(one.point.number),
    )
