"""Who may join: a media token, or a point's certificate with a signed nonce."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import UNSET

from contracts import point_proof, tokens
from contracts.desired import RelayMeeting
from contracts.errors import TokenError, TokenForAnother
from contracts.ids import RECORDER_PREFIX, MeetingId, PointId
from contracts.participants import ParticipantKind
from contracts.tokens import Direction
from media.errors import AccessRefused
from media.relay import refusals
from media.relay.grants import Grant, is_barred, is_certificate_accepted, is_recorder_of
from media.relay.meeting_hours import opens_at
from media.relay.nonces import NonceIssuer
from media.sfu.slots import Viewer
from runtime import x509_door
from runtime.errors import UnreadableX509

NOT_ACCEPTED = "certificate_not_accepted"


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What of an HTTP request access depends on. `path` is the URL's path."""

    method: str
    path: str
    body: bytes
    authorization: str
    direction: Direction


class Gatekeeper:
    """The relay's own judgement on who may join; it asks nobody."""

    def __init__(self, authority: x509.Certificate, token_key: Ed25519PublicKey) -> None:
        self._authority = authority
        self._token_key = token_key
        self._nonces = NonceIssuer(secrets.token_bytes(32))

    def new_nonce(self, *, now_s: float) -> bytes:
        """Return a nonce for a point's next request."""
        return self._nonces.issue(secrets.token_bytes(16), now_s=now_s)

    def prove(
        self,
        request: JoinRequest,
        meeting_id: MeetingId,
        *,
        now: datetime,
        now_s: float,
        proved: Callable[[Grant], None],
    ) -> Grant:
        """Return who asks and by what right; whether the meeting exists is not looked at.

        Args:
            now: by it tokens and certificates end.
            now_s: monotonic seconds, by which nonces do.
            proved: told who it is before anything of theirs is remembered; may refuse by raising.

        Raises:
            AccessRefused: 401 where nothing is proved, 403 where it is for something else.
        """
        scheme = request.authorization.partition(" ")[0]
        if scheme == point_proof.SCHEME:
            return self._point(request, now=now, now_s=now_s, proved=proved)
        if scheme.lower() == "bearer":
            grant = self._person(request, meeting_id, now=now)
            proved(grant)
            return grant
        raise AccessRefused(
            401,
            "not_authenticated",
            "Cần mã truy cập hoặc chứng thư của điểm cầu.",
            "A media token or a point's proof is needed in the Authorization header.",
        )

    def _person(self, request: JoinRequest, meeting_id: MeetingId, *, now: datetime) -> Grant:
        text = request.authorization.partition(" ")[2].strip()
        try:
            token = tokens.verify(
                text,
                self._token_key,
                meeting_id=meeting_id,
                direction=request.direction,
                now=now,
            )
        except TokenError as exc:
            raise AccessRefused(
                403 if isinstance(exc, TokenForAnother) else 401,
                "token_refused",
                "Mã truy cập không dùng được cho cuộc họp này hoặc đã hết hạn.",
                f"The media token is refused: {exc.reason}.",
            ) from exc
        viewer = Viewer(token.subject, ParticipantKind.PERSON)
        sees_all = token.role in ("chair", "secretary")
        ends_at = token.expires_at if token.bars_at is UNSET else token.bars_at
        return Grant(viewer, token_ends_at=ends_at, sees_all=sees_all)

    def _point(
        self,
        request: JoinRequest,
        *,
        now: datetime,
        now_s: float,
        proved: Callable[[Grant], None],
    ) -> Grant:
        try:
            proof = point_proof.parse(request.authorization)
        except TokenError as exc:
            raise _unproved(exc.reason) from exc
        # The signature first: whoever cannot sign uses up no nonce.
        point = self._certified(proof, request, now=now)
        if _kind_of(point) is ParticipantKind.RECORDER and request.direction == "publish":
            raise AccessRefused(
                403, "only_plays", "Máy ghi hình không phát.", "A recorder may only play."
            )
        if not self._nonces.is_good(proof.nonce, now_s=now_s):
            raise _nonce_refused()
        digest = hashlib.sha256(proof.certificate_der).hexdigest()
        grant = Grant(Viewer(point, _kind_of(point)), certificate_sha256=digest)
        # All points share the memory of nonces: one that asks without end must not fill it.
        proved(grant)
        if not self._nonces.use(proof.nonce, now_s=now_s):
            raise _nonce_refused()
        return grant

    def _certified(
        self, proof: point_proof.PointProof, request: JoinRequest, *, now: datetime
    ) -> PointId:
        signed = point_proof.signed_bytes(
            nonce=proof.nonce, method=request.method, path=request.path, body=request.body
        )
        try:
            certificate = x509_door.certificate_from_der(proof.certificate_der)
            x509_door.check_issuer(certificate, self._authority)
            key = x509_door.public_key(certificate)
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise _unproved("the certificate's key is none of a point's")
            with x509_door.reading():
                key.verify(proof.signature, signed, ec.ECDSA(SHA256()))
            if not x509_door.is_valid_at(certificate, now):
                raise _unproved("the certificate is not valid at this time")
            return PointId(x509_door.common_name(certificate))
        except UnreadableX509 as exc:
            raise _unproved(exc.reason) from exc


def _kind_of(name: str) -> ParticipantKind:
    is_recorder = name.startswith(RECORDER_PREFIX)
    return ParticipantKind.RECORDER if is_recorder else ParticipantKind.POINT


def _nonce_refused() -> AccessRefused:
    return AccessRefused(
        401,
        "nonce_refused",
        "Mã dùng một lần đã hết hạn hoặc đã dùng; hãy xin mã mới.",
        "The nonce has expired or was used before; ask for a new one.",
    )


def _unproved(reason: str) -> AccessRefused:
    return AccessRefused(
        401,
        "point_not_proved",
        "Chứng thư của điểm cầu không hợp lệ.",
        f"The point's proof is refused: {reason}.",
    )


def check_may_join(
    grant: Grant, meeting: RelayMeeting, *, now: datetime, is_on: bool, is_over: bool
) -> None:
    """Check that whoever has proved himself may join this meeting now.

    Args:
        is_on, is_over: whether it is forwarded, has ended; the clock alone does not say.

    Raises:
        AccessRefused: he may not; it says why.
    """
    viewer = grant.viewer
    if meeting.is_echo is True and viewer.kind is not ParticipantKind.POINT:
        raise AccessRefused(
            403,
            "rehearsal",
            "Đây là buổi chạy thử: không ai xem hay ghi lại.",
            "This is a rehearsal: nobody watches it, and nothing is recorded.",
        )
    if viewer.kind is ParticipantKind.RECORDER and not is_recorder_of(grant, meeting):
        raise AccessRefused(
            403,
            "not_recorded",
            "Cuộc họp này không ghi hình.",
            "This meeting is not recorded, or not by this recorder.",
        )
    if viewer.kind is ParticipantKind.POINT and viewer.subject not in meeting.invited:
        raise AccessRefused(
            403,
            "not_invited",
            f"Điểm cầu {viewer.subject} không có trong thành phần của cuộc họp này.",
            f"Point {viewer.subject} is not invited to this meeting.",
        )
    _check_standing(grant, meeting)
    if is_over:
        raise refusals.over()
    if not is_on:
        _check_has_opened(meeting, now=now)


def _check_standing(grant: Grant, meeting: RelayMeeting) -> None:
    if not is_certificate_accepted(grant, meeting):
        raise AccessRefused(
            403,
            NOT_ACCEPTED,
            "Chứng thư này của điểm cầu đã bị thu hồi hoặc đã được thay.",
            "This certificate of the point was revoked or replaced.",
        )
    if is_barred(grant, meeting):
        raise refusals.put_out()


def _check_has_opened(meeting: RelayMeeting, *, now: datetime) -> None:
    opening = opens_at(meeting)
    if now < opening:
        raise AccessRefused(
            425,
            "too_early",
            f"Chưa đến giờ: có thể vào họp từ {opening.isoformat()}.",
            f"It is too early: joining is possible from {opening.isoformat()}.",
        )
