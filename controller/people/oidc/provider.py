"""The provider of identities: found by its issuer, asked for its keys, given codes.

What was found stands for an hour. A key that is not known has the keys fetched anew, once a
minute at most; a provider that did not answer is left alone for some seconds.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from controller.oidc_settings import OidcSettings
from controller.people.oidc import id_token
from controller.people.oidc.attempt import Attempt
from controller.people.oidc.id_token import Claimed, Expected, ProviderKeys, UnknownKey
from controller.people.oidc.provider_http import ProviderHttp, ProviderReply
from controller.people.oidc.refused import ProviderRefusal, ProviderRefused
from controller.people.oidc.secret import read_secret

KEPT_S, KEYS_AGAIN_S, LEFT_ALONE_S = 3600.0, 60.0, 5.0
SCOPE = "openid profile email"
M = TypeVar("M", bound=msgspec.Struct)


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3; RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False


class _Given(msgspec.Struct, frozen=True):
    """What the provider gives for a code."""

    id_token: str
    access_token: str = ""


class _Fault(msgspec.Struct, frozen=True):
    error: str = ""


@dataclass(slots=True)
class Provider:
    """One for the process; its coroutines run in the process' one loop."""

    settings: OidcSettings
    key: bytes
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    _metadata: Metadata | None = None
    _found_at_s: float = 0.0
    _keys: ProviderKeys | None = None
    _keys_at_s: float = 0.0
    _failed_at_s: float | None = None
    _http: ProviderHttp = field(init=False)

    def __post_init__(self) -> None:
        """Begin; the provider is asked nothing yet."""
        self._http = ProviderHttp(self.settings.ca_file, self.settings.timeout_s)

    @property
    def is_down(self) -> bool:
        """Whether it did not answer when it was last asked, some minutes ago at most."""
        return self._failed_at_s is not None and self.monotonic() - self._failed_at_s < 300

    async def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where a browser begins a try.

        Raises:
            ProviderRefused: the provider cannot be found now.
        """
        found = await self._found()
        return str(
            prepare_grant_uri(
                found.authorization_endpoint,
                self.settings.client_id,
                "code",
                redirect_uri=redirect_uri,
                scope=SCOPE,
                state=attempt.state(self.key),
                nonce=attempt.nonce(self.key),
                code_challenge=create_s256_code_challenge(attempt.verifier(self.key)),
                code_challenge_method="S256",
            )
        )

    async def who(self, attempt: Attempt, code: str, iss: str | None, redirect_uri: str) -> Claimed:
        """Redeem a code; return who came.

        Args:
            iss: who the answer says it is from (RFC 9207); None: it says nothing.

        Raises:
            ProviderRefused: the provider does not answer, or its word is not believed.
        """
        try:
            claimed = await self._who(attempt, code, iss, redirect_uri)
        except ProviderRefused as exc:
            if exc.refusal is ProviderRefusal.DOWN:
                self._failed_at_s = self.monotonic()
            raise
        self._failed_at_s = None
        return claimed

    async def _who(
        self, attempt: Attempt, code: str, iss: str | None, redirect_uri: str
    ) -> Claimed:
        found = await self._found()
        is_said = iss is not None or found.authorization_response_iss_parameter_supported
        if is_said and iss != self.settings.issuer:
            raise ProviderRefused(ProviderRefusal.NOT_BELIEVED, "the answer is another issuer's")
        given = await self._redeemed(found, attempt, code, redirect_uri)
        expected = Expected(
            self.settings.issuer,
            self.settings.client_id,
            attempt.nonce(self.key),
            self.settings.claim,
        )
        try:
            return self._believed(given, await self._known_keys(found), expected)
        except UnknownKey:
            keys = await self._keys_anew(found)
        try:
            return self._believed(given, keys, expected)
        except UnknownKey as exc:
            raise ProviderRefused(
                ProviderRefusal.NOT_BELIEVED, "no key of the provider signed this"
            ) from exc

    def end_address(self, redirect_uri: str) -> str:
        """Return where a browser ends its session there too; empty: that is not known.

        OpenID Connect RP-Initiated Logout 1.0, section 2.
        """
        end = self._metadata.end_session_endpoint if self._metadata else None
        if not end or not _is_https(end):
            return ""
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": redirect_uri}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(asked)}"

    def _believed(self, given: _Given, keys: ProviderKeys, expected: Expected) -> Claimed:
        return id_token.claimed(
            given.id_token, keys, expected, access_token=given.access_token, now=self.now()
        )

    async def _found(self) -> Metadata:
        now_s = self.monotonic()
        if self._metadata is not None and now_s - self._found_at_s < KEPT_S:
            return self._metadata
        if self._failed_at_s is not None and now_s - self._failed_at_s < LEFT_ALONE_S:
            raise ProviderRefused(ProviderRefusal.DOWN, "it did not answer some seconds ago")
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = _read(await self._http.ask(address), Metadata)
            if found.issuer != self.settings.issuer:
                raise ProviderRefused(
                    ProviderRefusal.SETUP, f"it calls itself {found.issuer[:200]!r}"
                )
            for one in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
                if not _is_https(one):
                    raise ProviderRefused(
                        ProviderRefusal.SETUP, f"{one[:200]!r} is no https:// address"
                    )
        except ProviderRefused:
            self._failed_at_s = self.monotonic()
            raise
        self._metadata, self._found_at_s, self._failed_at_s = found, now_s, None
        return found

    async def _known_keys(self, found: Metadata) -> ProviderKeys:
        if self._keys is not None and self.monotonic() - self._keys_at_s < KEPT_S:
            return self._keys
        return await self._fetched_keys(found)

    async def _keys_anew(self, found: Metadata) -> ProviderKeys:
        if self._keys is not None and self.monotonic() - self._keys_at_s < KEYS_AGAIN_S:
            return self._keys
        return await self._fetched_keys(found)

    async def _fetched_keys(self, found: Metadata) -> ProviderKeys:
        reply = await self._http.ask(found.jwks_uri)
        if reply.status != 200:
            raise ProviderRefused(ProviderRefusal.DOWN, f"its keys: HTTP {reply.status}")
        self._keys, self._keys_at_s = id_token.keys_from(reply.body), self.monotonic()
        return self._keys

    async def _redeemed(
        self, found: Metadata, attempt: Attempt, code: str, redirect_uri: str
    ) -> _Given:
        secret, form = (
            read_secret(self.settings.secret_file),
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": attempt.verifier(self.key),
                "client_id": self.settings.client_id,
            },
        )
        headers = {}
        # OpenID Connect Core 1.0, section 9: basic unless something else is said.
        if secret and "client_secret_basic" in (
            found.token_endpoint_auth_methods_supported or ("client_secret_basic",)
        ):
            # RFC 6749, section 2.3.1: each is encoded as a form is.
            pair = f"{quote_plus(self.settings.client_id)}:{quote_plus(secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif secret:
            form["client_secret"] = secret
        reply = await self._http.ask(found.token_endpoint, urlencode(form).encode(), headers)
        if reply.status in (400, 401):
            raise _not_given(reply)
        return _read(reply, _Given)


def _read(reply: ProviderReply, kind: type[M]) -> M:
    if reply.status != 200:
        raise ProviderRefused(ProviderRefusal.DOWN, f"HTTP {reply.status}")
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as exc:
        raise ProviderRefused(
            ProviderRefusal.DOWN, f"its answer cannot be read: {str(exc)[:100]}"
        ) from exc


def _not_given(reply: ProviderReply) -> ProviderRefused:
    """Return why a code was not taken (RFC 6749, section 5.2)."""
    try:
        said = msgspec.json.decode(reply.body, type=_Fault).error[:60]
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        said = ""
    if said == "invalid_grant":
        return ProviderRefused(
            ProviderRefusal.LOST, "the provider does not take the code (any more)"
        )
    return ProviderRefused(ProviderRefusal.SETUP, f"the provider does not take us: {said!r}")


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False
