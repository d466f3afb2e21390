"""What the person at the terminal reads: every line with the seconds since the start."""

import sys
import time


class Progress:
    """Prints steps and tables. Time safe only in one thread."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since this was made."""
        return time.monotonic() - self._started_s

    def step(self, text: str) -> None:
        """Say what is being done now."""
        self.line(f"[{self.elapsed_s:6.1f} s] {text}")

    def line(self, text: str = "") -> None:
        """Print a line as it is."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def table(self, rows: list[tuple[str, ...]]) -> None:
        """Print rows in aligned columns."""
        if not rows:
            return
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.line("  " + "  ".join(cells).rstrip())
