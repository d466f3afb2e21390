"""Enrolment codes: XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX in Crockford's base 32.

The first 16 characters are the first 80 bits of the SHA-256 of the installation
authority's certificate, so that a new machine knows whom it talks to; the last 12
are a secret of 60 bits. Case does not count, I and L read as 1, O as 0.
"""

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FINGERPRINT_CHARS, SECRET_CHARS = 16, 12
_GROUP = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def fingerprint(authority_der: bytes) -> str:
    """Return the 16 characters that stand for an authority."""
    first = hashlib.sha256(authority_der).digest()[:10]
    return _encoded(int.from_bytes(first, "big"), FINGERPRINT_CHARS)


def secret(random_bytes: bytes) -> str:
    """Return 12 characters from at least 8 random bytes."""
    return _encoded(int.from_bytes(random_bytes[:8], "big") >> 4, SECRET_CHARS)


def code(authority_der: bytes, secret_text: str) -> str:
    """Return the whole code as it is read out and typed."""
    text = fingerprint(authority_der) + secret_text
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def normalized_secret(text: str) -> str | None:
    """Return a typed secret as it was made; None: it cannot be one.

    The whole code is taken as well, for whoever sends that.
    """
    plain = text.upper().translate(_READ_AS)
    if len(plain) == FINGERPRINT_CHARS + SECRET_CHARS:
        plain = plain[FINGERPRINT_CHARS:]
    if len(plain) != SECRET_CHARS or any(char not in ALPHABET for char in plain):
        return None
    return plain


def secret_digest(secret_text: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(b"diemcau-enrol-v1\0" + secret_text.encode()).hexdigest()


def _encoded(number: int, length: int) -> str:
    return "".join(ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(length)))
