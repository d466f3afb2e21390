"""The mailbox that answers to alerts come to: set, asked for, its password locked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session

from controller.db.engine import writing
from controller.errors import BadEntry, NotFound
from controller.incidents.replies import mailbox_entered
from controller.incidents.replies.mailbox_entered import MailboxEntered, MailboxPlace
from controller.incidents.replies.tables import ONLY, AlertMailbox
from runtime import sealing
from runtime.errors import NotOpened

_CONTEXT = b"alert mailbox"


@dataclass(frozen=True, slots=True)
class AlertMailboxes:
    """Used from worker threads. `master`: the key that locks what is kept."""

    engine: Engine
    master: bytes
    now: Callable[[], datetime]

    def set(self, typed: MailboxEntered, *, actor: str) -> None:
        """Set it. A password left open stays, for the same server and user.

        Raises:
            BadEntry: a field cannot be taken; nothing is changed.
        """
        place, password = mailbox_entered.taken(typed)
        with writing(self.engine) as session:
            row = mailbox(session)
            is_kept = password is None and row is not None and place_of(row).server == place.server
            if not is_kept and password is None:
                raise BadEntry("Mật khẩu chưa được nhập.", "The password is empty.")
            row = row or AlertMailbox(place="", changed_at=self.now(), changed_by=actor)
            row.is_on, row.place = typed.is_on, msgspec.json.encode(place).decode()
            if password is not None:
                row.secret = sealing.as_text(
                    sealing.locked(password.encode(), self.master, context=_CONTEXT)
                )
            row.changed_at, row.changed_by = self.now(), actor
            row.looked_at, row.outcome = None, ""
            session.add(row)

    def ask(self) -> None:
        """Have it looked into at once; what came of it comes to the page by itself.

        Raises:
            NotFound: none is set.
        """
        with writing(self.engine) as session:
            row = mailbox(session)
            if row is None:
                raise NotFound("hộp thư", "mailbox")
            row.asked_at = self.now()
            session.add(row)

    def secret_of(self, row: AlertMailbox) -> str | None:
        """Return its password; None: it was kept under another key."""
        try:
            kept = sealing.from_text(row.secret)
            return sealing.unlocked(kept, self.master, context=_CONTEXT).decode()
        except NotOpened:
            return None


def mailbox(session: Session) -> AlertMailbox | None:
    """Return it; None: none is set."""
    return session.get(AlertMailbox, ONLY)


def place_of(row: AlertMailbox) -> MailboxPlace:
    """Return where it is, as far as it may be shown."""
    return msgspec.json.decode(row.place, type=MailboxPlace)


def answered_at(session: Session) -> MailboxPlace | None:
    """Return where people answer; None: answers are not looked for."""
    row = mailbox(session)
    return place_of(row) if row is not None and row.is_on else None
