"""The centre's signed time: the one exchange that ignores validity dates.

A machine whose battery is dead boots years ago and could verify no certificate. It
asks with a nonce; the answer is signed by the installation's key, so that neither an
old answer nor a stranger's moves its clock.
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
from runtime import tls

PATH = "/api/v1/time"
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
    answer = ask(url, PATH, context=context, question={"nonce": nonce.hex()})
    said = answer.text("time", url)
    _verify(authority, nonce, said, answer.text("signature", url))
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as exc:
        raise TimeNotProved from exc
    if instant.tzinfo is None:
        raise TimeNotProved
    half_s = (answer.answered_at_boot_s - answer.asked_at_boot_s) / 2
    middle_s = answer.asked_at_boot_s + half_s
    return CentreTime(instant.timestamp() - middle_s, half_s + GRAIN_S)


def timeless_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts the authority and looks at no dates."""
    return tls.client_context(ca_file, is_time_checked=False)


def _verify(authority: x509.Certificate, nonce: bytes, said: str, signature: str) -> None:
    key = authority.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TimeNotProved
    signed = b"diemcau-time-v1\0" + nonce + b"\0" + said.encode()
    try:
        key.verify(base64.b64decode(signature, validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError) as exc:
        raise TimeNotProved from exc
