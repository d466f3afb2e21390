"""Codes are made; a machine becomes a point, and asks what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC

from fastapi import APIRouter, Request, Response

from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.clock import WatchedClock
from controller.enrolment import renewal, revocation
from controller.enrolment import service as enrolment
from controller.enrolment.pki import Authority
from controller.enrolment.renewal import RenewalNotProved, RenewalRefused, RenewalRequest
from controller.enrolment.schemas import EnrolCodeOut, EnrolIn, EnrolOut, RenewIn, TimeIn, TimeOut
from controller.enrolment.service import Enrolled
from controller.enrolment.throttle import EnrolmentThrottle, RenewalThrottle
from controller.enrolment.time_signer import TimeInDoubt, TimeSigner
from controller.errors import TooManyTries
from controller.knock import Knocker
from controller.web.deps import Admin, Anyone, Web, WebParts, address_of

router = APIRouter(prefix="/api/v1", tags=["enrolment"])


@router.get("/enrol/authority")
def authority(web: WebParts, _: Anyone) -> Response:
    """Return the authority's certificate; the code's first 16 characters prove it."""
    return Response(web.part(Authority).pem, media_type="application/x-pem-file")


@router.post("/enrol")
def enrol(web: WebParts, _: Anyone, request: Request, form: EnrolIn) -> EnrolOut:
    """Give a machine its certificate for a code's secret and a signing request."""
    try:
        enrolled = enrolment.enrol(
            web.state,
            web.part(Authority),
            secret=form.secret,
            csr_pem=form.csr_pem,
            valid_days=web.settings.enrolment.certificate_valid_days,
            now=web.now(),
        )
    except enrolment.WrongCode as exc:
        with _throttled(web, request, Action.ENROL):
            web.part(EnrolmentThrottle).wrong_code(address_of(request))
        noted(web, request, Action.ENROL, outcome=AuditOutcome.REFUSED, detail=exc.code)
        raise
    point = enrolled.point
    web.part(Knocker).knock()
    noted(web, request, Action.ENROL, subject=point.point_id)
    return _answer(web, enrolled)


@router.post("/renew")
def renew(web: WebParts, _: Anyone, request: Request, form: RenewIn) -> EnrolOut:
    """Give a point a certificate over a new key, for a signature by the key of its present one."""
    throttle = web.part(RenewalThrottle)
    try:
        with _throttled(web, request, Action.RENEW):
            renewed = renewal.renew(
                web.state,
                web.part(Authority),
                RenewalRequest(form.certificate_pem, form.csr_pem, form.signature),
                valid_days=web.settings.enrolment.certificate_valid_days,
                now=web.now(),
                proved=throttle.proved,
            )
    except RenewalRefused as exc:
        if isinstance(exc, RenewalNotProved):
            with _throttled(web, request, Action.RENEW):
                throttle.not_proved(address_of(request))
        noted(web, request, Action.RENEW, outcome=AuditOutcome.REFUSED, detail=exc.code)
        raise
    web.part(Knocker).knock()
    noted(web, request, Action.RENEW, subject=renewed.point_id)
    return _answer(web, renewed)


@contextmanager
def _throttled(web: Web, request: Request, action: Action) -> Iterator[None]:
    """Note in the audit log that somebody was slowed in the block."""
    try:
        yield
    except TooManyTries:
        noted(web, request, action, outcome=AuditOutcome.THROTTLED)
        raise


def _answer(web: Web, enrolled: Enrolled) -> EnrolOut:
    point = enrolled.point
    return EnrolOut(
        point_id=point.point_id,
        point_number=point.number,
        name=point.name,
        certificate_pem=enrolled.certificate_pem.decode(),
        ca_pem=web.part(Authority).pem.decode(),
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
        web.part(Authority),
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
    web.part(Knocker).knock()
    noted(web, request, Action.REVOKE, actor=person.user_name, subject=point_id)
