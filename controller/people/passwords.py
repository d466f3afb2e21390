"""Passwords: argon2id hashes, two computed at a time."""

import secrets
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from controller.errors import BadRequest

MIN_CHARS, MAX_CHARS = 8, 200

_hasher = PasswordHasher()
# A password's check takes 64 MiB: two at a time keep a flood of sign-ins harmless.
_hashing = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store.

    Raises:
        BadRequest: the password is too short or too long.
    """
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise BadRequest(
            "password_length",
            f"Mật khẩu phải có từ {MIN_CHARS} đến {MAX_CHARS} ký tự.",
            f"A password has {MIN_CHARS} to {MAX_CHARS} characters.",
        )
    with _hashing:
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Return whether a password fits a hash; None, for an unknown name, takes as long."""
    with _hashing:
        try:
            fits = _hasher.verify(password_hash or _nobodys_hash(), password[: MAX_CHARS + 1])
        except (VerificationError, InvalidHashError):
            return False
    return fits and password_hash is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))
