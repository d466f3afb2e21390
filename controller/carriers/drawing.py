"""A sheet of evidence drawn as files: a few wait for it, and one is drawn at a time."""

import threading
from dataclasses import dataclass
from datetime import datetime

from controller.carriers import wording
from controller.carriers.book import as_book
from controller.carriers.document import Document
from controller.carriers.sheet import EvidenceSheet
from controller.errors import AskedTooOften
from controller.web.i18n.language import Language

WAITS_S = 10.0
DRAWING = threading.Lock()
"""Drawing takes the processor: one at a time, or many at once would hold up every page."""
MOST_AT_ONCE = 5
PLACES = threading.BoundedSemaphore(MOST_AT_ONCE)
"""Who draws and who waits for it: each holds a thread and two connections of all pages'."""
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


def files_of(made: Document, *, made_at: datetime) -> Files:
    """Return a document as both files; the same of the same document and time.

    Raises:
        LettersMissing: there are no letters for the PDF.
        AskedTooOften: others are drawn, one after the other.
    """
    from controller.carriers.paper import as_pdf  # loaded where a sheet is drawn, not with the web

    if not PLACES.acquire(blocking=False):
        raise AskedTooOften(round(WAITS_S))
    try:
        if not DRAWING.acquire(timeout=WAITS_S):
            raise AskedTooOften(round(WAITS_S))
        try:
            return Files(as_pdf(made), as_book(made, made_at=made_at))
        finally:
            DRAWING.release()
    finally:
        PLACES.release()
