"""A code is made; a code and a signing request become a point's certificate, once.

The answer may be lost on the way. A machine that asks again with the same key within
ten minutes gets a certificate again; anyone else with the same code is refused.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.desired import DIGEST_CHARS, CertificateDigest
from contracts.ids import PointId
from controller.db.engine import writing
from controller.enrolment import (
    certificate_queries,
    code_queries,
    enrol_code,
    pki,
    revoked_relays,
)
from controller.enrolment.pki import Authority, AuthorityCertificate, Issued
from controller.enrolment.revocation import RENEWED, REPLACED
from controller.enrolment.tables import EnrolmentCode
from controller.errors import BadRequest, CertificateRequestError, NotFound, RequestError
from controller.places import service as places
from controller.places.service import Point
from runtime.guard import guarded

REPEAT_LIMIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code, for showing once."""

    code: str
    expires_at: datetime


class WrongCode(RequestError):
    """A code that opens nothing. Counted against whoever sends it."""

    status = 403


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the machine is from now on."""

    point: Point
    point_id: PointId
    certificate_pem: bytes


def make_code(
    engine: Engine,
    authority: AuthorityCertificate,
    point_id: str,
    *,
    valid_h: int,
    actor: str,
    now: datetime,
) -> MadeCode:
    """Make an enrolment code for a point.

    Raises:
        NotFound: there is no such point now.
    """
    secret = enrol_code.secret(secrets.token_bytes(8))
    expires_at = now + timedelta(hours=valid_h)
    with writing(engine) as session:
        if places.point(session, point_id, at=now) is None:
            raise NotFound("điểm cầu", "point")
        code_queries.add(
            session,
            enrol_code.secret_digest(secret),
            point_id,
            created_by=actor,
            now=now,
            expires_at=expires_at,
        )
    return MadeCode(enrol_code.code(authority.der, secret), expires_at)


def enrol(
    engine: Engine,
    authority: Authority,
    *,
    secret: str,
    csr_pem: str,
    valid_days: int,
    now: datetime,
) -> Enrolled:
    """Use a code up and return the certificate. Names come from us; the request's are ignored.

    Raises:
        WrongCode: the code is unknown, used, expired or burnt.
        BadRequest: the signing request is none; the fifth such try burns the code.
    """
    plain = enrol_code.normalized_secret(secret)
    if plain is None:
        raise _unknown()
    digest = enrol_code.secret_digest(plain)
    key = _key_or_count(engine, digest, csr_pem)
    with writing(engine) as session:
        code = code_queries.find(session, digest)
        if code is None:
            raise _unknown()
        key_sha256 = pki.key_digest(key)
        _claim(session, code, key_sha256, now)
        point = places.point(session, code.point_id, at=now)
        if point is None:
            raise _unknown()
        issued = authority.issue(key, point.point_id, valid_for=timedelta(days=valid_days), now=now)
        # The machine that was this point before is it no more.
        certificate_queries.end_all(session, point.point_id, why=REPLACED, now=now)
        give(session, point.point_id, issued, now)
    return Enrolled(point, PointId(point.point_id), issued.certificate_pem)


def accepted(
    session: Session, points: Sequence[PointId]
) -> dict[PointId, tuple[CertificateDigest, ...]]:
    """Return the digests each point may prove itself with.

    A certificate that was given before they were listed is known by the point's row alone.
    """
    listed = certificate_queries.of_points(session, points)
    known = places.points_by_id(session, points)
    named = {one: row.certificate_sha256 for one, row in known.items()}
    return {one: certificate_queries.digests(one, listed, named.get(one)) for one in points}


def sealing_keys(
    session: Session, points: Iterable[PointId]
) -> dict[PointId, dict[CertificateDigest, pki.PublicKey]]:
    """Return the keys of points' certificates that stand, the newest first, by their digests."""
    found: dict[PointId, dict[CertificateDigest, pki.PublicKey]] = {}
    for row in certificate_queries.of_points(session, points):
        if row.ended_at is None and row.public_key:
            with guarded("certificate", point_id=row.point_id):
                key = pki.decoded_key(row.public_key)
                found.setdefault(PointId(row.point_id), {})[row.sha256[:DIGEST_CHARS]] = key
    return found


def give(session: Session, point_id: str, issued: Issued, now: datetime) -> None:
    """Note a new certificate as the point's."""
    certificate_queries.add(
        session,
        point_id,
        serial=issued.serial,
        sha256=issued.sha256,
        issued_at=now,
        expires_at=issued.expires_at,
        public_key=issued.public_key,
    )
    places.set_certificate(
        session, point_id, sha256=issued.sha256, expires_at=issued.expires_at, now=now
    )


def _key_or_count(engine: Engine, digest: str, csr_pem: str) -> pki.PublicKey:
    try:
        return pki.requested_key(csr_pem)
    except CertificateRequestError as exc:
        with writing(engine) as session:
            if code_queries.find(session, digest) is None:
                raise _unknown() from exc
            code_queries.count_try(session, digest)
        raise BadRequest(
            "bad_signing_request",
            "Yêu cầu cấp chứng thư không đọc được. Chạy lại lệnh ghi danh trên máy của điểm cầu.",
            f"The signing request cannot be used: {exc.reason}.",
        ) from exc


def _claim(session: Session, code: EnrolmentCode, key_sha256: str, now: datetime) -> None:
    if code_queries.claim(session, code.secret_sha256, key_sha256=key_sha256, now=now):
        return
    if code.used_at is not None:
        is_repeated = code.used_by_key_sha256 == key_sha256
        if is_repeated and now - code.used_at <= REPEAT_LIMIT:
            return
        raise WrongCode(
            "code_used",
            "Mã ghi danh này đã được dùng. Xin mã mới ở trang của điểm cầu.",
            "This code has been used. Ask for a new one on the point's page.",
        )
    if code.expires_at <= now:
        raise WrongCode(
            "code_expired",
            "Mã ghi danh đã hết hạn. Xin mã mới ở trang của điểm cầu.",
            "This code has expired. Ask for a new one on the point's page.",
        )
    raise WrongCode(
        "code_burnt",
        "Mã ghi danh đã bị khóa sau nhiều lần thử sai. Xin mã mới ở trang của điểm cầu.",
        "This code was locked after too many failed tries. Ask for a new one.",
    )


def _unknown() -> WrongCode:
    return WrongCode(
        "code_unknown",
        "Mã ghi danh chưa đúng. Đọc lại mã rồi nhập lại.",
        "This code is not known. Read it again and retype it.",
    )


def end_former(session: Session, *, issued_before: datetime, now: datetime) -> int:
    """End what a point has beside a certificate given before an instant; return how many."""
    return certificate_queries.end_superseded(
        session, issued_before=issued_before, why=RENEWED, now=now
    )


def forget_certificates(session: Session, limit: datetime) -> int:
    """Remove certificates that expired before an instant; return how many."""
    return certificate_queries.forget_expired(session, limit)


def forget_codes(session: Session, limit: datetime, *, count: int) -> int:
    """Remove some codes that expired before an instant; return how many."""
    return code_queries.forget_before(session, limit, count=count)


def relays_taken_back(pki_dir: Path, *, now: datetime) -> tuple[CertificateDigest, ...]:
    """Return the certificates with which no relay may come to another any more."""
    return tuple(one.digest for one in revoked_relays.revoked(pki_dir, now=now))
