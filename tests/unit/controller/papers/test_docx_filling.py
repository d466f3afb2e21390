"""Placeholders of a Word file, as Word cuts them."""

import io

import pytest
from docx import Document
from docx.document import Document as WordFile

from controller.errors import BadEntry
from controller.papers.docx_door import Package, opened, packed
from controller.papers.docx_filling import filled, refuse_wrong, wrong_places
from tests.unit.controller.papers.sample import NAMES, filling


def package(paper: WordFile) -> Package:
    content = io.BytesIO()
    paper.save(content)
    return opened(content.getvalue())


def read(of: Package) -> WordFile:
    return Document(io.BytesIO(packed(of)))


def runs(*pieces: str) -> WordFile:
    """Return a file of one paragraph in so many runs, every second one bold."""
    paper = Document()
    paragraph = paper.add_paragraph()
    for number, piece in enumerate(pieces):
        paragraph.add_run(piece).bold = bool(number % 2)
    return paper


@pytest.mark.parametrize(
    "pieces",
    [
        ("Lúc {{thoi_gian}} tại {{co_quan}}.",),
        ("Lúc {", "{thoi", "", "_gian}", "} tại {{co_quan}}."),
        ("Lúc {{", "thoi_gian", "}} tại {{co_", "quan}}", "."),
        tuple("Lúc {{thoi_gian}} tại {{co_quan}}."),
    ],
)
def test_a_placeholder_is_found_however_word_cut_it(pieces: tuple[str, ...]) -> None:
    of = package(runs(*pieces))
    assert wrong_places(of, NAMES) == []
    assert read(filled(of, filling())).paragraphs[0].text == "Lúc 8 giờ 00 tại UBND."


def test_what_is_put_in_looks_as_its_first_letter_did() -> None:
    shown = read(filled(package(runs("Họp ", "{{tieu", "_de}}, hết.")), filling())).paragraphs[0]
    assert [(one.text, one.bold) for one in shown.runs] == [
        ("Họp ", False),
        ("Hội nghị <b>& {{co_quan}}</b>", True),
        (", hết.", False),
    ]


def test_a_row_stands_once_for_each_point_and_a_paragraph_too() -> None:
    paper = Document()
    table = paper.add_table(rows=2, cols=2)
    table.rows[1].cells[0].text, table.rows[1].cells[1].text = (
        "{{diem_cau.stt}}",
        "{{diem_cau.ten}}",
    )
    paper.add_paragraph("- {{diem_cau.ten}};")
    shown = read(filled(package(paper), filling()))
    rows = [[cell.text for cell in row.cells] for row in shown.tables[0].rows]
    assert (len(rows), rows[1], rows[-1]) == (
        171,
        ["1", "Điểm cầu xã 1"],
        ["170", "Điểm cầu xã 170"],
    )
    assert [one.text for one in shown.paragraphs][-1] == "- Điểm cầu xã 170;"


def test_a_list_with_nothing_in_it_leaves_one_row_to_write_in() -> None:
    paper = Document()
    paper.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{diem_cau.ten}}"
    shown = read(filled(package(paper), filling(0)))
    assert [row.cells[0].text for row in shown.tables[0].rows] == ["……………"]


def test_what_may_be_missing_goes_with_its_paragraph() -> None:
    paper = Document()
    paper.add_paragraph("Thư ký: {{thu_ky?}}")
    paper.add_paragraph("Hết.")
    paper.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{thu_ky?}}"
    shown = read(filled(package(paper), filling()))
    assert [one.text for one in shown.paragraphs] == ["Hết."]
    assert shown.tables[0].rows[0].cells[0].text == ""


def test_heads_and_feet_are_filled_too() -> None:
    paper = Document()
    paper.sections[0].header.paragraphs[0].text = "{{co_quan}}"
    paper.sections[0].footer.paragraphs[0].text = "{{thoi_gian}}"
    section = read(filled(package(paper), filling())).sections[0]
    said = section.header.paragraphs[0].text, section.footer.paragraphs[0].text
    assert said == ("UBND", "8 giờ 00")


def test_hostile_names_are_text() -> None:
    of = package(runs("{{tieu_de}}|{{co_quan}}"))
    name = 'a\0b\x1f</w:t><w:p>&amp;"\ud800\uffff\nc'
    shown = read(filled(of, filling(tieu_de=name, co_quan="=cmd|' /C calc'!A0")))
    assert shown.paragraphs[0].text == "ab</w:t><w:p>&amp;\" c|=cmd|' /C calc'!A0"


def test_a_template_without_a_placeholder_or_with_too_many_is_refused() -> None:
    with pytest.raises(BadEntry, match="no placeholder"):
        wrong_places(package(runs("Giấy mời")), NAMES)
    with pytest.raises(BadEntry, match="501 placeholders"):
        wrong_places(package(runs("{{co_quan}}" * 501)), NAMES)


def test_what_is_wrong_is_named_beside_what_there_is() -> None:
    wrong = wrong_places(package(runs("{{co quan}} {{", "x}} {{tieu_de")), NAMES)
    with pytest.raises(BadEntry) as refused:
        refuse_wrong(wrong, NAMES)
    said = refused.value.message_vi
    assert "“{{co quan}}”, “{{x}}”" in said
    assert "{{tieu_de}}, {{co_quan}}, {{thu_ky}}" in said


def test_what_would_grow_without_end_is_refused() -> None:
    paper = Document()
    cells = paper.add_table(rows=1, cols=1).rows[0].cells
    cells[0].text = "{{diem_cau.ten}}" * 400
    with pytest.raises(BadEntry, match="too long"):
        filled(package(paper), filling(170, tieu_de="x" * 120))
        filled(package(paper), filling(170 * 20))


@pytest.mark.parametrize(
    ("tag", "of", "says"),
    [
        ("p", "schemas.openxmlformats.org/wordprocessingml/2006/main", "not as Word writes it"),
        ("tr", "schemas.openxmlformats.org/wordprocessingml/2006/main", "not as Word writes it"),
        ("document", "x", "not as Word writes it"),
        ("document", "purl.oclc.org/ooxml/wordprocessingml/main", "Strict"),
    ],
)
def test_a_text_that_is_no_text_of_words_is_refused(tag: str, of: str, says: str) -> None:
    inside = "<w:p><w:r><w:t>{{diem_cau.ten}}</w:t></w:r></w:p>"
    text = f'<w:{tag} xmlns:w="{"http://" if "/" in of else ""}{of}">{inside}</w:{tag}>'
    changed = package(Document()).with_entries({"word/document.xml": text.encode()})
    with pytest.raises(BadEntry, match=says):
        wrong_places(changed, NAMES)
    with pytest.raises(BadEntry, match=says):
        filled(changed, filling())
