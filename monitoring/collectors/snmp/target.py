"""Whom to ask and how: a device's address, what proves us to it, and what it may cost."""

from dataclasses import dataclass, field
from enum import Enum

DEFAULT_PORT = 161
# RFC 3414, section 11.2: a shorter one is guessed.
LEAST_KEY_CHARS = 8


class AuthAlgorithm(Enum):
    """How a message is signed (RFC 7860; SHA-1 is RFC 3414's)."""

    SHA1 = "SHA"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class PrivAlgorithm(Enum):
    """How a message is encrypted (RFC 3826; longer keys as most makers do)."""

    AES128 = "AES"
    AES192 = "AES-192"
    AES256 = "AES-256"


@dataclass(frozen=True, slots=True)
class Community:
    """SNMP v2c: one word, sent in the open. It is a secret all the same and is not shown."""

    word: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserKeys:
    """SNMP v3: authPriv with both keys, authNoPriv without the second, noAuthNoPriv without any."""

    name: str
    auth_key: str | None = field(default=None, repr=False)
    priv_key: str | None = field(default=None, repr=False)
    auth: AuthAlgorithm = AuthAlgorithm.SHA256
    priv: PrivAlgorithm = PrivAlgorithm.AES128


@dataclass(frozen=True, slots=True)
class DeviceTarget:
    """A device: `address` is an IP address."""

    address: str
    credentials: Community | UserKeys
    port: int = DEFAULT_PORT


@dataclass(frozen=True, slots=True)
class AskingLimits:
    """What one device may cost in one poll, whatever it answers.

    Args:
        request_s: how long one request waits, `tries` times.
        whole_s: after this nothing more is asked, and what is known is told.
        rows: of one column. values, octets, requests: of all.
        silences: after so many unanswered requests nothing more is asked.
        counts_faults: ports are asked for damaged and dropped frames too, four columns more.
    """

    request_s: float = 2.0
    tries: int = 3
    whole_s: float = 60.0
    repetitions: int = 25
    rows: int = 4096
    values: int = 65_536
    octets: int = 4 * 1024 * 1024
    requests: int = 4096
    requests_per_s: float = 250.0
    silences: int = 2
    counts_faults: bool = True
