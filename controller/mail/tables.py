"""Letters that go out, and the mail server that takes them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

ONLY = 1


class MailServer(StateTable, table=True):
    """The office's mail server: one row, or none. `secret`: its password, locked.

    `place`: what of it may be shown, as JSON (smtp.SmtpPlace). `asked_at`: somebody wants what
    waits tried now. `outcome`, `said`: of the last letter that it was given, or would not be.
    """

    __tablename__ = "mail_server"
    server_id: int = Field(
        default=ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    place: str = Field(sa_type=Text)
    secret: str = Field(default="", sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=60)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=40)
    said: str = Field(default="", max_length=200)


class MailLetter(StateTable, table=True):
    """One letter to one address. `about`: what it is about, as its writer calls it (a meeting);
    `href`: the page of that.

    `what`: request, update or cancel; `calendar`: what its calendar part says, `method` RFC
    5546's word for that. `state`: a LetterState; `problem`: a MailOutcome's fate and detail, and
    `said` the server's word. `message_id` makes it one letter, however often it is tried.
    """

    __tablename__ = "mail_letter"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'given_up', 'replaced')",
            name="state",
        ),
        Index("ix_mail_letter_state_next_try_at", "state", "next_try_at"),
        Index("ix_mail_letter_state_letter_id", "state", "letter_id"),
        Index("ix_mail_letter_about_address", "about", "address"),
    )
    letter_id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(max_length=40)
    about: str = Field(max_length=40)
    href: str = Field(max_length=100)
    what: str = Field(max_length=10)
    address: str = Field(max_length=254)
    name: str = Field(max_length=60)
    subject: str = Field(max_length=200)
    text: str = Field(sa_type=Text)
    method: str = Field(max_length=10)
    calendar: str = Field(sa_type=Text)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", max_length=10)
    tries: int = Field(default=0)
    next_try_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = Field(default="", max_length=40)
    said: str = Field(default="", max_length=200)
