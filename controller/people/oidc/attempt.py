"""One try to sign in at the provider: what binds the provider's answer to the browser that asked.

The browser keeps a secret in a cookie of its own for ten minutes, under our seal. State, nonce
and PKCE's verifier follow from it and from a key that no browser has, so that nothing is
stored at the centre: whoever begins a million tries fills nothing.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

VALID_S = 600
_EARLY_S = 60
MAX_SEALED_CHARS = 1500


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try. `secret`: of the browser alone; `next_path`: where it leads once signed in."""

    secret: str
    begun_at_s: int
    next_path: str

    def state(self, key: bytes) -> str:
        """Return what the provider gives back with its answer (RFC 6749, section 10.12)."""
        return self._of(key, "state")

    def nonce(self, key: bytes) -> str:
        """Return what the provider signs into its token (OpenID Connect Core 1.0, 3.1.2.1)."""
        return self._of(key, "nonce")

    def verifier(self, key: bytes) -> str:
        """Return what proves that whoever began redeems the code (RFC 7636, section 4.1)."""
        return self._of(key, "verifier")

    def sealed(self, key: bytes) -> str:
        """Return the cookie of it."""
        said = f"{self.secret}.{self.begun_at_s}.{_b64(self.next_path.encode())}"
        return f"{said}.{_mac(key, 'cookie', said)}"

    def _of(self, key: bytes, what: str) -> str:
        return _mac(key, what, f"{self.secret}.{self.begun_at_s}")


def opened(cookie: str, key: bytes, *, now_s: int) -> Attempt | None:
    """Return the try of a cookie; None: it is none of ours, or older than ten minutes."""
    said, _, mac = cookie.rpartition(".")
    if len(cookie) > MAX_SEALED_CHARS or not hmac.compare_digest(
        mac.encode(), _mac(key, "cookie", said).encode()
    ):
        return None
    secret, begun, path = said.split(".")
    if not -_EARLY_S <= now_s - int(begun) <= VALID_S:
        return None
    try:
        return Attempt(secret, int(begun), base64.urlsafe_b64decode(path + "==").decode())
    except (binascii.Error, UnicodeDecodeError):
        return None


def key_from(master: bytes) -> bytes:
    """Return the key of tries, which is of no other use."""
    return hmac.digest(master, b"diemcau oidc attempt v1", hashlib.sha256)


def _mac(key: bytes, what: str, said: str) -> str:
    return _b64(hmac.digest(key, f"{what}\0{said}".encode(), hashlib.sha256))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
