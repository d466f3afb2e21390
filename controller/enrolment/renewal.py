"""A point's certificate is renewed over the one it has; see contracts/renewal.py."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import renewal
from contracts.ids import PointId
from controller.db.engine import writing
from controller.enrolment import certificate_queries, pki
from controller.enrolment.pki import Authority
from controller.enrolment.revocation import RENEWED
from controller.enrolment.service import Enrolled, give
from controller.errors import CertificateRequestError, RequestError
from controller.places import service as places
from controller.places.service import Point
from runtime import x509_door
from runtime.errors import UnreadableX509

# A point's clock and ours need not agree about the day.
EARLY = timedelta(days=1)


class RenewalRefused(RequestError):
    """A renewal without the right to it. Counted against the point."""

    status = 403

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(
            code,
            "Không gia hạn được chứng thư này. Ghi danh lại điểm cầu bằng mã mới.",
            f"This certificate is not renewed: {reason}.",
        )


class RenewalNotProved(RenewalRefused):
    """A renewal that may be anybody's. Counted against where it comes from."""

    def __init__(self, reason: str) -> None:
        super().__init__("renewal_not_proved", reason)


@dataclass(frozen=True, slots=True)
class RenewalRequest:
    """What the machine sends, nothing of it proved."""

    certificate_pem: str
    csr_pem: str
    signature: str


def renew(
    engine: Engine,
    authority: Authority,
    asked: RenewalRequest,
    *,
    valid_days: int,
    now: datetime,
    proved: Callable[[PointId], None],
) -> Enrolled:
    """Return a certificate over the new key; the one it has stays accepted beside it.

    Args:
        proved: told whose certificate it is once that is proved; may refuse by raising.

    Raises:
        RenewalNotProved: the certificate, the request or the signature is not what it must be.
        RenewalRefused: the certificate is not to be renewed, or not yet.
    """
    try:
        certificate = x509_door.certificate_from_pem(asked.certificate_pem)
        x509_door.check_issuer(certificate, authority.certificate)
        name = x509_door.common_name(certificate)
        _check_proof(certificate, asked)
        proved(PointId(name))
        key = pki.requested_key(asked.csr_pem)
        if not x509_door.is_valid_at(certificate, now):
            raise RenewalRefused("certificate_ended", "it has ended")
        _check_due(certificate, now)
        with x509_door.reading():
            digest = certificate.fingerprint(SHA256()).hex()
    except (UnreadableX509, CertificateRequestError) as exc:
        raise RenewalNotProved(exc.reason) from exc
    with writing(engine) as session:
        point = places.point(session, name, at=now)
        if point is None:
            raise RenewalRefused("certificate_revoked", "there is no such point any more")
        _check_stands(session, point, digest)
        issued = authority.issue(key, name, valid_for=timedelta(days=valid_days), now=now)
        # Answers that were lost left certificates that nobody has the use of.
        certificate_queries.end_all(session, name, why=RENEWED, now=now, except_sha256=digest)
        give(session, name, issued, now)
    return Enrolled(point, PointId(name), issued.certificate_pem)


def _check_proof(certificate: x509.Certificate, asked: RenewalRequest) -> None:
    key = x509_door.public_key(certificate)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise RenewalNotProved("its key is none of a point's")
    try:
        signature = base64.b64decode(asked.signature, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise RenewalNotProved("the signature is not base64") from exc
    with x509_door.reading():
        key.verify(signature, renewal.signed_bytes(asked.csr_pem), ec.ECDSA(SHA256()))


def _check_due(certificate: x509.Certificate, now: datetime) -> None:
    with x509_door.reading():
        lives = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < renewal.due_at(*lives) - EARLY:
        raise RenewalRefused("not_due", "two thirds of its life are not over")


def _check_stands(session: Session, point: Point, digest: str) -> None:
    listed = certificate_queries.by_digest(session, digest)
    if listed is None:
        if point.certificate_sha256 == digest:  # given before certificates were listed
            return
        raise RenewalRefused("certificate_unknown", "the centre does not know it")
    if listed.point_id != point.point_id or listed.ended_at is not None:
        raise RenewalRefused("certificate_revoked", "it was revoked or replaced")
