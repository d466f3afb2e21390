"""A file system of a test's own, so small that it fills up."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(mount: Path, options: str) -> Iterator[Path]:
    """Mount a tmpfs until the block ends; the test is skipped where that is not allowed.

    Args:
        options: of the file system, such as "size=1m" or "nr_inodes=200".
    """
    if os.geteuid() != 0:
        pytest.skip("not checked: a small file system of its own needs root")
    mount.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", options, "diemcau-test", str(mount)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"not checked: {done.stderr.strip()}")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)
