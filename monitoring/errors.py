"""Errors of measuring and of what measurements mean.

MonitoringError
├── CollectorError          a measurement that was tried and failed
│   ├── DeviceSilent        a device does not answer
│   ├── DeviceUnreadable    its answers cannot be read
│   └── UserRefused         it does not accept the user or a key of SNMP v3
├── LibraryFailed           a library stumbled over what it was given
├── MalformedEdid           what a screen says of itself cannot be read
└── MalformedProbe          a datagram that is no probe of ours, or not proved by its key
"""

from enum import Enum


class MonitoringError(Exception):
    """Base of every error raised in monitoring."""


class MalformedProbe(MonitoringError):
    """A datagram that is not a probe, or whose code does not prove it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a probe of ours: {reason}")


class MalformedEdid(MonitoringError):
    """What a screen says of itself is no EDID, or damaged."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"no EDID: {reason}")


class LibraryFailed(MonitoringError):
    """A library stumbled, by the name of its error alone: its text may hold a secret."""

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__(f"the library says {error}")


class CollectorError(MonitoringError):
    """A measurement that was tried and failed; the message is for people."""


class DeviceSilent(CollectorError):
    """A device does not answer; v2c does not tell a wrong community from a dead device."""

    def __init__(
        self, address: str, port: int, is_out_of_time: bool = False, *, way: str = "udp"
    ) -> None:
        self.is_out_of_time = is_out_of_time
        super().__init__(f"{address} port {port}/{way} does not answer")


class DeviceUnreadable(CollectorError):
    """A device answers what is none of what it was asked by."""

    def __init__(self, address: str, asked_by: str = "SNMP") -> None:
        super().__init__(f"{address} answers what cannot be read as {asked_by}")


class RefusedFor(Enum):
    """What of a user an SNMP device did not accept."""

    USER = "user"
    AUTH_KEY = "authentication key"
    PRIV_KEY = "privacy key"
    UNKNOWN = "user or key"


class UserRefused(CollectorError):
    """An SNMP device does not accept the user, or one of the keys."""

    def __init__(self, address: str, refused: RefusedFor = RefusedFor.UNKNOWN) -> None:
        self.refused = refused
        super().__init__(f"{address} does not accept the {refused.value}")
