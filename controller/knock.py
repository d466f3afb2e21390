"""A knock at the web process: something was changed beside it, by a command or a thread.

Commands write the database themselves. Without this the web process would see it when it
looks again, ten minutes later; a revoked machine shall not have those.
"""

from dataclasses import dataclass
from pathlib import Path

FILE = "knock"


def knock(data_dir: Path) -> None:
    """Let the web process look at once.

    Raises:
        OSError: the data folder cannot be written.
    """
    path = data_dir / FILE
    path.write_bytes(b"")


@dataclass(frozen=True, slots=True)
class Knocker:
    """Knocks from within the web process."""

    data_dir: Path

    def knock(self) -> None:
        """Let what ends sessions look at once, and everything be planned again."""
        knock(self.data_dir)


def last(data_dir: Path) -> int:
    """Return what differs from its last value once somebody has knocked."""
    try:
        return (data_dir / FILE).stat().st_mtime_ns
    except OSError:
        return 0
