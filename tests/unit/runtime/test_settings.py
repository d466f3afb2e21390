"""A configuration file with a mistake: the error names file, key and what was expected."""

from pathlib import Path

import pytest

from runtime.errors import SettingsError
from runtime.settings import Settings, load


class Inner(Settings, frozen=True, kw_only=True):
    host: str
    port: int = 8883


class Outer(Settings, frozen=True, kw_only=True):
    data_dir: Path
    broker: Inner
    level: str = "info"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_relative_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    path = written(tmp_path, 'data_dir = "data"\n[broker]\nhost = "centre"\n')
    assert load(Outer, path) == Outer(
        data_dir=tmp_path / "data", broker=Inner(host="centre", port=8883)
    )


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('data_dir = "d"\n[broker]\nhots = "c"\n', "broker.hots", "did you mean 'host'?"),
        ('data_dri = "d"\n[broker]\nhost = "c"\n', "data_dri", "did you mean 'data_dir'?"),
        ('data_dir = "d"\n[broker]\nhost = "c"\nport = "x"\n', "broker.port", "`int`"),
        ('data_dir = "d"\n', "", "missing required field `broker`"),
        ("data_dir = \n", "", "is not TOML"),
        ('data_dir = 3\n[broker]\nhost = "c"\n', "data_dir", "expected a Path as text, got int"),
    ],
)
def test_a_mistake_names_file_key_and_what_was_expected(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(Outer, path)
    assert (caught.value.path, caught.value.key) == (path, key)
    assert expected in caught.value.expected
    assert str(path) in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(Outer, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "không có tệp hay thư mục này; kiểm tra đường dẫn / cannot be read (No such file"),
        ('data_dri = "d"\n', "data_dri: không có khóa này; có phải 'data_dir'? / this key is not"),
        ('data_dir = "d"\n', "thiếu khóa `broker` / Object missing required field `broker`"),
        ('data_dir = "d"\nlevel = 3\n', "level: cần `str`, đang là `int` / Expected `str`, got"),
        ("data_dir = \n", "không đúng dạng TOML / is not TOML"),
    ],
)
def test_a_mistake_is_said_in_vietnamese_first(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "none.toml" if text is None else written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(Outer, path)
    assert f"{path}: {said}" in str(caught.value)
