"""A report as an answer with a file, for pages and programs. In Vietnamese, whoever asks."""

from fastapi import Response
from sqlmodel import Session

from controller import spreadsheet
from controller.errors import NotFound
from controller.papers import service as papers
from controller.places import service as places
from controller.reports import book, paper
from controller.reports.report import MeetingReport
from controller.reports.sheets import sheet_named
from controller.web.deps import Web
from controller.web.download import csv_download, download
from controller.web.i18n.catalogue import chosen

PAPER = "vi"


def xlsx(report: MeetingReport) -> Response:
    """Return a workbook.

    Raises:
        AskedTooOften: others are made, one after the other.
    """
    content = book.as_xlsx(chosen(PAPER), report)
    return download(content, f"{book.stem(report)}.xlsx", spreadsheet.XLSX)


def docx(report: MeetingReport, web: Web, session: Session) -> Response:
    """Return a Word file.

    Raises:
        AskedTooOften: others are drawn, one after the other.
    """
    place = places.place_name(session, web.now())
    content = paper.as_docx(report, web.settings.reports, place)
    return download(content, f"{book.stem(report)}.docx", papers.DOCX)


def csv(report: MeetingReport, table: str) -> Response:
    """Return one table.

    Raises:
        NotFound: there is no such.
    """
    sheet = sheet_named(chosen(PAPER), report, table)
    if sheet is None:
        raise NotFound("bảng", "table")
    content = spreadsheet.as_csv(sheet.columns, sheet.rows)
    return csv_download(content, f"{book.stem(report)}-{table}.csv")
