"""Which answers were dealt with: some servers do not keep that a letter was seen.

Counted, not timed, so that no clock that is set back or forth has one dealt with again. Only
letters that prove something are kept, so that no stranger drives others out.
"""

from sqlalchemy import delete
from sqlmodel import Session, col, select

from controller.incidents.replies.tables import DealtAnswer

KEPT = 2000


def is_dealt(session: Session, letter: str) -> bool:
    """Return whether a letter was dealt with; one that is known by nothing never was."""
    kept = select(DealtAnswer.answer_id).where(col(DealtAnswer.letter) == letter)
    return letter != "" and session.exec(kept).first() is not None


def remember(session: Session, letter: str, *, most: int = KEPT) -> None:
    """Keep that a letter was dealt with, and forget the oldest."""
    if not letter:
        return
    row = DealtAnswer(letter=letter)
    session.add(row)
    session.flush()
    oldest = (row.answer_id or 0) - most
    session.execute(delete(DealtAnswer).where(col(DealtAnswer.answer_id) <= oldest))
