"""Passwords are the same whichever keyboard composed them, and old hashes are still accepted."""

import unicodedata

from argon2 import PasswordHasher

from controller.people.passwords import hash_password, is_right

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
