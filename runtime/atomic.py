"""A file is either the old or the new one, whenever the power goes."""

import os
import secrets
from pathlib import Path


def write_bytes(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace a file's content; both the content and the name are on the disk afterwards.

    Raises:
        OSError: the old content is still there.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
