"""What both sides of a path sign their checks with."""

from collections.abc import Callable
from dataclasses import dataclass

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's ufrag and password (RFC 8445, section 5.3)."""

    ufrag: str
    password: str


def fresh_credentials(entropy: Entropy) -> Credentials:
    """Return new credentials: 48 and 144 random bits (RFC 8445, section 5.3)."""
    return Credentials(entropy(6).hex(), entropy(18).hex())
