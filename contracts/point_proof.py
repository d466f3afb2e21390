"""How a point proves itself to a relay: its certificate and a signed nonce.

Header `Authorization: Point CERT NONCE SIGNATURE`, each base64url: the certificate
as DER, the relay's nonce, and an ECDSA P-256/SHA-256 signature (DER) by the
certificate's key over `signed_bytes(...)`. So a meeting starts with nobody asked.
"""

import hashlib
from dataclasses import dataclass

from contracts.errors import TokenError
from contracts.tokens import b64url, from_b64url

SCHEME = "Point"
MAX_HEADER_CHARS = 8192


@dataclass(frozen=True, slots=True)
class PointProof:
    """The parts of the header; nothing is proved by parsing it."""

    certificate_der: bytes
    nonce: bytes
    signature: bytes


def signed_bytes(*, nonce: bytes, method: str, path: str, body: bytes) -> bytes:
    """Return what the point signs: the request, and the nonce that makes it fresh."""
    digest = hashlib.sha256(body).digest()
    return b"\0".join((b"diemcau-point-v1", nonce, method.encode(), path.encode(), digest))


def header(proof: PointProof) -> str:
    """Return the Authorization header's value."""
    parts = (proof.certificate_der, proof.nonce, proof.signature)
    return " ".join((SCHEME, *(b64url(part) for part in parts)))


def parse(value: str) -> PointProof:
    """Return the parts of an Authorization header.

    Raises:
        TokenError: it is not of this form.
    """
    words = value.split(" ")
    if len(words) != 4 or words[0] != SCHEME or len(value) > MAX_HEADER_CHARS:
        raise TokenError("the header is not of the form Point CERT NONCE SIGNATURE")
    try:
        certificate, nonce, signature = (from_b64url(word) for word in words[1:])
    except ValueError as exc:
        raise TokenError(f"the header is not base64url: {exc}") from exc
    return PointProof(certificate, nonce, signature)
