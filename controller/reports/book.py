"""A report as a workbook: the sheets of `sheets.py`, and how it was counted."""

from datetime import datetime

from controller import spreadsheet
from controller.reports import names
from controller.reports.report import MeetingReport
from controller.reports.sheets import sheets_of
from controller.spreadsheet import Page
from controller.turns import Turns
from controller.web.i18n.language import Language

TURNS = Turns(most_at_once=4, waits_s=20.0)
"""Reports as files are made one after the other: each has tens of thousands of cells."""


def as_xlsx(words: Language, report: MeetingReport) -> bytes:
    """Return a report as a workbook; of the same report the same file.

    Raises:
        AskedTooOften: others are made, one after the other.
    """
    title = words.gettext("Report of %(period)s", period=names.period(words, report.asked.period))
    pages = [Page(one.title, one.columns, one.rows) for one in sheets_of(words, report)]
    with TURNS.taken():
        return spreadsheet.as_book(title, pages, made_at=stamp(report))


def stamp(report: MeetingReport) -> datetime:
    """Return when a file says it was made: at the end of the period, or when it was asked for."""
    return min(report.until, report.asked.period.period.ends_at)


def stem(report: MeetingReport) -> str:
    """Return what a file of a report is called, in plain ASCII."""
    return f"bao-cao-{report.asked.period.key}".lower()
