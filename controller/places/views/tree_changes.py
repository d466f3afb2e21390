"""Changes of the tree on screen: the list, the form with what one would do, a file row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.places import changing
from controller.places.change_document import ChangeDocument, PointAltered, UnitAltered
from controller.places.changing import DrawnChange
from controller.places.import_plan import RowOutcome, RowPlan
from controller.places.importing import LookedThrough
from controller.places.tables import TreeChangeRow
from controller.places.tree import Branch
from controller.places.tree_change import ChangeKind
from controller.places.tree_entered import ChangeEntered
from controller.web.elements import Choice, Crumb
from controller.web.i18n.language import N_, Language

MOST_LINES, MOST_ROWS, MOST_MEETINGS = 400, 1_000, 50
KINDS = {
    ChangeKind.MERGE: N_("Merge units"),
    ChangeKind.SPLIT: N_("Split a unit"),
    ChangeKind.MOVE: N_("Move a unit or point"),
    ChangeKind.RENAME: N_("Rename a unit or point"),
    ChangeKind.END: N_("End a unit or point"),
    ChangeKind.IMPORT: N_("From a file"),
}
OUTCOMES = {
    RowOutcome.NEW: N_("new"),
    RowOutcome.MOVED: N_("moved"),
    RowOutcome.RENAMED: N_("renamed"),
    RowOutcome.CHANGED: N_("changed"),
    RowOutcome.ENDED: N_("ended"),
    RowOutcome.UNCHANGED: N_("unchanged"),
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
    """One change with all that it alters."""

    crumbs: tuple[Crumb, ...]
    title: str
    in_force: str
    basis: str
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
    today: str
    seen: str
    in_force: str
    altered: tuple[AlteredLine, ...]
    more: str
    meetings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TreeFileRow:
    """A row of a file."""

    place: str
    name: str
    id: str
    is_unit: bool
    outcome: str
    was: str


@dataclass(frozen=True, slots=True)
class TreeFileView:
    """A file that is looked through; `name` empty: none was brought."""

    crumbs: tuple[Crumb, ...]
    problem: str
    today: str
    name: str = ""
    file_id: str = ""
    seen: str = ""
    read_as: str = ""
    in_force: str = ""
    ends_missing: bool = False
    counts: tuple[tuple[str, str, str], ...] = ()
    rows: tuple[TreeFileRow, ...] = ()
    more: str = ""
    mistakes: tuple[str, ...] = ()
    meetings: tuple[tuple[str, str], ...] = ()
    is_empty: bool = False


def listed(
    words: Language, rows: Sequence[TreeChangeRow], now: datetime, problem: str, older: str
) -> TreeView:
    """Return the list."""
    kinds = [one for one in ChangeKind if one is not ChangeKind.IMPORT]
    return TreeView(
        _crumbs(words),
        tuple(Choice(one.value, words.gettext(KINDS[one])) for one in kinds),
        tuple(_line(words, one, now) for one in rows),
        problem,
        older,
    )


def shown(words: Language, row: TreeChangeRow) -> ShownView:
    """Return one change."""
    lines, more = altered(words, changing.document_of(row), row.in_force_at)
    title = words.gettext(KINDS[ChangeKind(row.kind)])
    return ShownView(
        _crumbs(words, title), title, words.date(row.in_force_at), row.basis, lines, more
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
        crumbs=_crumbs(words, title),
        title=title,
        kind=typed.kind.value,
        form=typed,
        units=units,
        things=things,
        points=points,
        own=own,
        own_title=own_title,
        today=words.gettext("from now on"),
        seen=f"{drawn.seen}:{typed.digest}" if drawn else "",
        in_force=_in_force(words, drawn.change.at, now) if drawn else "",
        altered=lines,
        more=more,
        meetings=_meetings(words, drawn, now),
    )


def file(
    words: Language, looked: LookedThrough | None, now: datetime, problem: str
) -> TreeFileView:
    """Return the page of a file."""
    crumbs = _crumbs(words, words.gettext("From a file"))
    if looked is None:
        return TreeFileView(crumbs, problem, "")
    refused = _mistakes(words, looked)
    rows: list[TreeFileRow] = []
    counts: list[tuple[str, str, str]] = []
    more = ""
    if looked.plan is not None:
        names = {one.id: one.name for one in looked.plan.rows if one.is_unit}
        order = list(RowOutcome)
        found = sorted(looked.plan.rows, key=lambda one: order.index(one.outcome))
        told = [one for one in found if one.outcome is not RowOutcome.UNCHANGED]
        rows = [_file_row(words, one, names) for one in told[:MOST_ROWS]]
        more = _more(words, len(told) - len(rows))
        counts = [
            (
                words.gettext(OUTCOMES[one]),
                words.number(looked.plan.count(one, is_unit=True)),
                words.number(looked.plan.count(one, is_unit=False)),
            )
            for one in RowOutcome
        ]
    return TreeFileView(
        crumbs,
        problem,
        "",
        name=looked.file.name,
        file_id=looked.file.file_id,
        seen=looked.drawn.seen if looked.drawn else "",
        read_as=looked.read_as,
        in_force=_in_force(words, looked.file.in_force_at, now),
        ends_missing=looked.file.ends_missing,
        counts=tuple(counts),
        rows=tuple(rows),
        more=more,
        mistakes=refused,
        meetings=_meetings(words, looked.drawn, now),
        is_empty=looked.plan is not None and looked.plan.is_empty,
    )


def altered(
    words: Language, document: ChangeDocument, at: datetime
) -> tuple[tuple[AlteredLine, ...], str]:
    """Return what a change alters, as many as are shown, and how many more there are."""
    names = dict(document.names)
    names |= {one.unit_id: one.after.periods[-1].name for one in document.units}
    found = [_unit_line(words, one, names, at) for one in document.units]
    found += [_point_line(words, one, names, at) for one in document.points]
    return tuple(found[:MOST_LINES]), _more(words, len(found) - MOST_LINES)


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
    if one.before is None:
        said = words.gettext("is new")
        if above:
            said = words.gettext("is new, in “%(name)s”", name=above)
        return AlteredLine(last.name, True, said)
    was = one.before.periods[-1]
    told = []
    if was.name != last.name:
        told.append(words.gettext("is called “%(name)s”", name=last.name))
    if was.parent_id != last.parent_id:
        told.append(
            words.gettext("goes to “%(name)s”", name=above) if above else words.gettext("is a top")
        )
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
    taken_back = ""
    if row.taken_back_at is not None:
        taken_back = words.gettext(
            "taken back by %(who)s, %(time)s",
            who=row.taken_back_by or "",
            time=words.moment(row.taken_back_at, now),
        )
    return ChangeLine(
        change_id=row.change_id,
        title=words.gettext(KINDS[ChangeKind(row.kind)]),
        in_force=words.date(row.in_force_at),
        is_ahead=row.in_force_at > now,
        basis=row.basis,
        summary=f"{units}, {points}: {first}",
        made=words.gettext(
            "by %(who)s, %(time)s", who=row.made_by, time=words.moment(row.made_at, now)
        ),
        taken_back=taken_back,
        can_be_taken_back=row.taken_back_at is None,
    )


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


def _in_force(words: Language, at: datetime, now: datetime) -> str:
    if at <= now and now - at < changing.FURTHEST and words.date(at) == words.date(now):
        return words.gettext("from now on")
    return words.gettext("from %(day)s on", day=words.date(at))


def _meetings(
    words: Language, drawn: DrawnChange | None, now: datetime
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"/meetings/{one.meeting_id}", f"{one.title}, {words.moment(one.begins_at, now)}")
        for one in (drawn.meetings[:MOST_MEETINGS] if drawn else ())
    )


def _mistakes(words: Language, looked: LookedThrough) -> tuple[str, ...]:
    wrong = looked.mistakes or (() if looked.refused is None else (looked.refused,))
    return tuple(one.said_in(words.code) for one in wrong)


def _file_row(words: Language, row: RowPlan, names: dict[str, str]) -> TreeFileRow:
    was = []
    if row.old_name:
        was.append(words.gettext("was “%(name)s”", name=row.old_name))
    if row.old_unit_id:
        was.append(
            words.gettext(
                "from “%(before)s” to “%(after)s”",
                before=names.get(row.old_unit_id, row.old_unit_id),
                after=names.get(row.unit_id, row.unit_id),
            )
        )
    place = row.place.partition(" ")[2]
    return TreeFileRow(
        place, row.name, row.id, row.is_unit, words.gettext(OUTCOMES[row.outcome]), "; ".join(was)
    )


def _more(words: Language, count: int) -> str:
    if count <= 0:
        return ""
    return words.ngettext("and %(n)s further one", "and %(n)s further ones", count)


def _crumbs(words: Language, *more: str) -> tuple[Crumb, ...]:
    name = words.gettext("Changes of the tree")
    first = Crumb(words.gettext("Points"), "/points")
    if not more:
        return first, Crumb(name)
    return first, Crumb(name, "/tree"), Crumb(more[0])
