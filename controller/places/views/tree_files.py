"""A file of units and points on screen: what it would do, row by row."""

from dataclasses import dataclass
from datetime import datetime

from controller.places.import_plan import RowOutcome, RowPlan
from controller.places.importing import LookedThrough
from controller.places.views.tree_changes import crumbs, in_force, more_of, touched
from controller.web.elements import Crumb
from controller.web.i18n.language import N_, Language

MOST_ROWS = 1_000
OUTCOMES = {
    RowOutcome.NEW: N_("new"),
    RowOutcome.MOVED: N_("moved"),
    RowOutcome.RENAMED: N_("renamed"),
    RowOutcome.CHANGED: N_("changed"),
    RowOutcome.ENDED: N_("ended"),
    RowOutcome.UNCHANGED: N_("unchanged"),
}


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


def file(
    words: Language, looked: LookedThrough | None, now: datetime, problem: str
) -> TreeFileView:
    """Return the page of a file."""
    way = crumbs(words, words.gettext("From a file"))
    if looked is None:
        return TreeFileView(way, problem, "")
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
        more = more_of(words, len(told) - len(rows))
        counts = [
            (
                words.gettext(OUTCOMES[one]),
                words.number(looked.plan.count(one, is_unit=True)),
                words.number(looked.plan.count(one, is_unit=False)),
            )
            for one in RowOutcome
        ]
    return TreeFileView(
        way,
        problem,
        "",
        name=looked.file.name,
        file_id=looked.file.file_id,
        seen=looked.drawn.seen if looked.drawn else "",
        read_as=looked.read_as,
        in_force=in_force(words, looked.file.in_force_at, now),
        ends_missing=looked.file.ends_missing,
        counts=tuple(counts),
        rows=tuple(rows),
        more=more,
        mistakes=refused,
        meetings=touched(words, looked.drawn, now),
        is_empty=looked.plan is not None and looked.plan.is_empty,
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
