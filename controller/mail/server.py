"""The office's mail server: set and removed, its password locked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session

from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadEntry, NotFound
from controller.mail import entered as mail_entered
from controller.mail import letter_queries
from controller.mail.entered import MAX_ADDRESS_CHARS, SECURITIES, STARTTLS
from controller.mail.smtp import SmtpPlace
from controller.mail.tables import ONLY, MailServer
from runtime import sealing
from runtime.errors import NotOpened

_CONTEXT = b"mail server"
_USER = Label("Người dùng", "The user")


@dataclass(frozen=True, slots=True)
class MailServerEntered:
    """A server as typed; its password is in no repr, and in no page again."""

    host: str = ""
    port: str = "587"
    security: str = STARTTLS
    user: str = ""
    sender: str = ""
    password: str = field(default="", repr=False)
    problem: str = ""

    def again(self, problem: str) -> "MailServerEntered":
        """Return the same without its password, with a sentence on what is wrong."""
        return replace(self, password="", problem=problem)


def typed_of(fields: Mapping[str, str]) -> MailServerEntered:
    """Return what was typed. The password is taken as it is: a space may be part of it."""
    names = ("host", "port", "security", "user", "sender")
    plain = {name: fields.get(name, "").strip() for name in names}
    return MailServerEntered(**plain, password=fields.get("password", ""))


def kept_of(row: MailServer | None) -> MailServerEntered:
    """Return it as its form begins, without the password."""
    if row is None:
        return MailServerEntered()
    place = place_of(row)
    return MailServerEntered(place.host, str(place.port), place.security, place.user, place.sender)


@dataclass(frozen=True, slots=True)
class MailServers:
    """Used from worker threads. `master`: the key that locks what is kept."""

    state: Engine
    master: bytes
    now: Callable[[], datetime]

    def set(self, typed: MailServerEntered, *, actor: str) -> None:
        """Set it. A password left open stays, for the same server and user.

        Raises:
            BadEntry: a field cannot be taken; nothing is changed.
        """
        place, password = _taken(typed)
        with writing(self.state) as session:
            row = server(session)
            is_kept = password is None and row is not None and _is_same(place_of(row), place)
            if place.user and not is_kept and password is None:
                raise BadEntry("Mật khẩu chưa được nhập.", "The password is empty.")
            row = row or MailServer(place="", changed_at=self.now(), changed_by=actor)
            row.place = msgspec.json.encode(place).decode()
            if not is_kept:
                row.secret = self._locked(password)
            row.changed_at, row.changed_by = self.now(), actor
            row.asked_at, row.tried_at, row.outcome, row.said = self.now(), None, "", ""
            session.add(row)

    def ask(self) -> None:
        """Have what waits tried now, what a server did not take a while ago among it.

        Raises:
            NotFound: no server is set.
        """
        with writing(self.state) as session:
            row = server(session)
            if row is None:
                raise NotFound("máy chủ thư", "mail server")
            row.asked_at = self.now()
            session.add(row)
            letter_queries.pull(session, row.asked_at)

    def secret_of(self, row: MailServer) -> str | None:
        """Return its password; None: it was kept under another key."""
        if not row.secret:
            return ""
        try:
            kept = sealing.from_text(row.secret)
            return sealing.unlocked(kept, self.master, context=_CONTEXT).decode()
        except NotOpened:
            return None

    def _locked(self, password: str | None) -> str:
        if not password:
            return ""
        return sealing.as_text(sealing.locked(password.encode(), self.master, context=_CONTEXT))


def server(session: Session) -> MailServer | None:
    """Return it; None: none is set."""
    return session.get(MailServer, ONLY)


def place_of(row: MailServer) -> SmtpPlace:
    """Return where it is, as far as it may be shown."""
    return msgspec.json.decode(row.place, type=SmtpPlace)


def _taken(typed: MailServerEntered) -> tuple[SmtpPlace, str | None]:
    if typed.security not in SECURITIES:
        raise BadEntry("Chọn cách mã hóa.", "Choose the encryption.")
    user = entered.line(_USER, typed.user, most=MAX_ADDRESS_CHARS, least=0)
    mail_entered.refuse_open_password(user, typed.password, typed.security)
    place = SmtpPlace(
        host=mail_entered.host(typed.host),
        port=mail_entered.port(typed.port),
        security=typed.security,
        user=user,
        sender=mail_entered.address(typed.sender),
    )
    return place, mail_entered.password(typed.password)


def _is_same(one: SmtpPlace, other: SmtpPlace) -> bool:
    """Whether the same server gets to know the password of the same user."""
    return (one.host, one.port, one.security, one.user) == (
        other.host, other.port, other.security, other.user,
    )  # fmt: skip
