"""Both files: the same whenever they are drawn, whole whatever stands in them, and no formulas."""

import io
import os
import subprocess
import sys
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from controller.carriers import drawing, paper
from controller.errors import AskedTooOften, LettersMissing
from tests.unit.controller.carriers import documents
from tests.unit.controller.carriers.documents import NOW, document

ROOT = Path(__file__).parents[4]


def drawn_by_a_process(seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", documents.__name__, "30"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_two_processes_draw_the_same_bytes_whatever_order_their_hashes_have() -> None:
    assert drawn_by_a_process("1") == drawn_by_a_process("2")


@pytest.mark.parametrize("count", [0, 3, 120])
def test_of_none_few_and_many_outages_with_long_names_both_files_are_drawn_twice_alike(
    count: int,
) -> None:
    one = document(count, "Tổng công ty Hạ tầng mạng và Dịch vụ viễn thông miền núi Bắc")
    first, second = (drawing.files_of(one, made_at=NOW) for _ in range(2))
    assert first == second
    assert first.pdf.startswith(b"%PDF") and len(first.pdf) < 200_000
    with zipfile.ZipFile(io.BytesIO(first.xlsx)) as book:
        sheets = [one for one in book.namelist() if one.startswith("xl/worksheets/sheet")]
        cells = "".join(book.read(one).decode() for one in sheets)
    assert len(sheets) == 3 and "<f>" not in cells
    # 26:03:09 as a part of days, which can be added up.
    assert count == 0 or f"<v>{93789 / 86400!r}"[:12] in cells


def test_who_waits_too_long_for_another_sheet_is_told_when_to_try_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing.TURNS, "waits_s", 0.01)
    with drawing.TURNS.working, pytest.raises(AskedTooOften):
        drawing.files_of(document(1), made_at=NOW)
    assert drawing.files_of(document(1), made_at=NOW).pdf


def test_a_few_wait_for_their_sheet_and_others_hold_no_thread_of_all_pages() -> None:
    with ExitStack() as places:
        for _ in range(5):
            places.enter_context(drawing.TURNS.places)
        with pytest.raises(AskedTooOften):
            drawing.files_of(document(1), made_at=NOW)
    assert drawing.files_of(document(1), made_at=NOW).pdf


def test_a_machine_without_letters_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paper, "FOLDER", tmp_path)
    with pytest.raises(LettersMissing, match="fonts-noto-core"):
        paper.as_pdf(document(1))


def test_a_letter_that_the_font_lacks_is_seen_to_be_missing() -> None:
    assert paper.drawable("Xã ễ ử → 漢 😀") == "Xã ễ ử ? ? ?"
