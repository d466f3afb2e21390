"""The centre's signed time: the one exchange that ignores validity dates.

A machine whose battery is dead boots years ago and could verify no certificate. It
asks with a nonce; the answer is signed by a key that the installation's authority has
certified for this, so that neither an old answer nor a stranger's moves its clock.
"""

import base64
import binascii
import secrets
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from agent.enrolment.centre_http import ask
from agent.errors import TimeNotProved
from contracts import signed_time
from runtime import tls, x509_door
from runtime.errors import UnreadableX509

# The centre's clock reading and our own have a grain.
GRAIN_S = 0.002


@dataclass(frozen=True, slots=True)
class CentreTime:
    """The centre's time, as the seconds since 1970 at this machine's boot."""

    epoch_at_boot_s: float
    error_s: float


def ask_time(url: str, authority: x509.Certificate, context: ssl.SSLContext) -> CentreTime:
    """Return the centre's time.

    Raises:
        Unreachable: the centre did not answer.
        TimeNotProved: its answer is not signed by the authority, or answers another question.
    """
    nonce = secrets.token_bytes(16)
    answer = ask(url, signed_time.PATH, context=context, question={"nonce": nonce.hex()})
    said = answer.text("time", url)
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as exc:
        raise TimeNotProved from exc
    if instant.tzinfo is None:
        raise TimeNotProved
    signer = _signer(authority, answer.optional_text("certificate_pem", url), instant)
    _verify(signer, nonce, said, answer.text("signature", url))
    half_s = (answer.answered_at_boot_s - answer.asked_at_boot_s) / 2
    middle_s = answer.asked_at_boot_s + half_s
    return CentreTime(instant.timestamp() - middle_s, half_s + GRAIN_S)


def timeless_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts the authority and looks at no dates."""
    return tls.client_context(ca_file, is_time_checked=False)


def _signer(
    authority: x509.Certificate, certificate_pem: str | None, said: datetime
) -> x509.Certificate:
    """Return whose key has to have signed; that of an older centre is the authority's own."""
    if certificate_pem is None:
        return authority
    try:
        certificate = x509_door.certificate_from_pem(certificate_pem)
        x509_door.check_issuer(certificate, authority)
        is_meant = x509_door.common_name(certificate) == signed_time.SIGNER
        is_valid = x509_door.is_valid_at(certificate, said)
    except UnreadableX509 as exc:
        raise TimeNotProved from exc
    if not (is_meant and is_valid):
        raise TimeNotProved
    return certificate


def _verify(signer: x509.Certificate, nonce: bytes, said: str, signature: str) -> None:
    try:
        key = x509_door.public_key(signer)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TimeNotProved
        signed = signed_time.signed_bytes(nonce, said)
        key.verify(base64.b64decode(signature, validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError, UnreadableX509) as exc:
        raise TimeNotProved from exc
