"""A sheet of evidence drawn as files: a few wait for it, and one is drawn at a time."""

from dataclasses import dataclass
from datetime import datetime

from controller.carriers import wording
from controller.carriers.book import as_book
from controller.carriers.document import Document
from controller.carriers.sheet import EvidenceSheet
from controller.errors import BadRequest
from controller.turns import Turns
from controller.web.i18n.language import Language

TURNS = Turns(most_at_once=5, waits_s=10.0)
PAPER = "vi"
"""What is issued is in Vietnamese, whoever issues it."""


@dataclass(frozen=True, slots=True)
class Files:
    """A sheet as both files."""

    pdf: bytes
    xlsx: bytes


def draft(words: Language, sheet: EvidenceSheet) -> Document:
    """Return a sheet as it is known now, said to be no more than that."""
    return wording.document(words, sheet, words.gettext("Draft: what is known now, not issued"))


def refuse_nothing(sheet: EvidenceSheet) -> None:
    """Refuse a month of which nothing is known: zeros would read as a carrier that kept all.

    Raises:
        BadRequest: it is one.
    """
    if not sheet.is_known:
        raise BadRequest(
            "nothing_known",
            "Chưa có số liệu nào của tháng này nên không lập bảng được.",
            "Nothing is known of this month: there is no evidence to draw.",
        )


def files_of(made: Document, *, made_at: datetime) -> Files:
    """Return a document as both files; the same of the same document and time.

    Raises:
        LettersMissing: there are no letters for the PDF.
        AskedTooOften: others are drawn, one after the other.
    """
    from controller.carriers.paper import as_pdf  # loaded where a sheet is drawn, not with the web

    with TURNS.taken():
        return Files(as_pdf(made), as_book(made, made_at=made_at))
