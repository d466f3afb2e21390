"""A machine becomes a point, and asks what time it is. The only API without signing in."""

from datetime import UTC

from fastapi import APIRouter, Request, Response

from controller.enrolment import service as enrolment
from controller.enrolment.schemas import EnrolIn, EnrolOut, TimeIn, TimeOut
from controller.web.deps import Anyone, WebParts, address_of

router = APIRouter(prefix="/api/v1", tags=["enrolment"])


@router.get("/enrol/authority")
def authority(web: WebParts, _: Anyone) -> Response:
    """Return the authority's certificate; the code's first 16 characters prove it."""
    return Response(web.authority.pem, media_type="application/x-pem-file")


@router.post("/enrol")
def enrol(web: WebParts, _: Anyone, request: Request, form: EnrolIn) -> EnrolOut:
    """Give a machine its certificate for a code's secret and a signing request."""
    now, address = web.now(), address_of(request)
    web.enrolments.check(address, now=now)
    try:
        enrolled = enrolment.enrol(
            web.state,
            web.authority,
            secret=form.secret,
            csr_pem=form.csr_pem,
            valid_days=web.settings.enrolment.certificate_valid_days,
            now=now,
        )
    except enrolment.WrongCode:
        web.enrolments.failed(address, now=now)
        raise
    point = enrolled.point
    web.changes.note_points([enrolled.point_id])
    return EnrolOut(
        point_id=point.point_id,
        point_number=point.number,
        name=point.name,
        certificate_pem=enrolled.certificate_pem.decode(),
        ca_pem=web.authority.pem.decode(),
        broker_host=web.settings.points_broker_host,
        broker_port=web.settings.broker.port,
    )


@router.post("/time")
def signed_time(web: WebParts, _: Anyone, form: TimeIn) -> TimeOut:
    """Return the centre's time, signed over the caller's nonce."""
    text = web.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    signature = web.authority.sign_time(bytes.fromhex(form.nonce), text)
    return TimeOut(nonce=form.nonce, time=text, signature=signature)
