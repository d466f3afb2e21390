"""Nonces."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.relay.nonces import LIFETIME, MAX_REMEMBERED, NONCE_SIZE, NonceIssuer

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_nonce_is_good_once():
    issuer = NonceIssuer(b"secret")
    nonce = issuer.issue(bytes(16), now=NOW)
    assert issuer.use(nonce, now=NOW)
    assert not issuer.use(nonce, now=NOW)


@pytest.mark.parametrize(
    ("age", "is_good"),
    [(LIFETIME, True), (LIFETIME + timedelta(milliseconds=1), False)],
)
def test_a_nonce_is_good_for_a_minute(age, is_good):
    issuer = NonceIssuer(b"secret")
    assert issuer.use(issuer.issue(bytes(16), now=NOW), now=NOW + age) == is_good


def test_another_process_nonce_is_refused():
    nonce = NonceIssuer(b"one").issue(bytes(16), now=NOW)
    assert not NonceIssuer(b"two").use(nonce, now=NOW)


@given(st.binary(max_size=2 * NONCE_SIZE))
def test_any_bytes_are_no_nonce(data):
    assert not NonceIssuer(b"secret").use(data, now=NOW)


def test_no_more_used_nonces_are_remembered_than_the_limit():
    issuer = NonceIssuer(b"secret")
    nonces = [issuer.issue(n.to_bytes(16), now=NOW) for n in range(MAX_REMEMBERED + 1)]
    assert [issuer.use(n, now=NOW) for n in nonces] == [True] * MAX_REMEMBERED + [False]
    later = NOW + 3 * LIFETIME
    assert issuer.use(issuer.issue(bytes(16), now=later), now=later)
