"""The mailbox that answers come to, as people type it: what counts of it."""

from dataclasses import dataclass, field, replace

import msgspec

from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.mail import entered as mail_entered
from controller.mail.entered import STARTTLS, TLS

SECURITIES = (TLS, STARTTLS)
MAX_FOLDER_CHARS = 100
_USER = Label("Người dùng", "The user")
_FOLDER = Label("Thư mục", "The folder")


@dataclass(frozen=True, slots=True)
class MailboxEntered:
    """A mailbox as typed; its password is in no repr, and in no page again."""

    is_on: bool = False
    host: str = ""
    port: str = "993"
    security: str = TLS
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    address: str = ""
    has_plus: bool = False
    problem: str = ""

    def again(self, problem: str) -> "MailboxEntered":
        """Return the same without its password, with a sentence on what is wrong."""
        return replace(self, password="", problem=problem)


class MailboxPlace(msgspec.Struct, frozen=True):
    """Where it is, as far as it may be shown.

    `address`: to which people answer; `has_plus`: its server knows `name+anything@` as well.
    """

    host: str
    port: int
    security: str
    user: str
    folder: str
    address: str
    has_plus: bool = False

    @property
    def server(self) -> tuple[str, int, str, str]:
        """Who gets to know the password."""
        return (self.host, self.port, self.security, self.user)

    def answer_to(self, token: str) -> str:
        """Return the address to which a message is to be answered."""
        name, _, domain = self.address.rpartition("@")
        return f"{name}+{token}@{domain}" if self.has_plus and token else self.address


def taken(typed: MailboxEntered) -> tuple[MailboxPlace, str | None]:
    """Return what counts of what was typed, and the password; None: it was left open.

    Raises:
        BadEntry: a field cannot be taken.
    """
    if typed.security not in SECURITIES:
        raise BadEntry("Chọn cách mã hóa.", "Choose the encryption.")
    folder = entered.line(_FOLDER, typed.folder, most=MAX_FOLDER_CHARS)
    if not folder.isascii():
        raise BadEntry(
            "Tên thư mục chỉ có chữ không dấu, như INBOX.",
            "The folder's name has plain letters only, like INBOX.",
        )
    place = MailboxPlace(
        host=mail_entered.host(typed.host),
        port=mail_entered.port(typed.port),
        security=typed.security,
        user=entered.line(_USER, typed.user, most=mail_entered.MAX_ADDRESS_CHARS),
        folder=folder,
        address=mail_entered.address(typed.address),
        has_plus=typed.has_plus,
    )
    return place, mail_entered.password(typed.password)
