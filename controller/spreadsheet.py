"""Tables as files for spreadsheets: CSV and XLSX. Text stays text, whatever it begins with.

A name that begins with = would be a formula to whoever opens the file. In XLSX a cell says what
it is; in CSV nothing does, so that such text has an apostrophe before it there.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
# By which spreadsheets begin a formula; tab and line break are passed over before one.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAX_WIDTH, _MAX_SHEET_NAME = 40, 31


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_harmless(one) for one in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return f"\ufeff{text.getvalue()}"


def as_xlsx(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, made_at: datetime
) -> bytes:
    """Return a table as a workbook of one sheet; made twice of the same it is the same file."""
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
    sheet = book.add_worksheet(_sheet_name(title))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, head)
        longest = max((len(str(row[place] or "")) for row in rows), default=0)
        sheet.set_column(place, place, min(_MAX_WIDTH, max(longest, len(name), 6) + 2))
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif cell is not None:
                sheet.write_number(number, place, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    book.close()
    return content.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_BEGINS_FORMULA):
        return f"'{cell}"
    return cell


def _sheet_name(title: str) -> str:
    return "".join(char for char in title if char not in "[]:*?/\\'")[:_MAX_SHEET_NAME]
