"""What the web process asks of the enrolment process, which alone has the authority's key.

One question and one answer a connection, each a line of JSON, over a Unix socket that only the
web process may open (controller/rights.py). Whatever is asked is judged at the desk by what it
sees itself: no name and no life of a certificate is taken from a question.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import structlog

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.message import Message
from controller.errors import RequestError, StorageError, StorageFull, TooManyTries

_log = structlog.get_logger()

SOCKET = "enrolment.sock"
OK = 200
ANSWER_LIMIT_S = 15.0
_READ_AT_ONCE = 65_536


class Question(Message, frozen=True):
    """What is asked; which of the fields count goes by `what`."""

    # Any characters within the lengths that the web process lets in, six bytes each where escaped.
    max_bytes: ClassVar[int] = 256 * 1024

    what: Literal["enrol", "renew", "borrow", "list"]
    secret: str = ""
    certificate_pem: str = ""
    csr_pem: str = ""
    signature: str = ""
    point_id: str = ""


class Answer(Message, frozen=True):
    """A certificate and whose it is, or a refusal; empty: done."""

    point_id: str = ""
    point_number: int = 0
    name: str = ""
    certificate_pem: str = ""
    status: int = OK
    code: str = ""
    message_vi: str = ""
    message_en: str = ""
    proves_nothing: bool = False
    retry_after_s: int = 0


class SignatureRefused(RequestError):
    """The desk's refusal; `proves_nothing`: what was brought may be anybody's."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.proves_nothing = answer.proves_nothing
        super().__init__(answer.code, answer.message_vi, answer.message_en)


class DeskClosed(RequestError):
    """The enrolment process does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "enrolment_closed",
            "Bộ phận ghi danh của máy chủ đang không trả lời. Hãy thử lại sau.",
            "The centre's enrolment process does not answer. Try again later.",
        )


@dataclass(frozen=True, slots=True)
class Signatures:
    """Asks the desk; `send` brings it a line and returns its answer."""

    send: Callable[[bytes], bytes]

    def ask(self, question: Question) -> Answer:
        """Return the desk's answer.

        Raises:
            SignatureRefused, TooManyTries: it refuses, and says why.
            StorageError: it cannot use the database now.
            DeskClosed: it does not answer.
        """
        try:
            answer = codec.decode(Answer, self.send(codec.encode(question) + b"\n"))
        except (OSError, MalformedPayload) as exc:
            _log.error("enrolment_not_answering", error=str(exc))
            raise DeskClosed from exc
        if answer.retry_after_s:
            raise TooManyTries(answer.retry_after_s)
        if answer.status == StorageError.status:
            raise (StorageFull if answer.code else StorageError)(answer.message_en)
        if answer.status != OK:
            raise SignatureRefused(answer)
        return answer


def by_socket(folder: Path) -> Callable[[bytes], bytes]:
    """Return what brings a line to the desk whose socket is in a folder."""

    def send(line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as desk, reached(folder) as address:
            desk.settimeout(ANSWER_LIMIT_S)
            desk.connect(address)
            desk.sendall(line)
            return b"".join(iter(lambda: desk.recv(_READ_AT_ONCE), b""))

    return send


@contextmanager
def reached(folder: Path) -> Iterator[str]:
    """Give the socket's address; by itself a path may be longer than an address can be."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
