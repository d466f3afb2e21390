"""A camera's password: the one line of a file that nobody else may read."""

import stat
from pathlib import Path

from runtime.os_fault import reasons

MAX_BYTES = 256


class SecretUnusable(Exception):
    """The file is missing, or others may read it. Its text is for people and holds no secret."""

    def __init__(self, path: Path, fault_vi: str, fault_en: str) -> None:
        self.path, self.fault_vi, self.fault_en = path, fault_vi, fault_en
        super().__init__(f"{path}: {fault_vi} / {fault_en}")


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
                raise SecretUnusable(
                    path,
                    f"người khác cũng đọc được, chạy chmod 600 {path}",
                    f"others may read it, run chmod 600 {path}",
                )
            return file.read(MAX_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as exc:
        vi, en = reasons(exc)
        raise SecretUnusable(path, f"không đọc được ({vi})", f"cannot be read ({en})") from exc
