"""Codes as people read, type and mistype them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.enrolment import enrol_code

DER = b"not a certificate, but bytes all the same"


def test_a_code_is_seven_groups_of_four_whose_first_four_are_the_authority() -> None:
    secret = enrol_code.secret(b"\x00" * 8)
    code = enrol_code.code(DER, secret)
    groups = code.split("-")
    assert [len(group) for group in groups] == [4] * 7
    assert "".join(groups[:4]) == enrol_code.fingerprint(DER)
    assert "".join(groups[4:]) == secret == "000000000000"


def test_the_fingerprint_is_the_first_eighty_bits_of_sha256() -> None:
    number = 0
    for char in enrol_code.fingerprint(DER):
        number = number * 32 + enrol_code.ALPHABET.index(char)
    assert number.to_bytes(10, "big") == hashlib.sha256(DER).digest()[:10]


def test_all_sixty_bits_of_a_secret_are_random() -> None:
    assert enrol_code.secret(b"\xff" * 8) == "Z" * 12
    assert enrol_code.secret(b"\xff" * 7 + b"\xf0") == "Z" * 12
    assert enrol_code.secret(b"\xff" * 7 + b"\xe0") == "Z" * 11 + "Y"


@given(st.binary(min_size=8, max_size=8), st.randoms())
def test_a_mistyped_secret_reads_as_it_was_made(random_bytes: bytes, random: object) -> None:
    secret = enrol_code.secret(random_bytes)
    choice = getattr(random, "choice")  # noqa: B009 - hypothesis' Random
    likes = {"1": "1IlLi", "0": "0Oo"}
    typed = "".join(choice(likes.get(c, c + c.lower())) for c in secret)
    typed = f"{typed[:4]}-{typed[4:8]} {typed[8:]}"
    assert enrol_code.normalized_secret(typed) == secret


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 12, "-" * 12, "Á" * 12, "0" * 13, "0" * 40])
def test_what_cannot_be_a_secret_is_none(text: str) -> None:
    assert enrol_code.normalized_secret(text) is None


@given(st.text())
def test_any_text_reads_as_a_secret_or_as_none(text: str) -> None:
    found = enrol_code.normalized_secret(text)
    assert found is None or enrol_code.normalized_secret(found) == found


def test_the_whole_code_is_taken_for_its_secret() -> None:
    secret = enrol_code.secret(b"12345678")
    assert enrol_code.normalized_secret(enrol_code.code(DER, secret)) == secret
