"""Where collectors find files; tests have their own."""

from dataclasses import dataclass
from pathlib import Path

SYSTEM_BUS = "run/dbus/system_bus_socket"
"""Where the machine's D-Bus is, below `Roots.files`."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The kernel's files, all others; and in `asked`, what only root may read of the machine."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    files: Path = Path("/")
    asked: Path = Path("/run/diemcau-hardware")
