"""What a provider's ID token says, believed only where it is signed, meant for us, and of now.

The one door to Authlib's claims and to joserfc's keys and signatures. Algorithms are ours to
name, not the token's: none and HMAC, whose key anybody might know, are not among them
(RFC 8725, sections 2.1 and 3.1).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from controller.people.oidc.refused import ProviderRefusal, ProviderRefused

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
LEEWAY_S = 60
MAX_TOKEN_CHARS, MAX_KEYS, MIN_RSA_BITS = 32 * 1024, 32, 2048
MAX_SUBJECT_CHARS = 255  # OpenID Connect Core 1.0, section 2
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_TYPES: Mapping[str, type[RSAKey | ECKey]] = {"RSA": RSAKey, "EC": ECKey}

SigningKey = RSAKey | ECKey


class UnknownKey(Exception):
    """No key that we know made this signature: the provider may have new ones."""


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    """The keys of a provider, with their names."""

    named: tuple[tuple[str | None, SigningKey], ...]

    def of(self, header: Mapping[str, Any]) -> SigningKey:
        """Return the key of a token's header.

        Raises:
            UnknownKey: none has its name; or it has none, and several may be meant.
        """
        kind = "EC" if str(header.get("alg")).startswith("ES") else "RSA"
        kid = header.get("kid")
        found = [
            key for name, key in self.named if key.key_type == kind and (kid is None or name == kid)
        ]
        if len(found) != 1:
            raise UnknownKey
        return found[0]


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who somebody is at the provider: for ever its `subject`, for people its `name`."""

    subject: str
    name: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say to be meant for us, and for this try."""

    issuer: str
    client_id: str
    nonce: str
    claim: str


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


def keys_from(body: bytes) -> ProviderKeys:
    """Return the keys of a provider's set that sign; others, and broken ones, are left out.

    Raises:
        ProviderRefused: it is no set of keys.
    """
    try:
        listed = msgspec.json.decode(body, type=_KeySet).keys
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as exc:
        raise ProviderRefused(ProviderRefusal.DOWN, "the provider's keys cannot be read") from exc
    found: list[tuple[str | None, SigningKey]] = []
    for one in listed[:MAX_KEYS]:
        key = _signing_key(one)
        if key is not None:
            kid = one.get("kid")
            found.append((kid if isinstance(kid, str) else None, key))
    return ProviderKeys(tuple(found))


def _signing_key(one: dict[str, Any]) -> SigningKey | None:
    kind = _TYPES.get(str(one.get("kty")))
    if kind is None or one.get("use", "sig") != "sig":
        return None
    try:
        key = kind.import_key(one)
        if isinstance(key, RSAKey) and key.raw_value.key_size < MIN_RSA_BITS:
            return None
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return key


def claimed(
    token: str, keys: ProviderKeys, expected: Expected, *, access_token: str, now: datetime
) -> Claimed:
    """Return who a token says somebody is. OpenID Connect Core 1.0, section 3.1.3.7.

    Raises:
        UnknownKey: it may be signed by a key that is not known yet.
        ProviderRefused: it is not believed.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise _doubted("the token is too long")
    try:
        found = jwt.decode(
            token,
            lambda signed: keys.of(signed.headers()),
            algorithms=list(ALGORITHMS),
            registry=_REGISTRY,
        )
    except JoseError as exc:
        if exc.error == "bad_signature":
            raise UnknownKey from exc
        raise _doubted(f"the token's signature: {exc.error}") from exc
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise _doubted("the token cannot be read") from exc
    _check(found, expected, access_token, now)
    return _named(found.claims, expected.claim)


def _check(found: jwt.Token, expected: Expected, access_token: str, now: datetime) -> None:
    said = CodeIDToken(
        found.claims,
        found.header,
        {
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        {
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": access_token,
        },
    )
    try:
        said.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except JoseError as exc:
        raise _doubted(f"the token's {exc}"[:200]) from exc
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as exc:
        raise _doubted("the token's claims are of a wrong kind") from exc
    # Once more by ourselves: what binds a token to this browser is left to no option of a library.
    nonce = said.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        raise _doubted("the token's nonce is another one")
    if said.get("iss") != expected.issuer:
        raise _doubted("the token's issuer is another one")


def _named(claims: Mapping[str, Any], claim: str) -> Claimed:
    subject, name, shown = claims.get("sub"), claims.get(claim), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        raise _doubted("the token names nobody")
    if not isinstance(name, str) or not name.strip():
        raise ProviderRefused(
            ProviderRefusal.SETUP, f"the token has no text {claim}: choose another claim"
        )
    if claim == "email" and claims.get("email_verified") is not True:
        raise _doubted("the provider has not verified the address")
    return Claimed(subject, name, shown if isinstance(shown, str) else "")


def _doubted(why: str) -> ProviderRefused:
    return ProviderRefused(ProviderRefusal.NOT_BELIEVED, why)
