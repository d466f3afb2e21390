"""A file is either the old or the new one."""

import stat
from pathlib import Path

import pytest

from runtime import atomic


def test_content_and_mode_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "live.json"
    path.write_bytes(b"old")
    atomic.write_bytes(path, b"new", mode=0o640)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "live.json"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        atomic.write_bytes(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["live.json"]
