"""A try to sign in belongs to one browser, for ten minutes, under our seal."""

import pytest

from controller.people.oidc import attempt as attempts
from controller.people.oidc.attempt import VALID_S, Attempt, opened

KEY, OTHER = attempts.key_from(b"k" * 32), attempts.key_from(b"o" * 32)
TRY = Attempt("s" * 43, 1_000_000, "/meetings?past=1&nhãn=ạ")


def test_what_was_sealed_is_opened_until_ten_minutes_have_passed() -> None:
    cookie = TRY.sealed(KEY)
    assert opened(cookie, KEY, now_s=1_000_000) == TRY
    assert opened(cookie, KEY, now_s=1_000_000 + VALID_S) == TRY
    assert opened(cookie, KEY, now_s=1_000_000 + VALID_S + 1) is None
    assert opened(cookie, KEY, now_s=1_000_000 - 61) is None  # a clock that was set back
    assert opened(cookie, OTHER, now_s=1_000_000) is None


@pytest.mark.parametrize(
    "changed",
    [
        "",
        ".",
        "....",
        "é.1.x.y",
        TRY.sealed(KEY).replace("1000000", "1000001"),
        TRY.sealed(KEY)[:-1],
        TRY.sealed(KEY) + "A",
        "a" * 5000,
    ],
)
def test_what_was_changed_is_none_of_ours(changed: str) -> None:
    assert opened(changed, KEY, now_s=1_000_000) is None


def test_state_nonce_and_verifier_differ_and_follow_from_the_secret_and_the_key() -> None:
    again = Attempt("t" * 43, 1_000_000, "/")
    found = [
        (one.state(key), one.nonce(key), one.verifier(key))
        for one in (TRY, again)
        for key in (KEY, OTHER)
    ]
    assert len({text for texts in found for text in texts}) == 12
    assert all(len(text) == 43 for texts in found for text in texts)
    assert not any("s" * 43 in text for texts in found for text in texts)
