"""Addresses, servers and passwords of mail as people type them: what counts, or a sentence."""

import re

from contracts import hosts, numbers
from contracts.errors import MalformedHost, MalformedNumber
from controller.entered import Label
from controller.errors import BadEntry

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
SECURITIES = (STARTTLS, TLS, PLAIN)
MAX_ADDRESS_CHARS, MAX_SECRET_CHARS = 254, 200

_PASSWORD = Label("Mật khẩu", "The password")
MAIL_SERVER = Label("Máy chủ thư", "The mail server")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def host(typed: str, what: Label = MAIL_SERVER) -> str:
    """Return a server, of mail unless something else is said.

    Raises:
        BadEntry: it is none.
    """
    try:
        return hosts.host(typed.strip())
    except MalformedHost as exc:
        raise BadEntry(
            f"{what.vi} không dùng được: nhập tên hoặc địa chỉ, như may-chu.tinh.gov.vn.",
            f"{what.en} cannot be used: enter a name or address, like server.example.vn.",
        ) from exc


def port(typed: str) -> int:
    """Return a port.

    Raises:
        BadEntry: it is none.
    """
    try:
        return numbers.whole(typed.strip(), least=1, most=65_535)
    except MalformedNumber as exc:
        raise BadEntry("Cổng phải là số từ 1 đến 65535.", "The port is 1 to 65535.") from exc


def address(typed: str) -> str:
    """Return a mail address.

    Raises:
        BadEntry: it is none.
    """
    found = typed.strip()
    if len(found) > MAX_ADDRESS_CHARS or _ADDRESS.fullmatch(found) is None:
        raise BadEntry(
            f"“{found[:60]}” không phải là địa chỉ thư.", f"“{found[:60]}” is no mail address."
        )
    return found


def password(typed: str) -> str | None:
    """Return a password; None: it was left open.

    Raises:
        BadEntry: it cannot be used.
    """
    if not typed:
        return None
    if not typed.isprintable() or len(typed) > MAX_SECRET_CHARS:
        raise BadEntry(
            f"{_PASSWORD.vi} có ký tự không dùng được hoặc dài quá {MAX_SECRET_CHARS} ký tự.",
            f"{_PASSWORD.en} is too long or has a character that cannot be used.",
        )
    return typed


def refuse_open_password(user: str, password: str, security: str) -> None:
    """Refuse to send a password where anybody on the way can read it.

    Raises:
        BadEntry: there is one, and no encryption.
    """
    if (user or password) and security == PLAIN:
        raise BadEntry(
            "Mật khẩu không được gửi đi khi không mã hóa: chọn STARTTLS hoặc TLS.",
            "A password is not sent without encryption: choose STARTTLS or TLS.",
        )
