"""A camera's password: the one line of a file that nobody else may read."""

import stat
from pathlib import Path

MAX_BYTES = 256


class SecretUnusable(Exception):
    """The file is missing, or others may read it. Its text holds no secret."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}")


def read_secret(path: Path | None) -> str:
    """Return the password; "" where there is no file to have one.

    Raises:
        SecretUnusable: it cannot be read, or not by its owner alone.
    """
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise SecretUnusable(path, "others may read it: chmod 600")
            return file.read(MAX_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise SecretUnusable(path, getattr(exc, "strerror", None) or "no text") from exc
