"""Saved groups of points as pages show them: the list, and one to change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.health.states import PointState
from controller.meetings.prepared.points import GroupSize, ReadyPoints, SavedGroup, ready
from controller.meetings.views.point_choices import UnitChoice, unit_choices
from controller.places.service import PlacesNow
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in a list; `left_out` says how many of its points cannot be invited any more."""

    group_id: str
    name: str
    count: str
    chair: str
    left_out: str


@dataclass(frozen=True, slots=True)
class GroupButton:
    """A group as a button of a form."""

    group_id: str
    name: str
    count: str


@dataclass(frozen=True, slots=True)
class GroupsView:
    """The page of all groups; `full` says that there is room for no more."""

    crumbs: tuple[Crumb, ...]
    groups: tuple[GroupLine, ...]
    count: str
    full: str


@dataclass(frozen=True, slots=True)
class GroupEntered:
    """The form of a group as typed; `numbers`: beside each of its points, in their order."""

    name: str = ""
    chair_point_id: str = ""
    numbers: Mapping[str, str] | None = None
    added: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True, slots=True)
class GroupPointRow:
    """A point of a group; gone: it cannot be invited any more."""

    point_id: str
    name: str
    number: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """The page of one group; `group_id` empty: a new one."""

    group_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    form: GroupEntered
    problem: str
    chairs: tuple[Choice, ...]
    members: tuple[GroupPointRow, ...]
    units: tuple[UnitChoice, ...]
    sum_points: str


def entered_of(group: SavedGroup) -> GroupEntered:
    """Return a group as its form is first shown."""
    return GroupEntered(
        name=group.name,
        chair_point_id=group.chair_point_id,
        numbers={one: str(place) for place, one in enumerate(group.point_ids, start=1)},
        revision=str(group.revision),
    )


def line(words: Language, group: SavedGroup, names: Mapping[str, str]) -> GroupLine:
    """Return a group as a line of a list.

    Args:
        names: of the points that may be invited now.
    """
    points = ready([group], names)
    gone = len(points.left_out)
    return GroupLine(
        group_id=group.group_id,
        name=group.name,
        count=words.ngettext("%(n)s point", "%(n)s points", len(points.point_ids)),
        chair=names.get(points.chair_point_id, ""),
        left_out=words.ngettext(
            "%(n)s point is no longer in use", "%(n)s points are no longer in use", gone
        )
        if gone
        else "",
    )


def button(words: Language, group: GroupSize) -> GroupButton:
    """Return a group as a button of a form."""
    count = words.ngettext("%(n)s point", "%(n)s points", group.count)
    return GroupButton(group.group_id, group.name, count)


def listed(
    words: Language, groups: Sequence[SavedGroup], names: Mapping[str, str], *, most: int
) -> GroupsView:
    """Return the page of all groups."""
    return GroupsView(
        crumbs=(Crumb(words.gettext("Meetings"), "/meetings"), Crumb(words.gettext("Groups"))),
        groups=tuple(line(words, one, names) for one in groups),
        count=words.ngettext("%(n)s group", "%(n)s groups", len(groups)),
        full=words.gettext(
            "There are %(n)s groups, and no room for more. Delete one first.", n=most
        )
        if len(groups) >= most
        else "",
    )


def view(
    words: Language,
    group: SavedGroup | None,
    form: GroupEntered,
    known: PlacesNow,
    point_states: Mapping[str, PointState],
    called: Mapping[str, str],
    *,
    problem: str = "",
) -> GroupView:
    """Return the page of one group, or of a new one.

    Args:
        called: names of the group's points, those among them that have ended.
    """
    numbers, names = form.numbers or {}, known.point_names
    title = group.name if group else words.gettext("New group")
    chosen = {one for one, number in numbers.items() if number} | set(form.added)
    return GroupView(
        group_id=group.group_id if group else "",
        title=title,
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(words.gettext("Groups"), "/meetings/groups"),
            Crumb(title),
        ),
        form=form,
        problem=problem,
        chairs=tuple(
            Choice(one.point_id, one.name, is_chosen=form.chair_point_id == one.point_id)
            for branch in known.tree
            for one in branch.points
        ),
        members=tuple(
            GroupPointRow(one, called.get(one, one), number, one not in names)
            for one, number in numbers.items()
        ),
        units=unit_choices(
            words, known.tree, point_states, frozenset(form.added), without=frozenset(numbers)
        ),
        sum_points=words.ngettext("%(n)s point chosen", "%(n)s points chosen", len(chosen)),
    )


def said_of_joining(
    words: Language, name: str, points: ReadyPoints, called: Mapping[str, str]
) -> str:
    """Return what a group brought into a form, and what it could not bring."""
    said = words.ngettext(
        "%(n)s point of “%(name)s” was added.",
        "%(n)s points of “%(name)s” were added.",
        len(points.point_ids),
        name=name,
    )
    gone = said_of_gone(words, points, called)
    return f"{said} {gone}" if gone else said


def said_of_gone(words: Language, points: ReadyPoints, called: Mapping[str, str]) -> str:
    """Return which points of a group are left out; empty: none is."""
    if not points.left_out:
        return ""
    names = ", ".join(called.get(one, one) for one in points.left_out[:8])
    more = " …" if len(points.left_out) > 8 else ""
    return words.gettext("Left out, no longer in use: %(names)s.", names=names + more)
