"""Passwords: argon2id hashes, two computed at a time."""

import secrets
import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from controller.errors import BadRequest

MIN_CHARS, MAX_CHARS = 8, 200
# A Vietnamese letter may be three characters before it is put together.
MAX_TYPED_CHARS = 1000

_hasher = PasswordHasher()
# A password's check takes 64 MiB: two at a time keep a flood of sign-ins harmless.
_hashing = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store.

    Raises:
        BadRequest: the password is too short or too long.
    """
    password = _normal(password)
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise BadRequest(
            "password_length",
            f"Mật khẩu phải có từ {MIN_CHARS} đến {MAX_CHARS} ký tự.",
            f"A password has {MIN_CHARS} to {MAX_CHARS} characters.",
        )
    return hash_secret(password)


def hash_secret(secret: str) -> str:
    """Return the argon2id hash of what is no password and has its own rules."""
    with _hashing:
        return _hasher.hash(secret)


def is_right(password: str, password_hash: str | None) -> bool:
    """Return whether a password fits a hash; None, for an unknown name, takes as long."""
    known = password_hash or _nobodys_hash()
    # As typed for hashes of before passwords were normalised.
    ways = dict.fromkeys((_normal(password[:MAX_TYPED_CHARS]), password))
    fits = any(_fits(known, way[: MAX_CHARS + 1]) for way in ways)
    return fits and password_hash is not None


def _fits(password_hash: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError, UnicodeError):
            return False


def _normal(password: str) -> str:
    """Return one form for what different keyboards and systems send for the same keys."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
