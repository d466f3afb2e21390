"""Letters are queued in the transaction of what they tell, and what others may read of them."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.errors import Conflict, NotFound
from controller.mail import letter_queries
from controller.mail.letter_queries import count_waiting, forget, last_of_each, may_have_arrived
from controller.mail.retrying import AGAIN, LetterState
from controller.mail.server import place_of, server
from controller.mail.tables import MailLetter

__all__ = [
    "MAX_WAITING",
    "LetterWritten",
    "Letters",
    "MailLetter",
    "count_waiting",
    "forget",
    "last_of_each",
    "may_have_arrived",
    "put",
    "sender_of",
    "take_back",
]

MAX_WAITING = 10_000
"""Letters; whoever queues the first of something asks `count_waiting` before."""


@dataclass(frozen=True, slots=True)
class LetterWritten:
    """What a letter says, and to whom; `about`: see MailLetter."""

    about: str
    href: str
    what: str
    address: str
    name: str
    subject: str
    text: str
    method: str
    calendar: str


def put(session: Session, written: LetterWritten, now: datetime) -> None:
    """Queue a letter; take back first what still waits for the same address about the same."""
    session.add(
        MailLetter(
            message_id=f"letter-{secrets.token_hex(12)}",
            about=written.about,
            href=written.href,
            what=written.what,
            address=written.address,
            name=written.name,
            subject=written.subject,
            text=written.text,
            method=written.method,
            calendar=written.calendar,
            queued_at=now,
            next_try_at=now,
        )
    )


def take_back(session: Session, about: str, addresses: Collection[str], now: datetime) -> None:
    """Have no letter go out that still waits for addresses about something.

    What goes out at this moment is not held back: `may_have_arrived` knows of it afterwards.
    """
    letter_queries.replace_waiting(session, about, addresses, now)


def sender_of(session: Session) -> str:
    """Return from which address letters go out; empty: no mail server is set."""
    row = server(session)
    return place_of(row).sender if row else ""


@dataclass(frozen=True, slots=True)
class Letters:
    """What the office does with letters. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def send_again(self, letter_id: int) -> MailLetter:
        """Have a letter go out again: it was refused, given up, or has been lost since.

        Raises:
            NotFound: there is no such letter.
            Conflict: it waits already, or a newer one says something else.
        """
        now = self.now()
        with writing(self.state) as session:
            letter = letter_queries.letter(session, letter_id, is_claimed=True)
            if letter is None:
                raise NotFound("thư", "letter")
            newest = letter_queries.newest(session, letter.about, letter.address)
            if LetterState(letter.state) not in AGAIN or letter.letter_id != newest:
                raise Conflict(
                    "not_sent_again",
                    "Thư này không gửi lại được: đang chờ gửi, hoặc đã có thư mới hơn.",
                    "This letter is not sent again: it waits already, or there is a newer one.",
                )
            letter.state = LetterState.WAITING.value
            letter.queued_at = letter.next_try_at = now
            letter.ended_at, letter.problem, letter.said = None, "", ""
            session.add(letter)
        return letter
