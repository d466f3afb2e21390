"""A report as tables for files: the same figures as on the page, numbers as numbers. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from contracts.local_days import ZONE
from controller.meetings.held import HeldMeeting
from controller.reports import names
from controller.reports.figures import MeetingSums
from controller.reports.report import MeetingReport
from controller.reports.turns import PointTurn, TurnSums
from controller.spreadsheet import Cell
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import N_, Language

_HOUR = timedelta(hours=1)
_MEETING_COLUMNS = (
    N_("Meetings"), N_("Online"), N_("In person"), N_("Online, %"), N_("Hours"),
    N_("Hours of all points"), N_("Meetings with a roll call"),
)  # fmt: skip
_TURN_COLUMNS = (
    N_("Point-meetings"), N_("Uninterrupted"), N_("Interrupted"), N_("Not counted"),
    N_("Not known"), N_("In person"), N_("Uninterrupted, %"), N_("Present"), N_("Late"),
    N_("Substitute"), N_("Absent"), N_("Not called"), N_("No roll call"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One table. `key` names it in an address."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def sheets_of(words: Language, report: MeetingReport) -> list[ReportSheet]:
    """Return all tables of a report, the figures first, the evidence last."""
    figures = report.figures
    return [
        _parted(
            words, "summary", words.gettext("Summary"), words.gettext("Period"),
            [(names.period(words, report.asked.period), figures.whole),
             (names.period(words, report.asked.before.period), report.before.whole)],
        ),
        _parted(
            words, "months", words.gettext("By month"), words.gettext("Month"),
            zip([names.period(words, one) for one in report.asked.months],
                [sums for _, sums in figures.months], strict=True),
        ),
        _parted(
            words, "kinds", words.gettext("By type"), words.gettext("Type of meeting"),
            [(names.kind(words, one), sums) for one, sums in figures.kinds],
        ),
        _parted(
            words, "levels", words.gettext("By level"), words.gettext("Levels"),
            [(names.level(words, one), sums) for one, sums in figures.levels],
        ),
        _parted(
            words, "owners", words.gettext("By owner"), words.gettext("Owner"),
            [(names.owner(words, one), sums) for one, sums in figures.owners],
        ),
        _turned(
            words, "units", words.gettext("By unit"),
            words.gettext("Unit, as of %(day)s", day=names.day(report.tree_day)),
            _units(words, report),
        ),
        _points(words, report),
        _causes(words, report),
        _meetings(words, report),
        _turns(words, report),
    ]  # fmt: skip


def sheet_named(words: Language, report: MeetingReport, key: str) -> ReportSheet | None:
    """Return one of a report's tables; None: it has no such."""
    return next((one for one in sheets_of(words, report) if one.key == key), None)


def _parted(
    words: Language, key: str, title: str, head: str, rows: Iterable[tuple[str, MeetingSums]]
) -> ReportSheet:
    columns = (head, *(words.gettext(one) for one in (*_MEETING_COLUMNS, *_TURN_COLUMNS)))
    cells = [(name, *_meeting_cells(sums), *_turn_cells(sums.turns)) for name, sums in rows]
    return ReportSheet(key, title, columns, cells)


def _turned(
    words: Language, key: str, title: str, head: str, rows: Iterable[tuple[str, TurnSums]]
) -> ReportSheet:
    columns = (head, *(words.gettext(one) for one in _TURN_COLUMNS))
    return ReportSheet(key, title, columns, [(name, *_turn_cells(sums)) for name, sums in rows])


def _units(words: Language, report: MeetingReport) -> list[tuple[str, TurnSums]]:
    known = report.unit_names
    outside = words.gettext("Of no unit on that day")
    found = [(known.get(one, outside), sums) for one, sums in report.figures.units]
    return sorted(found, key=lambda one: vietnamese(one[0]))


def _points(words: Language, report: MeetingReport) -> ReportSheet:
    lines = report.figures.points
    sheet = _turned(
        *(words, "points", words.gettext("By point"), words.gettext("Point")),
        [(report.point(one.point_id), one.sums) for one in lines],
    )
    columns = (*sheet.columns, words.gettext("Causes"))
    said = [
        ", ".join(f"{names.cause(words, cause)} ({count})" for cause, count in one.causes)
        for one in lines
    ]
    rows = [(*row, causes) for row, causes in zip(sheet.rows, said, strict=True)]
    return ReportSheet(sheet.key, sheet.title, columns, rows)


def _causes(words: Language, report: MeetingReport) -> ReportSheet:
    columns = (words.gettext("Of what"), words.gettext("Cause or reason"), words.gettext("Count"))
    cut, away = words.gettext("Interrupted"), words.gettext("Absent")
    rows: list[Sequence[Cell]] = [
        (cut, names.cause(words, cause), count) for cause, count in report.figures.causes
    ]
    rows += [(away, reason, count) for reason, count in report.figures.absences]
    return ReportSheet("causes", words.gettext("Causes and reasons"), columns, rows)


def _meetings(words: Language, report: MeetingReport) -> ReportSheet:
    columns = tuple(
        words.gettext(one)
        for one in (
            *(N_("Day"), N_("Hour"), N_("Meeting"), N_("Document number"), N_("Type of meeting")),
            *(N_("Levels"), N_("Owner"), N_("How it was held"), N_("Host unit"), N_("Hours")),
            *(N_("Point-meetings"), N_("Interrupted"), N_("Late"), N_("Absent")),
        )
    )
    rows = [_meeting_row(words, report, one) for one in report.counted.meetings]
    return ReportSheet("meetings", words.gettext("Meetings"), columns, rows)


def _meeting_row(words: Language, report: MeetingReport, one: HeldMeeting) -> Sequence[Cell]:
    sums = report.turns_of(one.meeting_id)
    at = one.begins_at.astimezone(ZONE)
    return (
        f"{at:%d/%m/%Y}", f"{at:%H:%M}", one.title, one.document_number,
        names.kind(words, one.kind), names.level(words, one.level), names.owner(words, one.owner),
        names.held_as(words, one.held_as), report.unit_names.get(one.host_unit_id or "", ""),
        _hours(one.held), sums.count, sums.interrupted, sums.late, sums.absent,
    )  # fmt: skip


def _turns(words: Language, report: MeetingReport) -> ReportSheet:
    columns = tuple(
        words.gettext(one)
        for one in (
            *(N_("Day"), N_("Meeting"), N_("Point"), N_("Roll call"), N_("Minutes late")),
            *(N_("Reason"), N_("Sound"), N_("Good minutes"), N_("Minutes held")),
            *(N_("Longest cut, s"), N_("Cause")),
        )
    )
    rows: list[Sequence[Cell]] = []
    for meeting in report.counted.meetings:
        day = f"{meeting.begins_at.astimezone(ZONE):%d/%m/%Y}"
        for turn in report.counted.turns.get(meeting.meeting_id, ()):
            rows.append((day, meeting.title, *_turn_row(words, report, turn)))
    return ReportSheet("turns", words.gettext("Point-meetings"), columns, rows)


def _turn_row(words: Language, report: MeetingReport, one: PointTurn) -> Sequence[Cell]:
    return (
        report.point(one.point_id), names.roll(words, one.roll), one.late_min, one.absence,
        names.heard(words, one.heard), one.good_minutes, one.held_minutes, one.longest_cut_s,
        names.cause(words, one.cause) if one.cause else "",
    )  # fmt: skip


def _meeting_cells(sums: MeetingSums) -> Sequence[Cell]:
    return (
        sums.count, sums.online, sums.in_person, _percent(sums.online_share), _hours(sums.held),
        _hours(sums.point_time), sums.rolled,
    )  # fmt: skip


def _turn_cells(sums: TurnSums) -> Sequence[Cell]:
    return (
        sums.count, sums.uninterrupted, sums.interrupted, sums.excluded, sums.unknown,
        sums.in_person, _percent(sums.uninterrupted_share), sums.present, sums.late,
        sums.substitute, sums.absent, sums.uncalled, sums.unrolled,
    )  # fmt: skip


def _percent(share: Fraction | None) -> float | None:
    """Return per cent to a tenth, never more than it is; None: there is no share."""
    return None if share is None else (share * 1000 // 1) / 10


def _hours(span: timedelta) -> float:
    return round(span / _HOUR, 2)
