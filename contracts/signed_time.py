"""How the centre tells what time it is, to machines whose clock is nobody's.

POST /api/v1/time with `nonce` in hexadecimal; the answer has `time`, `signature` (base64 of
an ECDSA P-256/SHA-256 signature over `signed_bytes`) and `certificate_pem`: of the key that
signs, by the installation's authority, with this common name and valid at that time. So
the authority's own key signs nothing for strangers. An older centre sends no certificate
and signs by the authority's key.
"""

PATH = "/api/v1/time"
# No point can have it: their ids never begin so.
SIGNER = "centre-time"


def signed_bytes(nonce: bytes, time_text: str) -> bytes:
    """Return what is signed: the time, for one nonce."""
    return b"diemcau-time-v1\0" + nonce + b"\0" + time_text.encode()
