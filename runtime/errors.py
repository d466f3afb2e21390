"""Errors of what every process needs.

RuntimeFault
├── SettingsError     a configuration file that cannot be used; says file, key, expected
├── PortInUse         another program already listens there
├── UnreadableX509    somebody's certificate or signing request that cannot be used
├── NotOpened         what was sealed to another key, or changed on the way
└── BusDisconnected   a message could not be handed to the broker now
"""

from pathlib import Path
from typing import ClassVar


class RuntimeFault(Exception):
    """Base of every error raised in runtime.

    `needs_people` says that trying again is no use before somebody changes something;
    such a fault ends the process with its sentence.
    """

    needs_people: ClassVar[bool] = False


class SettingsError(RuntimeFault):
    """A configuration file that cannot be used; `vietnamese`: what was expected, in Vietnamese."""

    needs_people = True

    def __init__(self, path: Path, key: str, expected: str, *, vietnamese: str = "") -> None:
        self.path = path
        self.key = key
        self.expected = expected
        where = f"{path}: {key}" if key else str(path)
        said = f"{vietnamese} / {expected}" if vietnamese else expected
        super().__init__(f"{where}: {said}")


class PortInUse(RuntimeFault):
    """Another program already listens on this address."""

    needs_people = True

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        super().__init__(
            f"Cổng {port} ở {host} đang bị chương trình khác dùng; "
            f"tắt chương trình ấy (xem bằng ss -lnp) hoặc chọn cổng khác trong tệp cấu hình.\n"
            f"port {port} on {host} is in use by another program; "
            f"stop that program (ss -lnp shows it) or choose another port in the configuration"
        )


class UnreadableX509(RuntimeFault):
    """A foreign certificate or signing request that cannot be used; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the certificate or request cannot be used: {reason}")


class NotOpened(RuntimeFault):
    """A sealed secret that this key does not open."""

    def __init__(self) -> None:
        super().__init__("sealed to another key, or changed since")


class BusDisconnected(RuntimeFault):
    """The broker cannot be reached now; the message was not sent."""
