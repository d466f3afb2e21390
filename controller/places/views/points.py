"""The tree of units with their points, as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from controller.health import states
from controller.health.point_now import PointNow
from controller.health.service import PointSaid
from controller.places.owner import OWNER_NAMES
from controller.places.tables import Point
from controller.places.tree import Branch
from controller.places.views.place_forms import PointEntered, UnitEntered
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language

WORST = "worst"


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
    unit_name: str = ""
    why: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class OrderTab:
    """One order of the list."""

    key: str
    href: str
    name: str
    is_chosen: bool


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
    tabs: tuple[OrderTab, ...]
    is_worst_first: bool
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
    worst_first: Sequence[PointSaid] | None = None,
    *,
    unit: UnitEntered | None = None,
    point: PointEntered | None = None,
) -> PointsView:
    """Return the page's view.

    Args:
        worst_first: all points in that order; None: they are shown in the tree.
    """
    by_id = {one.point.point_id: one for one in points}
    enrolled = sum(one.point.enrolled_at is not None for one in points)
    if worst_first is None:
        rows = _in_tree(words, now, tree, by_id)
    else:
        names = {one.unit.unit_id: one.unit.name for one in tree}
        rows = [_said_row(words, now, one, by_id, names) for one in worst_first]
    return PointsView(
        subline=words.gettext(
            "%(units)s, %(points)s, %(enrolled)s enrolled",
            units=words.ngettext("%(n)s unit", "%(n)s units", len(tree)),
            points=words.ngettext("%(n)s point", "%(n)s points", len(points)),
            enrolled=words.number(enrolled),
        ),
        rows=tuple(rows),
        tabs=_tabs(words, is_worst_first=worst_first is not None),
        is_worst_first=worst_first is not None,
        unit_choices=_unit_choices(tree),
        owners=tuple(
            Option(owner.value, words.gettext(name)) for owner, name in OWNER_NAMES.items()
        ),
        unit_form=unit or UnitEntered(),
        point_form=point or PointEntered(),
    )


def _tabs(words: Language, *, is_worst_first: bool) -> tuple[OrderTab, ...]:
    return (
        OrderTab("tree", "/points", words.gettext("By unit"), not is_worst_first),
        OrderTab(WORST, f"/points?order={WORST}", words.gettext("Worst first"), is_worst_first),
    )


def _in_tree(
    words: Language, now: datetime, tree: Sequence[Branch], by_id: Mapping[str, PointNow]
) -> list[PointsRow]:
    rows: list[PointsRow] = []
    for branch in tree:
        rows.append(_unit_row(words, branch))
        rows += [
            _point_row(words, now, by_id[one.point_id], branch.depth)
            for one in branch.points
            if one.point_id in by_id
        ]
    return rows


def _said_row(
    words: Language,
    now: datetime,
    one: PointSaid,
    by_id: Mapping[str, PointNow],
    unit_names: Mapping[str, str],
) -> PointsRow:
    """Return a point with what is wrong with it, and since when."""
    row = _point_row(words, now, by_id[one.point.point_id], 0)
    return replace(
        row,
        depth=0,
        badge=states.worth_a_look(words) if one.is_worth_a_look else row.badge,
        unit_name=unit_names.get(one.point.unit_id, ""),
        why=one.cause.what if one.cause else "",
        since=words.gettext("since %(time)s", time=words.moment(one.since, now))
        if one.cause and one.since
        else "",
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
