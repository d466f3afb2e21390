"""A data folder belongs to one run at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.demo.errors import DemoError


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as the block runs.

    Raises:
        DemoError: another run holds it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise DemoError(
                f"another demo or check runs on {folder}", "wait for it, or end it with Ctrl-C"
            ) from exc
        yield
