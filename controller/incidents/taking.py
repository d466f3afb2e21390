"""Links by which whoever got a message takes care of its incident, without signing in.

A link is for one incident and one receiver: it names the message, and proves itself by a digest of
that message, its incident and its receiver under a key that stands in no database. Nothing is
kept, and no page has it again.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.db.engine import writing
from controller.errors import NotFound, RequestError
from controller.incidents import channel_queries, incident_queries
from controller.incidents.duty.tables import DutyPerson
from controller.incidents.service import ACKNOWLEDGED
from controller.incidents.tables import AlertMessage, IncidentRow

TAKES_FOR = timedelta(days=3)
PATH = "/take"
_PROOF_BYTES = 16
PROOF_CHARS, MAX_ID = 22, 2**31 - 1
ROOM_CHARS = len(f" : {PATH}/") + len(str(MAX_ID)) + 1 + PROOF_CHARS


def token_of(message: AlertMessage, master: bytes) -> str:
    """Return what the link of a message ends with."""
    digest = _digest("diemcau-take-v1", message, master)
    return f"{message.message_id}-{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def answer_token_of(message: AlertMessage, master: bytes) -> str:
    """Return what an answer to a message proves itself by; mail programs may write it small.

    It is another than that of the link: mail servers write it into their logs.
    """
    digest = _digest("diemcau-answer-v1", message, master)
    return f"{message.message_id}-{base64.b32encode(digest).rstrip(b'=').decode().lower()}"


def answered(session: Session, token: str, master: bytes) -> AlertMessage | None:
    """Return which message a token is of; None: it proves nothing."""
    message = _named(session, token)
    if message is None:
        return None
    is_right = hmac.compare_digest(answer_token_of(message, master).encode(), token.encode())
    return message if is_right and _is_there(session, message) else None


def _digest(kind: str, message: AlertMessage, master: bytes) -> bytes:
    said = (
        channel_queries.name_of(message),
        str(message.number),
        message.channel_id,
        message.person_id,
    )
    text = "\0".join((kind, *said, message.address))
    return hmac.digest(master, text.encode(), hashlib.sha256)[:_PROOF_BYTES]


def _named(session: Session, token: str) -> AlertMessage | None:
    """Return the message that a token names, where that one can be taken."""
    said, _, _ = token.partition("-")
    try:
        message = channel_queries.message(session, numbers.whole(said, least=1, most=MAX_ID))
    except MalformedNumber:
        return None
    return message if message is not None and message.takes else None


class TakeLinkOver(RequestError):
    """A link that is none, or was for too long; says where an incident is taken all the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "take_link_over",
            f"Liên kết không đúng, hoặc tin đã quá {TAKES_FOR.days} ngày. "
            "Đăng nhập rồi nhận xử lý ở trang Sự cố.",
            f"The link is not right, or its message is older than {TAKES_FOR.days} days. "
            "Sign in and take the incident on the page Incidents.",
        )


@dataclass(frozen=True, slots=True)
class Taking:
    """A link that is right: its incident, and whose it is."""

    row: IncidentRow
    who: str


@dataclass(frozen=True, slots=True)
class TakeLinks:
    """Used from worker threads. `master`: the key that proves links."""

    engine: Engine
    master: bytes
    now: Callable[[], datetime]

    def found(self, session: Session, token: str) -> Taking:
        """Return what a link is for: the other incident, where its own has become part of one.

        Raises:
            TakeLinkOver: it is none, or it was for too long.
        """
        message = self._message(session, token)
        if message is None:
            raise TakeLinkOver
        row = incident_queries.what_became_of(session, message.number)
        if row is None:
            raise NotFound("sự cố", "incident")
        return Taking(row, message.channel_name)

    def take(self, token: str) -> tuple[int, str, bool]:
        """Have its receiver take care of an incident; return which, who, and whether it is new.

        Raises:
            TakeLinkOver: it is no link, or it was for too long.
        """
        now = self.now()
        with writing(self.engine) as session:
            taking = self.found(session, token)
            number = taking.row.number or 0
            is_taken = taking.row.over_at is None and incident_queries.acknowledge(
                session, number, taking.who, now
            )
            if is_taken:
                incident_queries.note(
                    session, number, ACKNOWLEDGED, now, who=taking.who, text="link"
                )
            return number, taking.who, is_taken

    def _message(self, session: Session, token: str) -> AlertMessage | None:
        message = _named(session, token)
        if message is None or self.now() - message.queued_at > TAKES_FOR:
            return None
        is_right = hmac.compare_digest(token_of(message, self.master).encode(), token.encode())
        return message if is_right and _is_there(session, message) else None


def _is_there(session: Session, message: AlertMessage) -> bool:
    """Whether its receiver is told of anything still: who was removed stops nobody's ladder."""
    is_known = not message.person_id or session.get(DutyPerson, message.person_id) is not None
    return is_known and channel_queries.channel(session, message.channel_id) is not None
