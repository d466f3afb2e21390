"""What is kept of a meeting as tables for spreadsheets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from controller.meetings.after.kept import KeptRecord
from controller.meetings.rollcall.rules import RollMark
from controller.meetings.views import after, kept_plan
from controller.spreadsheet import Cell, Page
from controller.web.i18n.language import Language

Row = Sequence[Cell | timedelta]


def pages(words: Language, record: KeptRecord, marks: Mapping[str, RollMark]) -> list[Page]:
    """Return the sheets: attendance, interruptions, speeches and how long each spoke.

    Of a meeting that had an agenda, and of one that was rehearsed, a sheet each besides.
    """
    found = [
        _attendance(words, record, marks),
        _interruptions(words, record),
        _speeches(words, record),
        _spoken(words, record),
    ]
    if record.agenda:
        found.append(_agenda(words, record))
    if record.rehearsed:
        found.append(_rehearsals(words, record))
    return found


def _attendance(words: Language, record: KeptRecord, marks: Mapping[str, RollMark]) -> Page:
    columns = [
        words.gettext("Row"),
        words.gettext("Point or guest"),
        words.gettext("Unit"),
        words.gettext("Roll call"),
        words.gettext("Substitute, reason or note"),
        words.gettext("People in the room"),
        words.gettext("First in"),
        words.gettext("Last out"),
        words.gettext("Time in the meeting"),
        words.gettext("Interruptions"),
        words.gettext("Time interrupted"),
    ]
    rows: list[Row] = []
    for number, one in enumerate(record.participants, start=1):
        mark = marks.get(one.subject)
        rows.append(
            (
                number,
                one.name,
                one.unit,
                after.roll_badge(words, mark).word,
                mark.detail if mark else "",
                mark.heads if mark else None,
                _at(words, one.came_at),
                _at(words, one.left_at),
                one.length,
                len(one.cuts),
                one.gone,
            )
        )
    return Page(words.gettext("Attendance"), columns, rows)


def _interruptions(words: Language, record: KeptRecord) -> Page:
    columns = [
        words.gettext("Point or guest"),
        words.gettext("Began"),
        words.gettext("Ended"),
        words.gettext("Length"),
        words.gettext("Kind"),
        words.gettext("Cause"),
        words.gettext("Came back"),
        words.gettext("Cut off together with"),
    ]
    rows: list[Row] = []
    for one in record.participants:
        for gap in one.gaps:
            kind = words.gettext("Cut off") if gap.leaving.value == "cut" else words.gettext("Left")
            back = words.gettext("yes") if gap.has_come_back else words.gettext("no")
            rows.append(
                (
                    one.name,
                    _at(words, gap.began_at),
                    _at(words, gap.ended_at),
                    gap.length,
                    kind,
                    after.cause(words, gap),
                    back,
                    gap.together - 1,
                )
            )
    return Page(words.gettext("Interruptions"), columns, rows)


def _speeches(words: Language, record: KeptRecord) -> Page:
    columns = [
        words.gettext("Row"),
        words.gettext("Who spoke"),
        words.gettext("Began"),
        words.gettext("Ended"),
        words.gettext("Length"),
    ]
    rows: list[Row] = [
        (number, one.name, _at(words, one.began_at), _at(words, one.ended_at), one.length)
        for number, one in enumerate(record.speeches, start=1)
    ]
    return Page(words.gettext("Speeches"), columns, rows)


def _spoken(words: Language, record: KeptRecord) -> Page:
    total: dict[str, tuple[str, int, timedelta]] = {}
    for one in record.speeches:
        _, count, length = total.get(one.who, ("", 0, timedelta()))
        total[one.who] = one.name, count + 1, length + one.length
    columns = [words.gettext("Who spoke"), words.gettext("Times"), words.gettext("Length")]
    rows: list[Row] = [*sorted(total.values(), key=lambda row: -row[2])]
    return Page(words.gettext("Spoken in all"), columns, rows)


def _agenda(words: Language, record: KeptRecord) -> Page:
    columns = [
        words.gettext("Row"),
        words.gettext("Item"),
        words.gettext("Speaker"),
        words.gettext("Planned from"),
        words.gettext("Planned until"),
        words.gettext("Held from"),
        words.gettext("Held until"),
        words.gettext("Length"),
    ]
    rows: list[Row] = [
        (
            number,
            one.title,
            one.speaker,
            _at(words, one.planned_from),
            _at(words, one.planned_until),
            _at(words, one.began_at),
            _at(words, one.ended_at),
            one.ended_at - one.began_at if one.began_at and one.ended_at else None,
        )
        for number, one in enumerate(record.agenda, start=1)
    ]
    return Page(words.gettext("Agenda"), columns, rows)


def _rehearsals(words: Language, record: KeptRecord) -> Page:
    columns = [
        words.gettext("Point or guest"),
        words.gettext("Result of the rehearsal"),
        words.gettext("Cause"),
        words.gettext("Judged"),
    ]
    rows: list[Row] = [
        (
            one.name,
            kept_plan.badge(words, said).word,
            kept_plan.cause(words, said),
            _at(words, said.judged_at),
        )
        for one, said in record.rehearsed
    ]
    return Page(words.gettext("Rehearsals"), columns, rows)


def _at(words: Language, at: datetime | None) -> str:
    return f"{words.time_exact(at)} {words.date(at)}" if at else ""
