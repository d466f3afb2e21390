"""The built-in form as a Word template and as PDF."""

import io
import zlib
from pathlib import Path

import pytest
from docx import Document

from controller.errors import AskedTooOften, LettersMissing
from controller.papers import pdf_made, service
from controller.papers.docx_made import as_template
from tests.unit.controller.papers.sample import FORM, PAPER, filling


def test_the_built_in_template_can_be_taken_and_is_the_same_each_time() -> None:
    made = as_template(FORM)
    assert service.trial(PAPER, made) == made == as_template(FORM)


def test_a_filled_paper_is_the_same_each_time() -> None:
    made = service.docx(PAPER, as_template(FORM), filling())
    assert made == service.docx(PAPER, as_template(FORM), filling())
    shown = Document(io.BytesIO(made))
    assert [len(one.rows) for one in shown.tables] == [1, 1, 171]
    assert "Thư ký" not in "".join(one.text for one in shown.paragraphs)


def test_a_pdf_is_the_same_each_time_and_has_a_page_for_every_point() -> None:
    made = service.pdf(PAPER, filling())
    assert made == service.pdf(PAPER, filling())
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") > 3
    assert zlib.crc32(made) != zlib.crc32(service.pdf(PAPER, filling(thu_ky="Lò Văn A")))


def test_hostile_and_long_names_are_drawn() -> None:
    long, hostile = "W" * 120, '<font size="9999">&\0\U0001f600'
    drawn = service.pdf(PAPER, filling(tieu_de=long, co_quan=hostile, thu_ky=long))
    assert drawn.startswith(b"%PDF")


def test_a_machine_without_letters_says_so(tmp_path: Path) -> None:
    with pytest.raises(LettersMissing):
        pdf_made._letters.__wrapped__(tmp_path)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("giay-moi", "Hội nghị Đảng bộ"), "giay-moi-hoi-nghi-dang-bo"),
        (("giay-moi", '"; filename=x.exe\r\n'), "giay-moi-filename-x-exe"),
        (("", "😀"), "tep"),
        (("a" * 200,), "a" * 80),
    ],
)
def test_a_files_name_is_plain(parts: tuple[str, ...], name: str) -> None:
    assert service.file_name(*parts) == name


def test_who_asks_while_many_wait_is_asked_to_come_again() -> None:
    places = [service.TURNS.places.acquire(blocking=False) for _ in range(6)]
    try:
        with pytest.raises(AskedTooOften):
            service.pdf(PAPER, filling())
    finally:
        for _ in filter(None, places):
            service.TURNS.places.release()
    assert service.pdf(PAPER, filling())
