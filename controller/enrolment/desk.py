"""The enrolment process: it alone signs in the authority's name, and checks what it signs.

A certificate is given for a code or over a certificate that stands, to the point which that
belongs to, for as long as the configuration says; beside these only for minutes, in the name of
a point whose own was ended, so that an open session can be taken over.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Engine

from contracts import codec
from contracts.errors import MalformedPayload
from controller import rights
from controller.db.engine import open_engine, reading
from controller.enrolment import certificate_queries, pki, renewal, service
from controller.enrolment.pki import Authority
from controller.enrolment.renewal import RenewalNotProved, RenewalRequest
from controller.enrolment.revocation import RENEWED, update_list
from controller.enrolment.service import Enrolled, WrongCode
from controller.enrolment.signing import SOCKET, Answer, Question, reached
from controller.enrolment.throttle import PointThrottle
from controller.errors import (
    BadRequest,
    CertificateRequestError,
    NotAllowed,
    RequestError,
    StorageError,
    StorageFull,
    TooManyTries,
)
from controller.settings import ControllerSettings
from runtime import notify
from runtime.guard import guarded, keep

_log = structlog.get_logger()

QUESTION_LIMIT_S = 5.0
TICK_S = 5.0
_BORROWED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Desk:
    """Judges questions, one at a time in each thread."""

    settings: ControllerSettings
    state: Engine
    authority: Authority
    now: Callable[[], datetime]
    throttle: PointThrottle = field(default_factory=PointThrottle)

    def answer(self, line: bytes) -> bytes:
        """Return the answer to a question; every refusal is one."""
        try:
            answer = self._judged(codec.decode(Question, line))
        except MalformedPayload as exc:
            answer = _refusal(BadRequest("invalid_request", "Yêu cầu không đọc được.", str(exc)))
        except TooManyTries as exc:
            answer = Answer(retry_after_s=exc.retry_after_s)
        except RequestError as exc:
            answer = _refusal(exc)
        except (StorageError, OSError) as exc:
            full = "full" if isinstance(exc, StorageFull) else ""
            answer = Answer(status=StorageError.status, code=full, message_en=str(exc))
        return codec.encode(answer)

    def _judged(self, question: Question) -> Answer:
        days = self.settings.enrolment.certificate_valid_days
        match question.what:
            case "enrol":
                return _given(service.enrol(
                    self.state, self.authority, secret=question.secret, csr_pem=question.csr_pem,
                    valid_days=days, now=self.now(),
                ))  # fmt: skip
            case "renew":
                asked = RenewalRequest(
                    question.certificate_pem, question.csr_pem, question.signature
                )
                return _given(renewal.renew(
                    self.state, self.authority, asked, valid_days=days, now=self.now(),
                    proved=self.throttle.proved,
                ))  # fmt: skip
            case "borrow":
                return self._borrowed(question)
            case "list":
                update_list(self.state, self.settings.pki_dir, self.authority, now=self.now())
                return Answer()

    def _borrowed(self, question: Question) -> Answer:
        with reading(self.state) as session:
            whys = certificate_queries.whys_ended(session, question.point_id)
        if not whys - {RENEWED}:
            raise NotAllowed(
                "nothing_ended",
                "Chứng thư của điểm cầu này chưa bị thu hồi.",
                "No certificate of this point was taken back or replaced.",
            )
        try:
            key = pki.requested_key(question.csr_pem)
        except CertificateRequestError as exc:
            raise BadRequest("bad_signing_request", "Yêu cầu không đọc được.", str(exc)) from exc
        issued = self.authority.issue(key, question.point_id, valid_for=_BORROWED, now=self.now())
        return Answer(point_id=question.point_id, certificate_pem=issued.certificate_pem.decode())


def _given(enrolled: Enrolled) -> Answer:
    point = enrolled.point
    _log.info("certificate_given", point_id=point.point_id)
    return Answer(
        point_id=point.point_id,
        point_number=point.number,
        name=point.name,
        certificate_pem=enrolled.certificate_pem.decode(),
    )


def _refusal(exc: RequestError) -> Answer:
    return Answer(
        status=exc.status,
        code=exc.code,
        message_vi=exc.message_vi,
        message_en=exc.message_en,
        proves_nothing=isinstance(exc, WrongCode | RenewalNotProved),
    )


async def serve(settings: ControllerSettings) -> None:
    """Answer the web process until cancelled.

    Raises:
        InstallationError: there is no authority.
        OSError: the socket cannot be made.
    """
    state = open_engine(settings.state_database_url, durability="FULL")
    authority = pki.load_authority(settings.pki_dir)
    desk = Desk(settings, state, authority, lambda: datetime.now(UTC))
    path = settings.data_dir / SOCKET
    path.unlink(missing_ok=True)  # of one that was killed

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with guarded("question"), suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(QUESTION_LIMIT_S):
                line = await reader.readline()
            writer.write(await asyncio.to_thread(desk.answer, line))
            await writer.drain()
        writer.close()

    try:
        with reached(settings.data_dir) as address:
            server = await asyncio.start_unix_server(attend, address, limit=Question.max_bytes)
        rights.for_web(path)
        async with server, asyncio.TaskGroup() as group:
            _log.info("enrolment_open", socket=str(path))
            notify.ready()
            keep(group, _tick, name="watchdog")
    finally:
        state.dispose()
        if path.exists() and os.access(path.parent, os.W_OK):
            path.unlink()


async def _tick() -> None:
    while True:
        notify.watchdog()
        await asyncio.sleep(TICK_S)
