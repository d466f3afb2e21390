"""The roll call as a table for spreadsheets, with when each came in and left."""

from collections.abc import Sequence
from datetime import datetime

from contracts.participants import person_named
from controller.meetings.rollcall.rules import RollRow
from controller.meetings.views.roll_call import RollFacts, state_name
from controller.spreadsheet import Cell
from controller.web.i18n.language import N_, Language

_COLUMNS = (
    N_("Row"),
    N_("Point or guest"),
    N_("Roll call"),
    N_("Minutes late"),
    N_("Substitute, reason or note"),
    N_("People in the room"),
    N_("In since"),
    N_("Out since"),
)


def table(words: Language, facts: RollFacts) -> tuple[list[str], list[Sequence[Cell]]]:
    """Return the columns' names and a row for each who is invited."""
    rows = [_row(words, facts, row, number) for number, row in enumerate(facts.rows, start=1)]
    return [words.gettext(name) for name in _COLUMNS], rows


def _row(words: Language, facts: RollFacts, row: RollRow, number: int) -> Sequence[Cell]:
    person, mark = person_named(row.subject), row.mark
    name = facts.people.get(person, person) if person else facts.names.get(row.subject)
    return (
        number,
        name or row.subject,
        state_name(words, row.state),
        mark.late_min if mark else None,
        mark.detail if mark else "",
        row.heads,
        _at(words, row.stay.came_at),
        _at(words, row.stay.left_at),
    )


def _at(words: Language, at: datetime | None) -> str:
    return f"{words.time_exact(at)} {words.date(at)}" if at else ""
