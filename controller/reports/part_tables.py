"""What a report is made of, as small tables: by type, level, owner and unit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from controller.meetings.kinds import MeetingKind
from controller.reports import names
from controller.reports.asked import ReportAsked
from controller.reports.figures import MeetingSums
from controller.reports.report import MeetingReport
from controller.reports.turns import TurnSums
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReportPartRow:
    """One row; `href` empty: nothing opens. Cells of meetings are empty for units."""

    name: str
    href: str
    cells: tuple[str, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class PartTable:
    """One table: its columns but the first are numbers; its last row is all of them together."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[ReportPartRow, ...]


def part_tables(words: Language, report: MeetingReport) -> tuple[PartTable, ...]:
    """Return the tables; each adds up to the whole."""
    figures, asked = report.figures, report.asked
    meetings = f"/reports/meetings?{asked.query}"
    return (
        _of_meetings(words, "kinds", words.gettext("By type"), report, (
            (names.kind(words, one), _only(asked, one), sums) for one, sums in figures.kinds
        )),
        _of_meetings(words, "levels", words.gettext("By level"), report, (
            (names.level(words, one), f"{meetings}&level={one or 0}", sums)
            for one, sums in figures.levels
        )),
        _of_meetings(words, "owners", words.gettext("By owner"), report, (
            (names.owner(words, one), f"{meetings}&owner={one.value}", sums)
            for one, sums in figures.owners
        )),
        _of_units(words, report),
    )  # fmt: skip


def _only(asked: ReportAsked, kind: MeetingKind) -> str:
    return f"/reports/meetings?{replace(asked, kinds=(kind,)).query}"


def _of_meetings(
    words: Language,
    key: str,
    title: str,
    report: MeetingReport,
    rows: Iterable[tuple[str, str, MeetingSums]],
) -> PartTable:
    columns = (
        title, words.gettext("Meetings"), words.gettext("Online"), words.gettext("Share online"),
        words.gettext("Hours"), words.gettext("Point-meetings"), words.gettext("Uninterrupted"),
    )  # fmt: skip
    found = tuple(ReportPartRow(name, href, sums_cells(words, sums)) for name, href, sums in rows)
    total = ReportPartRow(
        words.gettext("Together"), "", sums_cells(words, report.figures.whole), is_total=True
    )
    return PartTable(key, title, columns, (*found, total))


def sums_cells(words: Language, sums: MeetingSums) -> tuple[str, ...]:
    """Return the cells of some meetings, as the columns of their tables have them."""
    return (
        words.number(sums.count),
        words.number(sums.online),
        names.share(words, sums.online_share),
        words.number(sums.held / _HOUR, 1),
        words.number(sums.turns.count),
        names.share(words, sums.turns.uninterrupted_share),
    )


def _of_units(words: Language, report: MeetingReport) -> PartTable:
    title, outside = words.gettext("By unit"), words.gettext("Of no unit on that day")
    columns = (
        title, words.gettext("Point-meetings"), words.gettext("Interrupted"),
        words.gettext("Uninterrupted"), words.gettext("Late"), words.gettext("Absent"),
    )  # fmt: skip
    known = report.unit_names
    found = [
        ReportPartRow(
            known.get(unit, outside),
            f"/reports?{replace(report.asked, branch=unit).query}" if unit in known else "",
            _turn_cells(words, sums),
        )
        for unit, sums in report.figures.units
    ]
    found.sort(key=lambda one: vietnamese(one.name))
    together = words.gettext("Together")
    total = ReportPartRow(
        together, "", _turn_cells(words, report.figures.whole.turns), is_total=True
    )
    return PartTable("units", title, columns, (*found, total))


def _turn_cells(words: Language, sums: TurnSums) -> tuple[str, ...]:
    return (
        words.number(sums.count),
        words.number(sums.interrupted),
        names.share(words, sums.uninterrupted_share),
        words.number(sums.late),
        words.number(sums.absent),
    )
