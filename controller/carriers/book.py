"""A sheet of evidence as a workbook: a page for the figures and the formula, one for each table."""

from datetime import datetime, timedelta

from controller import spreadsheet
from controller.carriers.document import Cell, Document, Lasted
from controller.spreadsheet import Page
from controller.web.i18n.catalogue import chosen


def as_book(document: Document, *, made_at: datetime) -> bytes:
    """Return a document as a workbook; made twice of the same it is the same file."""
    words = chosen("vi")
    first: list[tuple[str, str]] = [
        (document.title, document.edition),
        *document.head,
        *(("", one) for one in (*document.formula, *document.changes)),
    ]
    pages = [
        Page(words.gettext("In short"), (words.gettext("What"), words.gettext("Value")), first),
        *(
            Page(one.title, one.columns, [tuple(map(_cell, row.cells)) for row in one.rows])
            for one in document.sheets
        ),
    ]
    return spreadsheet.as_book(document.title, pages, made_at=made_at)


def _cell(cell: Cell) -> spreadsheet.Cell | timedelta:
    return timedelta(seconds=cell.seconds) if isinstance(cell, Lasted) else cell
