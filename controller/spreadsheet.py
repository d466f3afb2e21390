"""Tables as files for spreadsheets: CSV and XLSX. Text stays text, whatever it begins with.

A name that begins with = would be a formula to whoever opens the file. In XLSX a cell says what
it is; in CSV nothing does, so that such text has an apostrophe before it there.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NewType

from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
GuardedCsv = NewType("GuardedCsv", str)
"""CSV in which no cell is a formula: as_csv alone makes it, and pages offer no other."""
# By which spreadsheets begin a formula; tab and line break are passed over before one.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAX_WIDTH, _MAX_SHEET_NAME = 60, 31
_DAY = timedelta(days=1)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> GuardedCsv:
    """Return a table as CSV, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(one) for one in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return GuardedCsv(f"\ufeff{text.getvalue()}")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of a workbook."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | timedelta]]


def as_xlsx(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, made_at: datetime
) -> bytes:
    """Return a table as a workbook of one sheet; made twice of the same it is the same file."""
    return as_book(title, [Page(title, columns, rows)], made_at=made_at)


def as_book(title: str, pages: Sequence[Page], *, made_at: datetime) -> bytes:
    """Return tables as a workbook; a duration is a number that can be added up."""
    content = io.BytesIO()
    book = Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    span = book.add_format({"num_format": "[h]:mm:ss", "valign": "top"})
    for place, page in enumerate(pages, start=1):
        # Excel refuses two sheets of one name.
        name = f"{place} {page.name}" if len(pages) > 1 else page.name
        _fill(book.add_worksheet(_sheet_name(name)), page, head, text, span)
    book.close()
    return content.getvalue()


def _fill(sheet: Any, page: Page, head: Any, text: Any, span: Any) -> None:  # noqa: ANN401 - untyped
    for place, name in enumerate(page.columns):
        sheet.write_string(0, place, name, head)
        longest = max((len(str(row[place] or "")) for row in page.rows), default=0)
        sheet.set_column(place, place, min(_MAX_WIDTH, max(longest, len(name), 6) + 2))
    for number, row in enumerate(page.rows, start=1):
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue  # half the cells of a long table: as good as none, and not for nothing
            if isinstance(cell, str):
                sheet.write_string(number, place, cell, text)
            elif isinstance(cell, timedelta):
                sheet.write_number(number, place, cell / _DAY, span)
            else:
                sheet.write_number(number, place, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(page.rows)), len(page.columns) - 1)


def harmless(cell: Cell) -> Cell:
    """Return a cell for CSV that is no formula."""
    if isinstance(cell, str) and cell.startswith(_BEGINS_FORMULA):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    """Return what a cell of CSV said before `harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGINS_FORMULA) else cell


def _sheet_name(title: str) -> str:
    return "".join(char for char in title if char not in "[]:*?/\\'")[:_MAX_SHEET_NAME]
