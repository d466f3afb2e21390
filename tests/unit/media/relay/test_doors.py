"""Nonces and limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.relay.nonces import LIFETIME, NONCE_SIZE, NonceIssuer
from media.relay.request_limits import MAX_KEYS, RateLimit

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


def test_a_key_has_its_own_bucket():
    limit = RateLimit(per_s=1, burst=2)
    assert [limit.allows("a", now=0.0) for _ in range(3)] == [True, True, False]
    assert limit.allows("b", now=0.0)
    assert [limit.allows("a", now=1.0) for _ in range(2)] == [True, False]


def test_keys_are_forgotten_when_there_are_too_many():
    limit = RateLimit(per_s=1, burst=1)
    for n in range(MAX_KEYS + 50):
        limit.allows(str(n), now=0.0)
    assert not limit.allows(str(MAX_KEYS + 49), now=0.0)
    assert limit.allows("0", now=0.0)
