"""Answers to alerts as a mailbox has them: what proves one, who wrote it, if a person did. Pure.

Of a letter only some lines of its header are ever looked at. What proves an answer is a token that
stood in the alert's Message-ID, which programs repeat in `References`, or in the address to answer
to (`name+diemcau-…@`), where the mail server knows such addresses.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses

import msgspec

FIELDS = (
    "From", "To", "Cc", "Delivered-To", "References", "In-Reply-To", "Subject", "Auto-Submitted",
    "Precedence", "Return-Path", "Content-Type", "List-Id", "X-Autoreply", "X-Autorespond",
    "Message-ID",
)  # fmt: skip
MARK = "diemcau-"
MAX_TOKENS, MAX_ADDRESS_CHARS, MAX_LINE_CHARS = 10, 254, 500
MOST_HEADER = 16 * 1024
"""So many bytes of a header are looked at; of one that has more nobody knows what wrote it."""
_PROVES = ("to", "cc", "delivered-to", "references", "in-reply-to")
_TOKEN = re.compile(r"diemcau-([0-9]{1,10}-[a-z2-7]{26})@")
_BY_MACHINES = re.compile(r"^\W*(mailer-daemon|postmaster|no-?reply)@", re.IGNORECASE)
# What programs write before a subject that do not say by a line of the header what they are.
_AWAY = (
    "automatic reply", "auto reply", "auto-reply", "autoreply", "out of office", "undeliver",
    "delivery status", "trả lời tự động", "tự động trả lời", "thư trả lời tự động", "vắng mặt",
)  # fmt: skip


class MailAnswer(msgspec.Struct, frozen=True):
    """One letter. `uid`: the mailbox's own number of it; `sender`: empty where it has not one.

    `letter`: known again by it, wherever and however often it lies there; empty: by nothing.
    """

    uid: int
    tokens: tuple[str, ...]
    sender: str
    is_automatic: bool
    letter: str = ""


def read(uid: int, header: bytes) -> MailAnswer:
    """Return what lines of a header say, whatever bytes they are: at worst nothing."""
    try:
        return _read(uid, header)
    except Exception:  # noqa: BLE001 - the library's own faults at what strangers write
        return MailAnswer(uid, (), "", is_automatic=True)


def _read(uid: int, header: bytes) -> MailAnswer:
    message = BytesHeaderParser().parsebytes(header)
    lines: dict[str, list[str]] = {}
    for name, value in message.items():
        lines.setdefault(name.lower(), []).append(" ".join(str(value).split()))
    said = " ".join(value for name in _PROVES for value in lines.get(name, ()))
    tokens = tuple(dict.fromkeys(_TOKEN.findall(said.lower())))[:MAX_TOKENS]
    is_cut = len(header) >= MOST_HEADER
    sender = _sender(lines.get("from", ()))
    own = "".join(lines.get("message-id", ())).encode(errors="replace") or header
    return MailAnswer(
        uid, tokens, sender, is_cut or is_automatic(lines), _digest(own, sender, *tokens)
    )


def _digest(own: bytes, *said: str) -> str:
    """A stranger who writes somebody's Message-ID makes no other letter count as dealt with."""
    parts = (own, *(one.encode(errors="replace") for one in said))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _sender(values: Sequence[str]) -> str:
    shown = [one[:MAX_LINE_CHARS] for one in values[:2]]
    found = [address for _, address in getaddresses(shown) if address]
    is_one = len(values) == 1 and len(found) == 1 and len(found[0]) <= MAX_ADDRESS_CHARS
    return found[0].lower() if is_one else ""


def is_automatic(lines: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a program wrote a letter: an absence, a bounce, a receipt, a list.

    RFC 3834 section 5, RFC 3464 and RFC 8098: reports are `multipart/report`, and what has no
    way back is no person's.
    """

    def first(name: str) -> str:
        return " ".join(lines.get(name, ())).strip().lower()

    submitted = [one.partition(";")[0].strip().lower() for one in lines.get("auto-submitted", ())]
    kind = first("content-type")
    return (
        any(one != "no" for one in submitted)
        or first("precedence") in ("bulk", "junk", "list", "auto_reply")
        or any(one.strip() == "<>" for one in lines.get("return-path", ()))
        or kind.startswith(("multipart/report", "message/delivery-status", "text/calendar"))
        or any(name in lines for name in ("list-id", "x-autoreply", "x-autorespond"))
        or _BY_MACHINES.match(_sender(lines.get("from", ()))) is not None
        or _subject(" ".join(lines.get("subject", ()))).startswith(_AWAY)
    )


def _subject(written: str) -> str:
    try:
        said = str(make_header(decode_header(written[:MAX_LINE_CHARS])))
    except (LookupError, ValueError, MessageError):
        said = written
    return unicodedata.normalize("NFC", said).strip().lower()
