"""The built-in form of a paper as PDF: A4, letters embedded. The other door to reportlab.

It has what the built-in Word template has; a template of the office's own is Word's to print.
Made twice of the same it is the same file: the library's invariant mode leaves out the time of day.
"""

import io
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    HRFlowable,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.flowables import Flowable

from controller.errors import LettersMissing
from controller.papers import form, placeholders
from controller.papers.form import OfficialForm, PaperGrid, PaperLine, Side
from controller.papers.placeholders import Filling

FOLDER = Path("/usr/share/fonts/truetype/noto")
# By whether they are bold, and slanted.
_FACES = {
    (False, False): "NotoSerif-Regular",
    (True, False): "NotoSerif-Bold",
    (False, True): "NotoSerif-Italic",
    (True, True): "NotoSerif-BoldItalic",
}
# These letters are wider than Times New Roman, of which the form's sizes are.
_SMALLER = 0.86
_SIDES = {Side.LEFT: TA_LEFT, Side.CENTRE: TA_CENTER, Side.BOTH: TA_JUSTIFY}
_WIDTH = (form.PAGE_MM[0] - form.LEFT_MM - form.RIGHT_MM) * mm


def as_pdf(of: OfficialForm, filling: Filling) -> bytes:
    """Return a paper as PDF.

    Raises:
        LettersMissing: there are no letters to embed.
    """
    _letters(FOLDER)
    content = io.BytesIO()
    paper = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=form.LEFT_MM * mm - 6,  # the library keeps 6 points free within
        rightMargin=form.RIGHT_MM * mm - 6,
        topMargin=form.TOP_MM * mm,
        bottomMargin=form.BOTTOM_MM * mm,
        title=drawable(placeholders.filled(of.title, filling)),
        author="Điểm Cầu",
        invariant=1,
    )
    paper.build(list(_told(of, filling)), onLaterPages=_page_number)
    return content.getvalue()


@lru_cache(maxsize=1)
def _letters(folder: Path) -> None:
    try:
        for name in _FACES.values():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    except (TTFError, OSError) as exc:
        raise LettersMissing(str(folder)) from exc


def _page_number(canvas: Canvas, paper: SimpleDocTemplate) -> None:
    """Write a page's number above its text, none on the first (Decree 30/2020, annex I, II.1)."""
    canvas.saveState()
    canvas.setFont(_FACES[False, False], 11)
    canvas.drawCentredString(form.PAGE_MM[0] * mm / 2, (form.PAGE_MM[1] - 13) * mm, str(paper.page))
    canvas.restoreState()


def _told(of: OfficialForm, filling: Filling) -> Iterator[Flowable]:
    yield _two_columns((of.issuer, of.motto), form.HEAD_SHARES, filling)
    yield Spacer(0, 4 * mm)
    for one in of.body:
        yield from _block(one, filling)
    yield Spacer(0, 5 * mm)
    yield KeepTogether([_two_columns((of.recipients, of.signature), form.SIGNED_SHARES, filling)])
    if of.annex:
        yield PageBreak()
        for one in of.annex:
            yield from _block(one, filling)


def _two_columns(
    columns: tuple[tuple[PaperLine, ...], tuple[PaperLine, ...]],
    shares: tuple[float, float],
    filling: Filling,
) -> Flowable:
    cells = [[one for line in lines for one in _block(line, filling)] for lines in columns]
    table = Table([cells], colWidths=[_WIDTH * share for share in shares])
    none = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    # A rule stands in the middle of its column.
    middle = ("ALIGN", (0, 0), (-1, -1), "CENTER")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), middle, *none]))
    return table


def _block(one: PaperLine | PaperGrid, filling: Filling) -> Iterator[Flowable]:
    if isinstance(one, PaperGrid):
        yield _grid(one, filling)
        return
    of_list = next((mark.of_list for mark in placeholders.marks(one.text) if mark.of_list), "")
    for entry in filling.lists.get(of_list) or [{}] if of_list else [None]:
        yield from _line(one, filling, entry)


def _line(line: PaperLine, filling: Filling, entry: Mapping[str, str] | None) -> Iterator[Flowable]:
    if not placeholders.is_left_out(line.text, filling, entry):
        yield _written(line, filling, entry)
    if line.rule:
        yield HRFlowable(f"{line.rule:.0%}", 0.7, color=colors.black, spaceBefore=3, spaceAfter=7)


def _written(line: PaperLine, filling: Filling, entry: Mapping[str, str] | None) -> Paragraph:
    size = line.size * _SMALLER
    style = ParagraphStyle(
        "line",
        fontName=_FACES[line.is_bold, line.is_italic],
        fontSize=size,
        leading=size * 1.4,
        alignment=_SIDES[line.side],
        firstLineIndent=form.INDENT_MM * mm if line.is_indented else 0,
        spaceBefore=line.before_mm * mm,
        spaceAfter=5 if line.is_indented else 0,
        splitLongWords=1,
    )
    text = placeholders.filled(line.text, filling, entry)
    return Paragraph(escape(drawable(text.upper() if line.is_upper else text)), style)


def drawable(text: str) -> str:
    """Return text with a question mark for each letter the font lacks, which would vanish."""
    known = pdfmetrics.getFont(_FACES[False, False]).face.charToGlyph
    return "".join(char if ord(char) in known else "?" for char in text.replace("\n", " "))


def _grid(grid: PaperGrid, filling: Filling) -> Flowable:
    of_list = next(
        mark.of_list for cell in grid.cells for mark in placeholders.marks(cell) if mark.of_list
    )
    sides = [
        Side.CENTRE if number in grid.centred else Side.LEFT for number in range(len(grid.heads))
    ]
    rows = [
        [_written(PaperLine(head, grid.size, Side.CENTRE, is_bold=True), filling, None)
         for head in grid.heads]
    ]  # fmt: skip
    rows += [
        [_written(PaperLine(cell, grid.size, side), filling, entry)
         for cell, side in zip(grid.cells, sides, strict=True)]
        for entry in filling.lists.get(of_list) or [{}]
    ]  # fmt: skip
    table = Table(rows, colWidths=[_WIDTH * share for share in grid.shares], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table
