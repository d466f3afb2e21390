"""The built-in form of a paper as a Word template, made by code. The only door to python-docx."""

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from controller.papers import form
from controller.papers.docx_door import opened, packed
from controller.papers.form import OfficialForm, PaperGrid, PaperLine, Side

# Decree 30/2020, annex I, I.3: Times New Roman, black.
LETTERS = "Times New Roman"
_SIDES = {
    Side.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Side.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Side.BOTH: WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_WIDTH_MM = form.PAGE_MM[0] - form.LEFT_MM - form.RIGHT_MM


def as_template(of: OfficialForm) -> bytes:
    """Return a form as a Word template, placeholders and all; made twice it is the same file."""
    paper = _blank(of.title)
    _two_columns(paper, (of.issuer, of.motto), form.HEAD_SHARES)
    for one in of.body:
        _add(paper, one)
    paper.add_paragraph()
    _two_columns(paper, (of.recipients, of.signature), form.SIGNED_SHARES)
    if of.annex:
        paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for one in of.annex:
            _add(paper, one)
    content = io.BytesIO()
    paper.save(content)
    return packed(opened(content.getvalue()))


def _blank(title: str) -> Paper:
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(form.PAGE_MM[0]), Mm(form.PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(form.TOP_MM), Mm(form.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(form.LEFT_MM), Mm(form.RIGHT_MM)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = LETTERS, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for of_script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(of_script), LETTERS)
    normal.paragraph_format.space_after = Pt(0)
    paper.core_properties.title, paper.core_properties.author = title, "Điểm Cầu"
    return paper


def _two_columns(
    paper: Paper,
    columns: tuple[tuple[PaperLine, ...], tuple[PaperLine, ...]],
    shares: tuple[float, float],
) -> None:
    table = paper.add_table(rows=1, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _widths(table, shares)
    for cell, lines, share in zip(table.rows[0].cells, columns, shares, strict=True):
        for number, line in enumerate(lines):
            _written(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), line)
            if line.rule:
                _rule(cell.add_paragraph(), line.rule, _WIDTH_MM * share)


def _add(paper: Paper, one: PaperLine | PaperGrid) -> None:
    if isinstance(one, PaperGrid):
        _grid(paper.add_table(rows=2, cols=len(one.heads)), one)
        return
    _written(paper.add_paragraph(), one)
    if one.rule:
        _rule(paper.add_paragraph(), one.rule, _WIDTH_MM)


def _written(paragraph: Paragraph, line: PaperLine) -> None:
    paragraph.alignment = _SIDES[line.side]
    layout = paragraph.paragraph_format
    if line.is_indented:
        layout.first_line_indent = Mm(form.INDENT_MM)
        layout.space_after = Pt(6)
    if line.before_mm:
        layout.space_before = Mm(line.before_mm)
    run = paragraph.add_run(line.text)
    run.bold, run.italic, run.font.size = line.is_bold, line.is_italic, Pt(line.size)
    if line.is_upper:
        run.font.all_caps = True


def _rule(paragraph: Paragraph, share: float, width_mm: float) -> None:
    """Draw a line of a share of a column's width, in the middle: the border of an empty paragraph.

    ECMA-376 part 1, section 17.3.1.24 (pBdr).
    """
    margin = Mm(width_mm * (1 - share) / 2)
    layout = paragraph.paragraph_format
    layout.left_indent, layout.right_indent = margin, margin
    layout.line_spacing, layout.space_after = Pt(3), Pt(6)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _grid(table: Table, grid: PaperGrid) -> None:
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, grid.shares)
    for number, (head, cell) in enumerate(zip(*(row.cells for row in table.rows), strict=True)):
        side = Side.CENTRE if number in grid.centred else Side.LEFT
        title = PaperLine(grid.heads[number], grid.size, Side.CENTRE, is_bold=True)
        _written(head.paragraphs[0], title)
        _written(cell.paragraphs[0], PaperLine(grid.cells[number], grid.size, side))
    for row, is_head in zip(table.rows, (True, False), strict=True):
        properties = row._tr.get_or_add_trPr()
        # Rows are not cut at the end of a page; the head stands on each (17.4.6, 17.4.78).
        properties.append(OxmlElement("w:cantSplit"))
        if is_head:
            properties.append(OxmlElement("w:tblHeader"))


def _widths(table: Table, shares: Sequence[float]) -> None:
    """Say how wide columns are, to Word (of each cell) and to others (of the grid)."""
    for number, share in enumerate(shares):
        table.columns[number].width = Mm(_WIDTH_MM * share)
        for cell in table.columns[number].cells:
            cell.width = Mm(_WIDTH_MM * share)
