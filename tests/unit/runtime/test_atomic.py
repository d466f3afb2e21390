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


def test_no_link_is_followed_and_a_block_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "live.json"
    other.write_bytes(b"of somebody else")
    path.symlink_to(other)
    with pytest.raises(KeyError), atomic.replacing(path) as file:
        file.write(b"half")
        raise KeyError
    assert path.is_symlink()
    with atomic.replacing(path) as file:
        file.write(b"whole")
    assert (path.read_bytes(), path.is_symlink()) == (b"whole", False)
    assert other.read_bytes() == b"of somebody else"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["live.json", "other"]
