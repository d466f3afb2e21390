"""Codes are made; a machine becomes a point, and asks what time it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC

from fastapi import APIRouter, Request, Response

from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.clock import WatchedClock
from controller.enrolment import revocation
from controller.enrolment import service as enrolment
from controller.enrolment.pki import AuthorityCertificate
from controller.enrolment.schemas import EnrolCodeOut, EnrolIn, EnrolOut, RenewIn, TimeIn, TimeOut
from controller.enrolment.signing import Answer, Question, SignatureRefused, Signatures
from controller.enrolment.throttle import DeskPlaces, EnrolmentThrottle, RenewalThrottle
from controller.enrolment.time_signer import TimeInDoubt, TimeSigner
from controller.errors import TooManyTries
from controller.knock import Knocker
from controller.web.deps import Admin, Anyone, Web, WebParts, address_of

router = APIRouter(prefix="/api/v1", tags=["enrolment"])


@router.get("/enrol/authority")
def authority(web: WebParts, _: Anyone) -> Response:
    """Return the authority's certificate; the code's first 16 characters prove it."""
    return Response(web.part(AuthorityCertificate).pem, media_type="application/x-pem-file")


@router.post("/enrol")
def enrol(web: WebParts, _: Anyone, request: Request, form: EnrolIn) -> EnrolOut:
    """Give a machine its certificate for a code's secret and a signing request."""
    question = Question(what="enrol", secret=form.secret, csr_pem=form.csr_pem)
    return _signed(web, request, Action.ENROL, question, web.part(EnrolmentThrottle).wrong_code)


@router.post("/renew")
def renew(web: WebParts, _: Anyone, request: Request, form: RenewIn) -> EnrolOut:
    """Give a point a certificate over a new key, for a signature by the key of its present one."""
    question = Question(
        what="renew",
        certificate_pem=form.certificate_pem,
        csr_pem=form.csr_pem,
        signature=form.signature,
    )
    return _signed(web, request, Action.RENEW, question, web.part(RenewalThrottle).not_proved)


def _signed(
    web: Web,
    request: Request,
    action: Action,
    question: Question,
    count: Callable[[str], None],
) -> EnrolOut:
    """Ask the enrolment process; what proves nothing is counted against its address."""
    try:
        with _throttled(web, request, action), web.part(DeskPlaces).taken():
            answer = web.part(Signatures).ask(question)
    except SignatureRefused as exc:
        if exc.proves_nothing:
            with _throttled(web, request, action):
                count(address_of(request))
        noted(web, request, action, outcome=AuditOutcome.REFUSED, detail=exc.code)
        raise
    noted(web, request, action, subject=answer.point_id)
    web.part(Knocker).knock()
    return _out(web, answer)


@contextmanager
def _throttled(web: Web, request: Request, action: Action) -> Iterator[None]:
    """Note in the audit log that somebody was slowed in the block."""
    try:
        yield
    except TooManyTries:
        noted(web, request, action, outcome=AuditOutcome.THROTTLED)
        raise


def _out(web: Web, answer: Answer) -> EnrolOut:
    return EnrolOut(
        point_id=answer.point_id,
        point_number=answer.point_number,
        name=answer.name,
        certificate_pem=answer.certificate_pem,
        ca_pem=web.part(AuthorityCertificate).pem.decode(),
        broker_host=web.settings.points_broker_host,
        broker_port=web.settings.broker.port,
    )


@router.post("/time")
def signed_time(web: WebParts, _: Anyone, form: TimeIn) -> TimeOut:
    """Return the centre's time, signed over the caller's nonce, unless it is in doubt."""
    if not web.part(WatchedClock).may_tell():
        raise TimeInDoubt
    text = web.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    signer = web.part(TimeSigner)
    signature = signer.sign(bytes.fromhex(form.nonce), text)
    return TimeOut(
        nonce=form.nonce, time=text, signature=signature, certificate_pem=signer.certificate_pem
    )


@router.post("/points/{point_id}/enrol-codes", status_code=201)
def make_code(web: WebParts, person: Admin, request: Request, point_id: str) -> EnrolCodeOut:
    """Make an enrolment code; it is shown once, and earlier unused ones end."""
    made = enrolment.make_code(
        web.state,
        web.part(AuthorityCertificate),
        point_id,
        valid_h=web.settings.enrolment.code_valid_h,
        actor=person.user_name,
        now=web.now(),
    )
    noted(web, request, Action.MAKE_CODE, actor=person.user_name, subject=point_id)
    return EnrolCodeOut(code=made.code, point_id=point_id, expires_at=made.expires_at)


@router.delete("/points/{point_id}/certificate", status_code=204)
def revoke(web: WebParts, person: Admin, request: Request, point_id: str) -> None:
    """Take a point's certificate back: its machine is shut out at once, until it enrols anew."""
    revocation.revoke(web.state, point_id, now=web.now())
    noted(web, request, Action.REVOKE, actor=person.user_name, subject=point_id)
    web.part(Knocker).knock()
