"""Papers as files: by the office's own template where there is one, else in the built-in form."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from contracts import text
from controller.db.engine import writing
from controller.papers.docx_door import MAX_FILE_BYTES, opened, packed
from controller.papers.docx_filling import filled, refuse_wrong, wrong_places
from controller.papers.paper import Paper
from controller.papers.placeholders import Filling
from controller.papers.tables import PaperTemplate
from controller.turns import Turns

__all__ = [
    "DOCX",
    "MAX_FILE_BYTES",
    "PDF",
    "PaperDesk",
    "built_in",
    "docx",
    "file_name",
    "judged",
    "kept_name",
]

MAX_NAME_CHARS = 120
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_UNPLAIN = re.compile(r"[^a-z0-9]+")
TURNS = Turns(most_at_once=6, waits_s=10.0)
"""For each of these that is drawn or judged the processor is busy for a moment."""


@dataclass(frozen=True, slots=True)
class TakenTemplate:
    """What is said of the office's own template."""

    file_name: str
    taken_by: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """Where templates are kept. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def take(self, paper: Paper, file_name: str, content: bytes, *, actor: str) -> TakenTemplate:
        """Use a Word file as the template of a paper from now on.

        Raises:
            BadEntry: it cannot be used, and why; the one before is used on.
            AskedTooOften: others are being judged.
        """
        checked = judged(paper, content)
        row = PaperTemplate(
            kind=paper.kind,
            file_name=kept_name(file_name, "mau.docx"),
            content=checked,
            taken_by=actor,
            taken_at=self.now(),
        )
        said = TakenTemplate(row.file_name, row.taken_by, row.taken_at)
        try:
            self._put(row)
        except IntegrityError:  # somebody else's was the first at the same moment
            self._put(row)
        return said

    def _put(self, row: PaperTemplate) -> None:
        with writing(self.state) as session:
            session.merge(row)

    def use_built_in(self, paper: Paper) -> bool:
        """Use the built-in form again; False: it is used already."""
        with writing(self.state) as session:
            gone = session.execute(
                delete(PaperTemplate).where(col(PaperTemplate.kind) == paper.kind)
            )
        return bool(getattr(gone, "rowcount", 0))


def judged(paper: Paper, content: bytes) -> bytes:
    """Return a template that can be used, in its turn.

    Raises:
        BadEntry: it cannot be used, and why.
        AskedTooOften: others are being judged.
    """
    with TURNS.taken():
        return trial(paper, content)


def trial(paper: Paper, content: bytes) -> bytes:
    """Return a template as it is kept, once it has been filled with the most there is.

    Raises:
        BadEntry: it cannot be used, and why.
    """
    package = opened(content)
    refuse_wrong(wrong_places(package, paper.known), (one.name for one in paper.placeholders))
    filled(package, paper.trial)
    return content


def taken(session: Session, paper: Paper) -> TakenTemplate | None:
    """Return what is said of the office's own template; None: the built-in form is used."""
    row = session.get(PaperTemplate, paper.kind)
    return TakenTemplate(row.file_name, row.taken_by, row.taken_at) if row else None


def template(session: Session, paper: Paper) -> bytes:
    """Return the Word template that is used."""
    row = session.get(PaperTemplate, paper.kind)
    return row.content if row else built_in(paper)


def built_in(paper: Paper) -> bytes:
    """Return the Word template of a paper's built-in form."""
    from controller.papers.docx_made import as_template  # loaded where one is made

    return as_template(paper.form)


def docx(paper: Paper, content: bytes, filling: Filling) -> bytes:
    """Return a template filled; of the same two the same file.

    Raises:
        BadEntry: it would become too long.
        AskedTooOften: others are drawn, one after the other.
    """
    with TURNS.taken():
        return packed(filled(opened(content), filling))


def pdf(paper: Paper, filling: Filling) -> bytes:
    """Return a paper in its built-in form as PDF, whatever template there is.

    Raises:
        LettersMissing: there are no letters for it.
        AskedTooOften: others are drawn, one after the other.
    """
    from controller.papers.pdf_made import as_pdf  # loaded where one is drawn, not with the web

    with TURNS.taken():
        return as_pdf(paper.form, filling)


def file_name(*parts: str, most: int = 80) -> str:
    """Return a plain ASCII name for a file, of names in whatever letters; never empty."""
    plain = unicodedata.normalize("NFKD", "-".join(parts).lower().replace("đ", "d"))
    return _UNPLAIN.sub("-", plain.encode("ascii", "ignore").decode())[:most].strip("-") or "tep"


def kept_name(name: str, otherwise: str) -> str:
    """Return what a browser calls a file as it is shown: its last part, what can be seen of it.

    Args:
        otherwise: what it is called where nothing of that can be seen.
    """
    last = text.plain(name.replace("\\", "/").rpartition("/")[2])
    return "".join(char for char in last if char.isprintable())[:MAX_NAME_CHARS] or otherwise
