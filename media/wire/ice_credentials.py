"""What both sides of a path sign their checks with."""

from collections.abc import Callable
from dataclasses import dataclass

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's ufrag and password (RFC 8445, section 5.3)."""

    ufrag: str = ""
    password: str = ""

    @property
    def lines(self) -> list[str]:
        """What a session description or a fragment says of them (RFC 8839, section 5.4)."""
        return [f"a=ice-ufrag:{self.ufrag}", f"a=ice-pwd:{self.password}"]


NO_CREDENTIALS = Credentials()


def fresh_credentials(entropy: Entropy) -> Credentials:
    """Return new credentials: 48 and 144 random bits (RFC 8445, section 5.3)."""
    return Credentials(entropy(6).hex(), entropy(18).hex())
