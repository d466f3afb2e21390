"""How a point renews its certificate: over the one it has, with a key that it makes anew.

POST /api/v1/renew with `certificate_pem` (the one it has), `csr_pem` (a signing request of
the new key, signed by it) and `signature`: base64 of an ECDSA P-256/SHA-256 signature (DER)
by the key of the certificate over `signed_bytes(csr_pem)`. The answer is enrolment's. What
somebody else sends again gives him a certificate over a key that he does not have, so there
is no nonce; and none after the certificate has ended. The certificate stays accepted for a
while beside the new one: the answer may be lost, and a meeting may be on.
"""

import hashlib
from datetime import datetime

PATH = "/api/v1/renew"


def signed_bytes(csr_pem: str) -> bytes:
    """Return what the old key signs: the request, as it is sent."""
    return b"diemcau-renew-v1\0" + hashlib.sha256(csr_pem.encode()).digest()


def due_at(begins_at: datetime, ends_at: datetime) -> datetime:
    """Return from when on a certificate is renewed: two thirds of its life."""
    return begins_at + (ends_at - begins_at) * 2 / 3
