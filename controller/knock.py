"""A knock at the web process: something was changed beside it, by a command or a thread.

Commands write the database themselves. Without this the web process would see it when it
looks again, ten minutes later; a revoked machine shall not have those.
"""

from dataclasses import dataclass
from pathlib import Path

from runtime import atomic

FILE = "knock"


def knock(folder: Path) -> None:
    """Let the web process look at once.

    Raises:
        OSError: the folder cannot be written.
    """
    # Made anew: the one that is there may be another process' own.
    atomic.write_bytes(folder / FILE, b"")


@dataclass(frozen=True, slots=True)
class Knocker:
    """Knocks from within the web process."""

    folder: Path

    def knock(self) -> None:
        """Let what ends sessions look at once, and everything be planned again."""
        knock(self.folder)


def last(folder: Path) -> int:
    """Return what differs from its last value once somebody has knocked."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return 0
