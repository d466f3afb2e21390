"""Files of the office, opened by libraries that did not write them: their words."""

import email.policy
import io
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr

import mammoth
import openpyxl
import pypdf
import vobject


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation says to a calendar. `method`: REQUEST or CANCEL (RFC 5546)."""

    to: str
    method: str
    uid: str
    title: str
    begins_at: datetime


def invitation(letter: bytes) -> Invited | None:
    """Return what a letter has for a calendar; None: nothing."""
    message = message_from_bytes(letter, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)  # noqa: S101 - no part is in parts here
            calendar = vobject.readOne(content.decode())
            event = calendar.vevent
            return Invited(
                parseaddr(str(message["To"]))[1],
                str(calendar.method.value),
                str(event.uid.value),
                str(event.summary.value),
                event.dtstart.value,
            )
    return None


def table(content: bytes) -> str:
    """Return every cell of a workbook, a space between."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return " ".join(str(cell) for row in rows for cell in row if cell is not None)


def document(content: bytes) -> str:
    """Return the text of a Word file."""
    return str(mammoth.extract_raw_text(io.BytesIO(content)).value)


def paper(content: bytes) -> str:
    """Return the text of a PDF, with single spaces."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
