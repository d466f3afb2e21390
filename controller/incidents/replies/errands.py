"""What the child that looks into the mailbox is given, and what it says."""

from typing import Literal

import msgspec

from controller.incidents.replies.answer import MailAnswer
from controller.incidents.replies.mailbox_entered import MailboxPlace

Fate = Literal[
    "looked", "unreachable", "slow", "tls", "login", "folder", "readonly", "rejected", "unread"
]
"""How it ended."""


class MailboxLook(msgspec.Struct, frozen=True):
    """Where to look. Holds a secret: it goes through a pipe, never an argument.

    `since`: the day before which nothing is looked at, as IMAP writes it; `most`: so many letters.
    """

    place: MailboxPlace
    secret: str
    since: str
    most: int


class Collected(msgspec.Struct, frozen=True):
    """What is there, the newest first; `is_more`: there is more than was wanted."""

    fate: Fate
    answers: tuple[MailAnswer, ...] = ()
    is_more: bool = False


class Dealt(msgspec.Struct, frozen=True):
    """Which letters were dealt with: they are marked as seen."""

    uids: tuple[int, ...]
