"""Changes of the tree on screen: the list, one of them, the form with what one would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.places import changing
from controller.places.change_document import ChangeDocument, PointAltered, UnitAltered
from controller.places.changing import DrawnChange
from controller.places.owner import OWNER_NAMES, Owner
from controller.places.tables import TreeChangeRow
from controller.places.tree import Branch
from controller.places.tree_change import ChangeKind
from controller.places.tree_entered import ChangeEntered
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import N_, Language

MOST_LINES, MOST_MEETINGS = 400, 50
KINDS = {
    ChangeKind.MERGE: N_("Merge units"),
    ChangeKind.SPLIT: N_("Split a unit"),
    ChangeKind.MOVE: N_("Move a unit or point"),
    ChangeKind.RENAME: N_("Rename a unit or point"),
    ChangeKind.END: N_("End a unit or point"),
    ChangeKind.IMPORT: N_("From a file"),
}


@dataclass(frozen=True, slots=True)
class AlteredLine:
    """A unit or point that a change alters: its name before or after, and what becomes of it."""

    name: str
    is_unit: bool
    said: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change in the list. `can_be_taken_back` also where something may turn out in the way."""

    change_id: str
    title: str
    in_force: str
    is_ahead: bool
    basis: str
    summary: str
    made: str
    taken_back: str
    can_be_taken_back: bool


@dataclass(frozen=True, slots=True)
class TreeView:
    """The list. `older`: the address of those after it, if any."""

    crumbs: tuple[Crumb, ...]
    kinds: tuple[Choice, ...]
    lines: tuple[ChangeLine, ...]
    problem: str
    older: str


@dataclass(frozen=True, slots=True)
class ShownView:
    """One change with all that it alters.

    `taken_back`: that it was; `is_ahead`: it is not in force yet.
    """

    change_id: str
    crumbs: tuple[Crumb, ...]
    title: str
    in_force: str
    basis: str
    made: str
    taken_back: str
    is_ahead: bool
    altered: tuple[AlteredLine, ...]
    more: str


@dataclass(frozen=True, slots=True)
class TreeFormView:
    """The form of a change, and what it would do. `seen` empty: it was not looked through."""

    crumbs: tuple[Crumb, ...]
    title: str
    kind: str
    form: ChangeEntered
    units: tuple[Choice, ...]
    things: tuple[Choice, ...]
    points: tuple[Choice, ...]
    own: tuple[Choice, ...]
    own_title: str
    owners: tuple[Choice, ...]
    today: str
    seen: str
    in_force: str
    altered: tuple[AlteredLine, ...]
    more: str
    meetings: tuple[tuple[str, str], ...]


def listed(
    words: Language, rows: Sequence[TreeChangeRow], now: datetime, problem: str, older: str
) -> TreeView:
    """Return the list."""
    kinds = [one for one in ChangeKind if one is not ChangeKind.IMPORT]
    return TreeView(
        crumbs(words),
        tuple(Choice(one.value, words.gettext(KINDS[one])) for one in kinds),
        tuple(_line(words, one, now) for one in rows),
        problem,
        older,
    )


def shown(words: Language, row: TreeChangeRow, now: datetime) -> ShownView:
    """Return one change."""
    lines, more = altered(words, changing.document_of(row), row.in_force_at)
    title = words.gettext(KINDS[ChangeKind(row.kind)])
    return ShownView(
        row.change_id,
        crumbs(words, title),
        title,
        words.date(row.in_force_at),
        row.basis,
        _made(words, row, now),
        _taken_back(words, row, now),
        row.in_force_at > now,
        lines,
        more,
    )


def form(
    words: Language,
    typed: ChangeEntered,
    tree: Sequence[Branch],
    drawn: DrawnChange | None,
    now: datetime,
) -> TreeFormView:
    """Return the form of a change."""
    title = words.gettext(KINDS[typed.kind])
    units = tuple(Choice(one.unit.unit_id, _indented(one)) for one in tree)
    points = tuple(
        Choice(f"point:{of.point_id}", of.name, is_chosen=typed.thing == f"point:{of.point_id}")
        for one in tree
        for of in one.points
    )
    things = tuple(
        Choice(f"unit:{one.id}", one.name, is_chosen=typed.thing == f"unit:{one.id}")
        for one in units
    )
    own, own_title = _own(typed, tree)
    lines: tuple[AlteredLine, ...] = ()
    more = ""
    if drawn is not None:
        lines, more = altered(words, drawn.document, drawn.change.at)
    return TreeFormView(
        crumbs=crumbs(words, title),
        title=title,
        kind=typed.kind.value,
        form=typed,
        units=units,
        things=things,
        points=points,
        own=own,
        own_title=own_title,
        owners=tuple(
            Choice(one.value, words.gettext(OWNER_NAMES[one]), is_chosen=one.value == typed.owner)
            for one in Owner
        ),
        today=words.gettext("from now on"),
        seen=f"{drawn.seen}:{typed.digest}" if drawn else "",
        in_force=in_force(words, drawn.change.at, now) if drawn else "",
        altered=lines,
        more=more,
        meetings=touched(words, drawn, now),
    )


def altered(
    words: Language, document: ChangeDocument, at: datetime
) -> tuple[tuple[AlteredLine, ...], str]:
    """Return what a change alters, as many as are shown, and how many more there are."""
    names = dict(document.names)
    names |= {one.unit_id: one.after.periods[-1].name for one in document.units}
    found = [_unit_line(words, one, names, at) for one in document.units]
    found += [_point_line(words, one, names, at) for one in document.points]
    return tuple(found[:MOST_LINES]), more_of(words, len(found) - MOST_LINES)


def _unit_line(
    words: Language, one: UnitAltered, names: dict[str, str], at: datetime
) -> AlteredLine:
    last = one.after.periods[-1]
    above = names.get(last.parent_id or "", "")
    if one.after.ends_at == at:
        said = words.gettext("ends")
        if one.into:
            said = words.gettext("goes into “%(name)s”", name=names.get(one.into, one.into))
        return AlteredLine(last.name, True, said)
    owner = words.gettext("owner: %(owner)s", owner=words.gettext(OWNER_NAMES[Owner(last.owner)]))
    if one.before is None:
        said = words.gettext("is new")
        if above:
            said = words.gettext("is new, in “%(name)s”", name=above)
        return AlteredLine(last.name, True, f"{said}; {owner}")
    was = one.before.periods[-1]
    told = []
    if was.name != last.name:
        told.append(words.gettext("is called “%(name)s”", name=last.name))
    if was.parent_id != last.parent_id:
        told.append(
            words.gettext("goes to “%(name)s”", name=above) if above else words.gettext("is a top")
        )
    if was.owner != last.owner:
        told.append(owner)
    return AlteredLine(was.name, True, "; ".join(told) or words.gettext("type, owner or place"))


def _point_line(
    words: Language, one: PointAltered, names: dict[str, str], at: datetime
) -> AlteredLine:
    last = one.after.periods[-1]
    unit = names.get(last.unit_id, last.unit_id)
    if one.after.ends_at == at:
        return AlteredLine(last.name, False, words.gettext("ends"))
    if one.before is None:
        return AlteredLine(last.name, False, words.gettext("is new, in “%(name)s”", name=unit))
    was = one.before.periods[-1]
    told = []
    if was.name != last.name:
        told.append(words.gettext("is called “%(name)s”", name=last.name))
    if was.unit_id != last.unit_id:
        told.append(words.gettext("goes to “%(name)s”", name=unit))
    return AlteredLine(was.name, False, "; ".join(told) or words.gettext("type, owner or place"))


def _line(words: Language, row: TreeChangeRow, now: datetime) -> ChangeLine:
    document = changing.document_of(row)
    units = words.ngettext("%(n)s unit", "%(n)s units", len(document.units))
    points = words.ngettext("%(n)s point", "%(n)s points", len(document.points))
    first = "; ".join(
        f"{one.name}: {one.said}" for one in altered(words, document, row.in_force_at)[0][:3]
    )
    return ChangeLine(
        change_id=row.change_id,
        title=words.gettext(KINDS[ChangeKind(row.kind)]),
        in_force=words.date(row.in_force_at),
        is_ahead=row.in_force_at > now,
        basis=row.basis,
        summary=f"{units}, {points}: {first}",
        made=_made(words, row, now),
        taken_back=_taken_back(words, row, now),
        can_be_taken_back=row.taken_back_at is None,
    )


def _made(words: Language, row: TreeChangeRow, now: datetime) -> str:
    time = words.moment(row.made_at, now)
    return words.gettext("by %(who)s, %(time)s", who=row.made_by, time=time)


def _taken_back(words: Language, row: TreeChangeRow, now: datetime) -> str:
    if row.taken_back_at is None:
        return ""
    who, time = row.taken_back_by or "", words.moment(row.taken_back_at, now)
    return words.gettext("taken back by %(who)s, %(time)s", who=who, time=time)


def _own(typed: ChangeEntered, tree: Sequence[Branch]) -> tuple[tuple[Choice, ...], str]:
    unit_id = typed.thing.removeprefix("unit:")
    branch = next((one for one in tree if one.unit.unit_id == unit_id), None)
    if branch is None:
        return (), ""
    found = [(f"point:{one.point_id}", one.name) for one in branch.points]
    found += [
        (f"unit:{one.unit.unit_id}", one.unit.name) for one in tree if one.unit.parent_id == unit_id
    ]
    own = tuple(Choice(id_, name, is_chosen=id_ in typed.taken) for id_, name in found)
    return own, branch.unit.name


def _indented(one: Branch) -> str:
    return "\u2003" * one.depth + one.unit.name


def in_force(words: Language, at: datetime, now: datetime) -> str:
    """Return from when a change is in force."""
    if at <= now and now - at < changing.FURTHEST and words.date(at) == words.date(now):
        return words.gettext("from now on")
    return words.gettext("from %(day)s on", day=words.date(at))


def touched(
    words: Language, drawn: DrawnChange | None, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return the meetings of points that end, each with its address."""
    return tuple(
        (f"/meetings/{one.meeting_id}", f"{one.title}, {words.moment(one.begins_at, now)}")
        for one in (drawn.meetings[:MOST_MEETINGS] if drawn else ())
    )


def more_of(words: Language, count: int) -> str:
    """Return how many further ones there are; empty: none."""
    if count <= 0:
        return ""
    return words.ngettext("and %(n)s further one", "and %(n)s further ones", count)


def crumbs(words: Language, *more: str) -> tuple[Crumb, ...]:
    """Return the way to a page of the tree's changes."""
    name = words.gettext("Changes of the tree")
    first = Crumb(words.gettext("Points"), "/points")
    if not more:
        return first, Crumb(name)
    return first, Crumb(name, "/tree"), Crumb(more[0])
