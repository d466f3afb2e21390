"""Settings of signing in at a provider of identities; controller/settings.py has the whole file."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from runtime.settings import FieldError, Settings


class OidcSettings(Settings, frozen=True):
    """A provider of OpenID Connect, beside the accounts of the centre; no issuer: there is none.

    `claim`: what of the provider's word names the account here. `unknown_people`: `refuse` whoever
    has no account here; `make` one that may do nothing until an administrator enables it.
    """

    issuer: Annotated[str, Meta(max_length=300)] = ""
    client_id: Annotated[str, Meta(max_length=200)] = ""
    secret_file: Path | None = None
    ca_file: Path | None = None
    name: Annotated[str, Meta(min_length=1, max_length=40)] = "OpenID Connect"
    claim: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:/-]{1,60}$")] = "preferred_username"
    unknown_people: Literal["refuse", "make"] = "refuse"
    timeout_s: Annotated[float, Meta(ge=1, le=30)] = 5.0

    def __post_init__(self) -> None:
        """Refuse an issuer that is none, and one without what we are called there."""
        super().__post_init__()
        if not self.issuer:
            return
        try:
            parts = urlsplit(self.issuer)
            is_good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good or "@" in parts.netloc or parts.query or parts.fragment:
            # OpenID Connect Discovery 1.0, section 3.
            reason = f"{self.issuer} is no issuer; write it as https://sso.example.vn/realms/tinh"
            raise FieldError("issuer", reason)
        if not self.client_id:
            raise FieldError("client_id", "missing: what the centre is called at the provider")

    @property
    def is_used(self) -> bool:
        """Whether people may sign in there."""
        return bool(self.issuer)
