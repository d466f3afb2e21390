"""Passwords are the same whichever keyboard composed them, and old hashes are still accepted."""

import threading
import unicodedata

import pytest
from argon2 import PasswordHasher

from controller.errors import BadRequest
from controller.people import passwords
from controller.people.passwords import MAX_CHARS, MIN_CHARS, hash_password, is_right

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "mậtkhẩuđủdài") for form in ("NFC", "NFD"))


def test_composed_and_decomposed_letters_are_one_password() -> None:
    assert COMPOSED != DECOMPOSED
    for kept in (COMPOSED, DECOMPOSED):
        password_hash = hash_password(kept)
        assert is_right(COMPOSED, password_hash)
        assert is_right(DECOMPOSED, password_hash)
        assert not is_right(COMPOSED[:-1], password_hash)


def test_a_hash_of_before_passwords_were_normalised_still_counts() -> None:
    former = PasswordHasher().hash(DECOMPOSED)
    assert is_right(DECOMPOSED, former)


@pytest.mark.parametrize("length", [MIN_CHARS - 1, MAX_CHARS + 1])
def test_a_password_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(BadRequest, match="8 to 200"):
        hash_password("ậ" * length)


def test_of_a_password_no_more_is_hashed_than_may_be_typed() -> None:
    password_hash = hash_password("a" * MAX_CHARS)
    assert is_right("a" * MAX_CHARS, password_hash)
    assert not is_right("a" * 1_000_000, password_hash)


def test_two_are_hashed_at_a_time_and_others_wait() -> None:
    third = threading.Thread(target=is_right, args=("mậtkhẩuđủdài", None))
    with passwords._hashing, passwords._hashing:
        third.start()
        third.join(0.5)
        assert third.is_alive()
    third.join(10)
    assert not third.is_alive()
