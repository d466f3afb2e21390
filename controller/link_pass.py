"""What a link has after `#`, and the browser that opened it in its cookie: an id and a secret.

Of both only the hash is kept. A guest's link is one (meetings/guests/), a wall's screen has
another (wall/).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class Pass:
    """Whose something is, and what proves it: a link's secret, or a browser's."""

    holder_id: str
    secret: str

    @property
    def text(self) -> str:
        """What is shown: in a link after `#`, or in a cookie."""
        return f"{self.holder_id}.{self.secret}"

    @property
    def sha256(self) -> str:
        """What is kept of it. The secret is random, so that nobody guesses it from its hash."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def proves(self, kept_sha256: str | None) -> bool:
        """Return whether this is what was kept, in a time that tells nothing."""
        return hmac.compare_digest(self.sha256, kept_sha256 or "")


MAX_PASS_CHARS = 100


def parse(text: str) -> Pass | None:
    """Return what somebody shows; None: it cannot be one."""
    holder_id, dot, secret = text.partition(".")
    if len(text) > MAX_PASS_CHARS or not (text.isascii() and text.isprintable() and dot):
        return None
    return Pass(holder_id, secret)


def new_pass(holder_id: str) -> Pass:
    """Return a pass that nobody has had before."""
    return Pass(holder_id, secrets.token_urlsafe(SECRET_BYTES))
