"""What of a provider's keys and tokens is read; test_oidc.py of the integration has the lies."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from controller.people.oidc import id_token
from controller.people.oidc.id_token import MAX_KEYS, Claimed, Expected, UnknownKey
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", parameters={"kid": "e1"})
EXPECTED = Expected("https://sso.test", "diemcau", "n-1", "email")
CLAIMS = {
    "iss": "https://sso.test",
    "aud": ["diemcau"],
    "sub": "s-1",
    "nonce": "n-1",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 60,
    "email": "a@xa.vn",
    "email_verified": True,
}


def signed(claims: object, header: dict[str, object] | None = None) -> str:
    head = {"alg": "ES256", "kid": "e1"} | (header or {})
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jws.serialize_compact(head, body, KEY, registry=registry)


def keys(*more: object) -> id_token.ProviderKeys:
    listed = [*more, KEY.as_dict(private=False)]
    return id_token.keys_from(json.dumps({"keys": listed}).encode())


def who(token: str) -> Claimed:
    return id_token.claimed(token, keys(), EXPECTED, access_token="", now=NOW)


def test_an_address_counts_only_where_the_provider_has_verified_it() -> None:
    assert who(signed(CLAIMS)) == Claimed("s-1", "a@xa.vn")
    for other in (False, "true", 1, None):
        with pytest.raises(ProviderRefused) as refused:
            who(signed(CLAIMS | {"email_verified": other}))
        assert refused.value.refusal is ProviderRefusal.NOT_BELIEVED


def test_a_minute_is_left_for_clocks_and_no_more() -> None:
    now_s = int(NOW.timestamp())
    assert who(signed(CLAIMS | {"exp": now_s - 59})).subject == "s-1"
    with pytest.raises(ProviderRefused):
        who(signed(CLAIMS | {"exp": now_s - 61}))


@pytest.mark.parametrize(
    "claims", [[], "text", 5, b"\xff", b"[" * 5000, b"", CLAIMS | {"aud": {"diemcau": 1}}]
)
def test_what_is_no_claims_is_not_believed(claims: object) -> None:
    with pytest.raises(ProviderRefused):
        who(signed(claims))


def test_a_header_that_must_be_understood_and_is_not_is_refused() -> None:
    parts = signed(CLAIMS).split(".")
    head = {"alg": "ES256", "kid": "e1", "crit": ["odd"], "odd": 1}
    parts[0] = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    with pytest.raises((ProviderRefused, UnknownKey)):
        who(".".join(parts))


@pytest.mark.filterwarnings("ignore:Key size")
def test_only_keys_that_sign_and_are_strong_are_kept() -> None:
    weak = RSAKey.import_key(
        rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that is what is tested
    ).as_dict(private=False)
    odd: list[dict[str, object]] = [
        dict(weak),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "e1"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "e1"},
        {**KEY.as_dict(private=False), "use": "enc"},
        {},
    ]
    assert [name for name, _ in keys(*odd).named] == ["e1"]
    many = keys(*[{"kty": "none"}] * MAX_KEYS)
    assert many.named == ()
    for broken in (b"", b"[]", b'{"keys": 5}', b"{" * 10_000, b"\xff"):
        with pytest.raises(ProviderRefused):
            id_token.keys_from(broken)


def test_a_token_without_a_key_s_name_is_of_the_only_one() -> None:
    unnamed = signed(CLAIMS, {"kid": "other"})
    with pytest.raises(UnknownKey):
        who(unnamed)
    head = {"alg": "ES256"}
    registry = jws.JWSRegistry(algorithms=["ES256"])
    token = jws.serialize_compact(head, json.dumps(CLAIMS).encode(), KEY, registry=registry)
    assert who(token).subject == "s-1"
    two = keys(ECKey.generate_key("P-256", parameters={"kid": "e2"}).as_dict(private=False))
    with pytest.raises(UnknownKey):
        id_token.claimed(token, two, EXPECTED, access_token="", now=NOW)
