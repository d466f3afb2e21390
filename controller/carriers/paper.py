"""A sheet of evidence as PDF: A4 across, letters embedded. A door to reportlab.

Made twice of the same it is the same file: the library's invariant mode leaves out the time of day
and takes the file's id from its content.
"""

import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from controller.carriers.document import Document, Sheet, texts
from controller.errors import LettersMissing

FOLDER = Path("/usr/share/fonts/truetype/noto")
_FONT, _BOLD = "NotoSans-Regular", "NotoSans-Bold"
# The margins, and what the library keeps free within them.
_WIDTH = landscape(A4)[0] - 24 * mm - 12
_INK, _FAINT, _LINE, _HEAD = (
    colors.HexColor(one) for one in ("#1b2430", "#5b6675", "#c3cad3", "#eef1f5")
)


def as_pdf(document: Document) -> bytes:
    """Return a document as PDF.

    Raises:
        LettersMissing: there are no letters to embed.
    """
    _letters(FOLDER)
    content = io.BytesIO()
    paper = SimpleDocTemplate(
        content,
        pagesize=landscape(A4),
        leftMargin=12 * mm,
        rightMargin=12 * mm,
        topMargin=12 * mm,
        bottomMargin=15 * mm,
        title=document.title,
        author="Điểm Cầu",
        invariant=1,
    )
    paper.build(
        list(_told(document)), canvasmaker=_numbered(f"{document.title} · {document.edition}")
    )
    return content.getvalue()


@lru_cache(maxsize=1)
def _letters(folder: Path) -> None:
    try:
        for name in (_FONT, _BOLD):
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    except (TTFError, OSError) as exc:
        raise LettersMissing(str(folder)) from exc


def _style(size: float, *, is_bold: bool = False, ink: colors.Color = _INK) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{is_bold}{ink.hexval()}",
        fontName=_BOLD if is_bold else _FONT,
        fontSize=size,
        leading=size * 1.32,
        textColor=ink,
    )


_TITLE, _SECOND, _TEXT, _NOTE, _CELL, _COLUMN = (
    _style(15, is_bold=True),
    _style(10.5, is_bold=True),
    _style(8.5),
    _style(7.5, ink=_FAINT),
    _style(6.8),
    _style(6.8, is_bold=True),
)


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(drawable(text)), style)


def drawable(text: str) -> str:
    """Return text with a question mark for each letter the font lacks, which would vanish."""
    known = pdfmetrics.getFont(_FONT).face.charToGlyph
    return "".join(char if ord(char) in known else "?" for char in text)


def _told(document: Document) -> Iterator[Flowable]:
    yield _text(document.title, _TITLE)
    yield Spacer(0, 2 * mm)
    yield _text(document.edition, _TEXT)
    yield Spacer(0, 2 * mm)
    yield _head(document)
    for line in document.formula:
        yield Spacer(0, 1 * mm)
        yield _text(line, _TEXT)
    if document.changes:
        yield Spacer(0, 2 * mm)
        for change in document.changes:
            yield _text(f"• {change}", _TEXT)
    for sheet in document.sheets:
        yield Spacer(0, 4 * mm)
        yield from _sheet(sheet)


def _head(document: Document) -> Flowable:
    rows = [[_text(name, _NOTE), _text(value, _TEXT)] for name, value in document.head]
    half = (len(rows) + 1) // 2
    rows += [[_text("", _NOTE), _text("", _TEXT)]] * (2 * half - len(rows))
    both = [left + right for left, right in zip(rows[:half], rows[half:], strict=True)]
    table = Table(both, colWidths=[_WIDTH * part for part in (0.17, 0.33, 0.3, 0.2)])
    table.setStyle(_ruled(first=0))
    return table


def _sheet(sheet: Sheet) -> Iterator[Flowable]:
    said = [_text(sheet.title, _SECOND)]
    said += [_text(sheet.note, _NOTE)] if sheet.note else []
    if not sheet.rows:
        yield KeepTogether([*said, Spacer(0, 1 * mm), _text(sheet.empty, _TEXT)])
        return
    whole = sum(sheet.widths)
    table = Table(
        [
            [_text(name, _COLUMN) for name in sheet.columns],
            *([_text(cell, _CELL) for cell in texts(row.cells)] for row in sheet.rows),
        ],
        colWidths=[_WIDTH * width / whole for width in sheet.widths],
        repeatRows=1,
    )
    table.setStyle(_ruled(first=1))
    # A title stays with its table's first rows.
    for one in said:
        one.keepWithNext = True
        yield one
    yield Spacer(0, 1 * mm)
    yield table


def _ruled(first: int) -> TableStyle:
    pad = [(side, (0, 0), (-1, -1), 1.2 * mm) for side in ("LEFTPADDING", "RIGHTPADDING")]
    pad += [(side, (0, 0), (-1, -1), 0.7 * mm) for side in ("TOPPADDING", "BOTTOMPADDING")]
    head = [("BACKGROUND", (0, 0), (-1, first - 1), _HEAD)] if first else []
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, _LINE),
            *pad,
            *head,
        ]
    )


def _numbered(foot: str) -> type[Canvas]:
    """Return a canvas that writes at each page's foot which it is, and of how many."""

    class Numbered(Canvas):  # type: ignore[misc, unused-ignore]
        def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - the library's
            super().__init__(*arguments, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(_FONT, 7)
                self.setFillColor(_FAINT)
                self.drawString(12 * mm + 6, 8 * mm, _fitted(drawable(foot), _WIDTH - 20 * mm))
                self.drawRightString(12 * mm + 6 + _WIDTH, 8 * mm, f"{number}/{len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _fitted(text: str, width: float) -> str:
    while pdfmetrics.stringWidth(text, _FONT, 7) > width:
        text = f"{text[:-2]}…"
    return text
