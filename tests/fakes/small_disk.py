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
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", str(mount)], check=True)


@contextmanager
def freezable(mount: Path, image: Path, *, size_mb: int = 64) -> Iterator[Path]:
    """Mount a file system of its own that `frozen` can stop; skipped where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("not checked: a file system of its own needs root")
    mount.mkdir()
    with image.open("wb") as file:
        file.truncate(size_mb * 1024 * 1024)
    for words in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(mount)]):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"not checked: {done.stderr.strip()}")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", str(mount)], check=True)


@contextmanager
def frozen(mount: Path) -> Iterator[None]:
    """Let a file system take nothing until the block ends: whoever writes waits."""
    subprocess.run(["fsfreeze", "--freeze", str(mount)], check=True)
    try:
        yield
    finally:
        subprocess.run(["fsfreeze", "--unfreeze", str(mount)], check=True)
