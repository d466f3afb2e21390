"""Nonces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.relay.nonces import LIFETIME_S, MAX_REMEMBERED, NONCE_SIZE, NonceIssuer

NOW_S = 1_000.0


def test_a_nonce_is_good_once():
    issuer = NonceIssuer(b"secret")
    nonce = issuer.issue(bytes(16), now_s=NOW_S)
    assert issuer.use(nonce, now_s=NOW_S)
    assert not issuer.use(nonce, now_s=NOW_S)


@pytest.mark.parametrize(
    ("age_s", "is_good"),
    [(LIFETIME_S, True), (LIFETIME_S + 0.001, False)],
)
def test_a_nonce_is_good_for_a_minute(age_s, is_good):
    issuer = NonceIssuer(b"secret")
    assert issuer.use(issuer.issue(bytes(16), now_s=NOW_S), now_s=NOW_S + age_s) == is_good


def test_another_process_nonce_is_refused():
    nonce = NonceIssuer(b"one").issue(bytes(16), now_s=NOW_S)
    assert not NonceIssuer(b"two").use(nonce, now_s=NOW_S)


@given(st.binary(max_size=2 * NONCE_SIZE))
def test_any_bytes_are_no_nonce(data):
    assert not NonceIssuer(b"secret").use(data, now_s=NOW_S)


def test_no_more_used_nonces_are_remembered_than_the_limit():
    issuer = NonceIssuer(b"secret")
    nonces = [issuer.issue(n.to_bytes(16), now_s=NOW_S) for n in range(MAX_REMEMBERED + 1)]
    assert [issuer.use(n, now_s=NOW_S) for n in nonces] == [True] * MAX_REMEMBERED + [False]
    later_s = NOW_S + 3 * LIFETIME_S
    assert issuer.use(issuer.issue(bytes(16), now_s=later_s), now_s=later_s)
