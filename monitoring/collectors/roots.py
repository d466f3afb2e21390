"""Where collectors find files; tests have their own."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Roots:
    """The kernel's files, all others; and in `asked`, what only root may read of the machine."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    files: Path = Path("/")
    asked: Path = Path("/run/diemcau-hardware")
