"""The mailbox that answers to alerts come to, and which of them were dealt with."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from controller.db.base import StateTable
from controller.db.types import UtcDateTime

ONLY = 1


class AlertMailbox(StateTable, table=True):
    """One row, or none. `place`: what of it may be shown, as JSON; `secret`: its password, locked.

    `asked_at`: somebody waits for a look into it.
    """

    __tablename__ = "alert_mailbox"
    mailbox_id: int = Field(
        default=ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    is_on: bool = Field(default=False)
    place: str = Field(sa_type=Text)
    secret: str = Field(default="", sa_type=Text)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=60)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=40)


class DealtAnswer(StateTable, table=True):
    """An answer that was dealt with; the newest of them. `letter`: as `MailAnswer` has it."""

    __tablename__ = "alert_answer"
    answer_id: int | None = Field(default=None, primary_key=True)
    letter: str = Field(max_length=64, unique=True)
