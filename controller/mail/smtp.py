"""Hands a message to a mail server by SMTP (RFC 5321): the one door to smtplib."""

import smtplib
import ssl
from contextlib import suppress
from email.message import Message
from typing import Literal

import msgspec

from controller.mail.entered import STARTTLS, TLS

TIMEOUT_S = 15.0
LEAVES_WITHIN_S = 2.0
MAX_WORD_CHARS = 200

MailFate = Literal[
    "sent", "partly", "unreachable", "slow", "tls", "login", "recipients", "refused", "failed",
]  # fmt: skip
"""How it ended; `partly`: some recipients were refused, the others have it."""
_NOT_NOW = 421  # RFC 5321, section 3.8: the server takes nothing now, from nobody


class SmtpPlace(msgspec.Struct, frozen=True):
    """A mail server, and as whom letters go out; `security`: one of entered.SECURITIES."""

    host: str
    port: int
    security: str
    user: str
    sender: str


class MailOutcome(msgspec.Struct, frozen=True):
    """What became of a message.

    `code`: the server's (0: it gave none); `detail`: a number or a cause of ours; `said`: the
    server's own word, one line of at most MAX_WORD_CHARS, which may be hostile. `is_of_server`:
    any other message would have fared the same.
    """

    fate: MailFate
    code: int = 0
    detail: str = ""
    said: str = ""
    is_of_server: bool = False


def send(place: SmtpPlace, secret: str, message: Message, recipients: list[str]) -> MailOutcome:
    """Hand a message to the mail server; what goes wrong is told, never raised."""
    try:
        return _send(place, secret, message, recipients)
    except smtplib.SMTPAuthenticationError as exc:
        return _of_response("login", exc, is_of_server=True)
    except smtplib.SMTPRecipientsRefused as exc:
        codes = sorted({code for code, _ in exc.recipients.values()})
        said = next((word for _, word in exc.recipients.values()), b"")
        detail = ", ".join(str(code) for code in codes)
        return MailOutcome("recipients", codes[0] if codes else 0, detail, word_of(said))
    except (smtplib.SMTPSenderRefused, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as exc:
        return _of_response("refused", exc, is_of_server=True)
    except smtplib.SMTPResponseException as exc:
        return _of_response("refused", exc, is_of_server=exc.smtp_code == _NOT_NOW)
    except smtplib.SMTPNotSupportedError:
        return MailOutcome("tls", is_of_server=True)
    except TimeoutError:
        return MailOutcome("slow", is_of_server=True)
    except ssl.SSLError as exc:
        return MailOutcome("tls", detail=exc.reason or "", is_of_server=True)
    except OSError:
        return MailOutcome("unreachable", is_of_server=True)


def _of_response(
    fate: MailFate, exc: smtplib.SMTPResponseException, *, is_of_server: bool
) -> MailOutcome:
    said = word_of(exc.smtp_error)
    return MailOutcome(fate, exc.smtp_code, str(exc.smtp_code), said, is_of_server)


def _send(place: SmtpPlace, secret: str, message: Message, recipients: list[str]) -> MailOutcome:
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if place.security == TLS:
        server = smtplib.SMTP_SSL(place.host, place.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(place.host, place.port, timeout=TIMEOUT_S)
    try:
        if place.security == STARTTLS:
            server.starttls(context=context)
        if place.user and secret:
            server.login(place.user, secret)
        refused = server.send_message(message, from_addr=place.sender, to_addrs=recipients)
    finally:
        _leave(server)
    return MailOutcome("partly", detail=str(len(refused))) if refused else MailOutcome("sent")


def _leave(server: smtplib.SMTP) -> None:
    """Take leave; whatever is answered to that, what was taken before is taken."""
    with suppress(OSError):  # smtplib's own errors are some
        if server.sock is not None:
            server.sock.settimeout(LEAVES_WITHIN_S)
        server.quit()
    server.close()


def word_of(said: bytes | str) -> str:
    """Return what a server said as one line that can be shown, cut where it is long."""
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(line.split())[:MAX_WORD_CHARS]
