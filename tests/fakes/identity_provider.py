"""A provider of OpenID Connect for tests: real HTTPS, real keys, and as hostile as it is told.

It lets in whoever comes as `who`, without asking. What its answers say otherwise is in `lies`.
"""

import base64
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.fakes.pki import Pki

CLIENT_ID, SECRET = "diemcau", "bi-mat: của trung tâm"
Asked = dict[str, str]


def _rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})


@dataclass(slots=True)
class IdentityProvider:
    """`lies`: claims that differ, None leaves one out; `header`: the same of the token's header.
    `back_at`: the origin that browsers are led back to, where the centre is served without HTTPS.
    """

    issuer: str
    ca_file: Path
    key: RSAKey | ECKey = field(default_factory=lambda: _rsa("k1"))
    algorithm: str = "RS256"
    who: dict[str, object] = field(
        default_factory=lambda: {"sub": "s-1", "preferred_username": "office"}
    )
    lies: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    metadata: dict[str, object] = field(default_factory=dict)
    token: Callable[[dict[str, Any]], str] | None = None
    error: str = ""
    iss: str | None = None
    back_at: str = ""
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Asked] = field(default_factory=dict)
    now: Callable[[], float] = time.time

    def keys(self) -> dict[str, object]:
        """Return the public keys, with some that nobody can sign with."""
        odd = [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}, {"kty": "RSA", "n": "!", "e": "AQAB"}]
        return {"keys": [*odd, {"kty": 5}, self.key.as_dict(private=False)]}

    def discovery(self) -> dict[str, object]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=tinh",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave",
        } | self.metadata

    def authorize(self, query: str) -> str:
        """Return where a browser is led back to."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if self.back_at:
            path = urlsplit(asked["redirect_uri"]).path
            leads_to = f"{self.back_at}{path}"
        else:
            leads_to = asked["redirect_uri"]
        back = {"state": asked["state"]} | ({"iss": self.iss} if self.iss else {})
        if self.error:
            return f"{leads_to}?{urlencode(back | {'error': self.error})}"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{leads_to}?{urlencode(back | {'code': code})}"

    def redeem(self, form: Asked, authorization: str) -> tuple[int, dict[str, object]]:
        """Return the answer to a code: once, for who began, with what was promised."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        expected = urlencode({"": CLIENT_ID})[1:] + ":" + urlencode({"": SECRET})[1:]
        if pair != expected and form.get("client_secret") != SECRET:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != proof
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        claims = self.claims(asked)
        token = self.token(claims) if self.token else self.signed(claims)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": token}

    def claims(self, asked: Asked) -> dict[str, Any]:
        """Return what the token says."""
        now_s = int(self.now())
        told = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": asked["nonce"],
        }
        told |= self.who | self.lies
        return {name: value for name, value in told.items() if value is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return the token."""
        header = {"alg": self.algorithm, "kid": self.key.kid} | self.header
        kept = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(kept, claims, self.key, algorithms=[self.algorithm])

    def change_key(self, key: RSAKey | ECKey | None = None, algorithm: str = "RS256") -> None:
        """Sign with another key from now on."""
        self.key, self.algorithm = key or _rsa(f"k{len(self.asked) + 2}"), algorithm


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        """Answer."""
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        if path in self.provider.answers:
            self.provider.answers[path](self)
        elif path.endswith("/.well-known/openid-configuration"):
            self._json(200, self.provider.discovery())
        elif path.endswith("/keys"):
            self._json(200, self.provider.keys())
        elif path.endswith("/authorize"):
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(urlsplit(self.path).query))
            self.end_headers()
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        """Redeem a code."""
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if path in self.provider.answers:
            self.provider.answers[path](self)
            return
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._json(*self.provider.redeem(form, self.headers.get("Authorization", "")))

    def _json(self, status: int, said: dict[str, object]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def identity_provider(folder: Path) -> Iterator[IdentityProvider]:
    """Give a provider that runs on this machine."""
    pki = Pki(folder / "provider")
    issued = pki.issue("provider")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate_file, issued.key_file)
    kind = type("One", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        issuer = f"https://localhost:{server.server_port}/realms/tinh"
        kind.provider = provider = IdentityProvider(issuer, pki.ca_file)  # type: ignore[attr-defined] # made just above
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
