"""Single values of the kernel's files about devices: what is not there is empty, or None."""

from pathlib import Path

MAX_CHARS = 120


def line(path: Path) -> str:
    """Return a file's first line as it can be shown; empty where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # it is not there, or is another user's
    return shown(text.partition("\n")[0])


def number(path: Path) -> int | None:
    """Return a file's whole number, also one written 0x01; None: there is none."""
    try:
        return int(line(path), 0)
    except ValueError:
        return None


def shown(text: str) -> str:
    """Return what a device calls itself without what cannot be shown, at most 120 characters."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:MAX_CHARS]
