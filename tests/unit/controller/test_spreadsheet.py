"""Tables as files: text stays text in each, and what is read back is what was there."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.spreadsheet import Cell, as_csv, as_xlsx

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOSTILE = ('=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A0")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_no_formula_in_csv(name: str) -> None:
    _, row = csv.reader(io.StringIO(as_csv(["Tên"], [[name]]).removeprefix("\ufeff")))
    assert row == [f"'{name}"]


def test_numbers_stay_numbers_and_what_is_not_known_stays_empty() -> None:
    text = as_csv(["a", "b", "c"], [[-3, None, "Xã Nà Hẩu"]])
    assert text == "\ufeffa,b,c\r\n-3,,Xã Nà Hẩu\r\n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_whatever_a_cell_holds_no_spreadsheet_begins_a_formula(text: str) -> None:
    _, row = csv.reader(io.StringIO(as_csv(["a"], [[text, "x"]]), newline=""))
    assert row[0].lstrip("'") == text.lstrip("'")
    assert not row[0].startswith(("=", "+", "-", "@"))


def sheet(content: bytes) -> tuple[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = book.namelist()
        assert not [one for one in names if "external" in one or "vba" in one.lower()]
        shared = book.read("xl/sharedStrings.xml").decode()
        return book.read("xl/worksheets/sheet1.xml").decode(), shared


def test_in_a_workbook_everything_says_what_it_is() -> None:
    rows = [[name, 2024, None] for name in (*HOSTILE, "https://x.test", "12", "")]
    cells, shared = sheet(as_xlsx("Sổ tài sản [1/2]", ["Tên", "Năm", "–"], rows, made_at=NOW))
    assert "<f>" not in cells and "hyperlink" not in cells
    assert "=HYPERLINK(" in shared and "<v>2024</v>" in cells


def test_made_twice_it_is_the_same_file() -> None:
    rows: list[list[Cell]] = [["Xã Nà Hẩu", 1]]
    first, second = (as_xlsx("a", ["b", "c"], rows, made_at=NOW) for _ in range(2))
    assert first == second


def test_a_workbook_of_nothing_can_be_made() -> None:
    cells, _ = sheet(as_xlsx("a", ["Tên"], [], made_at=NOW))
    assert "sheetData" in cells
